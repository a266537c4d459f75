// Subjects as submitted: identity rules of the body alone (GB 11643, civil dates) and the normal form that is stored.
import { normaliseIdNumber, parseCitizenId } from '../kernel/citizen-id.ts';
import { isCivilDate } from '../kernel/civil-date.ts';
import { normalisePhone } from '../kernel/phone.ts';
import type { FieldError } from '../kernel/problem.ts';

export type Sex = 'female' | 'male' | 'unknown';
export type IdType = 'citizen_id' | 'passport' | 'residence_permit' | 'birth_certificate' | 'none';
export type Guardian = { name: string; phone?: string | null; relation?: string | null };

/** A subject in normal form; null = not given. */
export type Subject = {
  name: string | null;
  sex: Sex;
  birthDate: string | null;
  idType: IdType;
  idNumber: string | null;
  phone: string | null;
  address: string | null;
  householdRegionCode: string | null;
  categories: string[];
  relationToCase: string | null;
  guardian: Guardian | null;
};

export type SubjectInput = {
  name?: string | undefined;
  nameUnknown?: boolean | undefined;
  sex?: Sex | undefined;
  birthDate?: string | null | undefined;
  idType?: IdType | undefined;
  idNumber?: string | null | undefined;
  phone?: string | null | undefined;
  address?: string | null | undefined;
  householdRegionCode?: string | null | undefined;
  categories?: string[] | undefined;
  relationToCase?: string | null | undefined;
  guardian?: Guardian | null | undefined;
};

type Checked = { subject: Subject; errors: FieldError[] };

function checkCitizenId(idNumber: string, input: SubjectInput, at: string, today: string, errors: FieldError[]) {
  const parsed = parseCitizenId(idNumber, today);
  if (!parsed.ok) {
    errors.push({
      pointer: `${at}/idNumber`,
      code: `id_number.${parsed.reason}`,
      detail: ['不是有效的居民身份证号码（GB 11643）', 'not a valid citizen identity number (GB 11643)'],
    });
    return undefined;
  }
  if (input.birthDate && input.birthDate !== parsed.birthDate) {
    errors.push({
      pointer: `${at}/birthDate`,
      code: 'birth_date.contradicts_id',
      detail: ['与身份证号码不符', 'differs from the identity number'],
    });
  }
  if (input.sex && input.sex !== 'unknown' && input.sex !== parsed.sex) {
    errors.push({
      pointer: `${at}/sex`,
      code: 'sex.contradicts_id',
      detail: ['与身份证号码不符', 'differs from the identity number'],
    });
  }
  return parsed;
}

/** Normal form and every broken rule of one subject; `at` is its JSON Pointer. */
export function checkSubject(input: SubjectInput, at: string, today: string): Checked {
  const errors: FieldError[] = [];
  const idNumber = normaliseIdNumber(input.idNumber ?? '') || null;
  const name = input.name?.trim().normalize('NFC') || null;
  const idType = input.idType ?? (idNumber ? 'citizen_id' : 'none');
  if (idNumber && idType === 'none')
    errors.push({
      pointer: `${at}/idType`,
      code: 'id_type.missing',
      detail: ['给出证件号码时须写明证件类型', 'an identity number needs its type'],
    });
  if (name && input.nameUnknown)
    errors.push({
      pointer: `${at}/nameUnknown`,
      code: 'name.contradiction',
      detail: ['已给出姓名', 'a name is given'],
    });
  if (!name && !input.nameUnknown)
    errors.push({
      pointer: `${at}/name`,
      code: 'name.missing',
      detail: ['须给出 name，或 nameUnknown: true', 'give name, or nameUnknown: true'],
    });
  if (input.birthDate && (!isCivilDate(input.birthDate) || input.birthDate > today)) {
    errors.push({
      pointer: `${at}/birthDate`,
      code: 'birth_date.invalid',
      detail: ['不是今天或以前的日期', 'not a day up to today'],
    });
  }
  const parsed = idNumber && idType === 'citizen_id' ? checkCitizenId(idNumber, input, at, today, errors) : undefined;
  const subject: Subject = {
    name,
    sex: parsed?.sex ?? input.sex ?? 'unknown',
    birthDate: parsed?.birthDate ?? input.birthDate ?? null,
    idType,
    idNumber,
    phone: input.phone ? (normalisePhone(input.phone) ?? input.phone.trim()) : null,
    address: input.address?.trim() || null,
    householdRegionCode: input.householdRegionCode ?? null,
    categories: [...new Set(input.categories ?? [])].sort(),
    relationToCase: input.relationToCase ?? null,
    guardian: input.guardian ?? null,
  };
  return { subject, errors };
}

/** What stays of the masked identity for a reader whose own submission says something else at these pointers. */
export function coverDisputed(person: { nameMasked: string; sex: Sex }, disputed: ReadonlySet<string>) {
  return {
    name: disputed.has('/name') ? '*' : person.nameMasked,
    sex: disputed.has('/sex') ? ('unknown' as const) : person.sex,
  };
}
