// A person as a file that leaves the service names them: minors and third persons by initials, year of birth and masked number (contract §2.3).
import { ageGroupOn, isProtected } from '../kernel/age.ts';
import { maskIdNumber } from '../kernel/mask.ts';
import type { Sex } from './domain.ts';

export type NamedPerson = {
  name: string | null;
  sex: Sex;
  birthDate: string | null;
  idNumber: string | null;
};
export type ExportPerson = {
  name: string | null;
  sex: Sex;
  /** The day of an adult, the year of anybody who is covered; null where it is not known. */
  birthDate: string | null;
  idNumber: string | null;
  covered: boolean;
};

const HAN = /\p{Script=Han}/u;

/** `李某某` for 李秀兰, `J. D.` for Jane Doe: whoever knows the person recognises them, and nobody else does. */
export function initialsOf(name: string): string {
  const trimmed = name.trim().normalize('NFC');
  const chars = [...trimmed];
  if (chars.length === 0) return '某';
  if (HAN.test(chars[0] ?? '')) return `${chars[0]}${'某'.repeat(Math.max(1, Math.min(chars.length - 1, 2)))}`;
  const words = trimmed.split(/[\s·・-]+/u).filter((word) => word.length > 0);
  return words.map((word) => `${[...word][0]?.toUpperCase()}.`).join(' ');
}

/** `cover`: a third person, whatever their age. Somebody whose birth date is not known is taken for a minor. */
export function toExportPerson(person: NamedPerson, today: string, cover = false): ExportPerson {
  const { name, sex, birthDate, idNumber } = person;
  const covered = cover || isProtected(ageGroupOn(birthDate, today));
  return {
    name: name && covered ? initialsOf(name) : name,
    sex,
    birthDate: covered ? (birthDate?.slice(0, 4) ?? null) : birthDate,
    idNumber: idNumber ? maskIdNumber(idNumber) : null,
    covered,
  };
}
