// Citizen identity numbers, GB 11643-1999: format, birth date, sex and ISO 7064 MOD 11-2 check character.
import { isCivilDate } from './civil-date.ts';
import { toHalfWidth } from './text.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

export type CitizenIdVerdict =
  | { ok: true; idNumber: string; regionCode: string; birthDate: string; sex: 'male' | 'female' }
  | { ok: false; reason: 'format' | 'checksum' | 'birth_date' };

/** Trims, folds full-width characters and writes the check character as a capital X. */
export function normaliseIdNumber(text: string): string {
  return toHalfWidth(text).trim().toUpperCase();
}

/**
 * Reads an 18-character number (normalised first; `idNumber` is that form). `today` is the civil date in Asia/Shanghai:
 * nobody is born after it. Region codes are not looked up: people keep the abolished code of their first registration.
 */
export function parseCitizenId(text: string, today: string): CitizenIdVerdict {
  const idNumber = normaliseIdNumber(text);
  if (!/^[1-9]\d{16}[\dX]$/.test(idNumber)) return { ok: false, reason: 'format' };
  if (checkCharacter(idNumber) !== idNumber.at(-1)) return { ok: false, reason: 'checksum' };
  const birthDate = `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;
  if (!isCivilDate(birthDate) || birthDate > today) return { ok: false, reason: 'birth_date' };
  const sex = Number(idNumber[16]) % 2 === 1 ? 'male' : 'female';
  return { ok: true, idNumber, regionCode: idNumber.slice(0, 6), birthDate, sex };
}

/** Appends the check character to 17 digits: only for synthetic people. */
export function completeCitizenId(first17: string): string {
  if (!/^\d{17}$/.test(first17)) throw new RangeError('a citizen id is completed from exactly 17 digits');
  return first17 + checkCharacter(first17);
}

function checkCharacter(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return CHECK_CHARACTERS.charAt(sum % 11);
}
