// Wire shapes of subjects: what a submission may carry, and how each reader sees it.
import { type Static, Type } from 'typebox';
import { CivilDate, Closed, Code, Id, Literals, Nullable, named, RegionCode, Text } from '../platform/http/schema.ts';
import type { Subject } from './domain.ts';

export const SEXES = ['female', 'male', 'unknown'] as const;
export const ID_TYPES = ['citizen_id', 'passport', 'residence_permit', 'birth_certificate', 'none'] as const;
export const CASE_RELATIONS = ['self', 'spouse', 'child', 'parent', 'sibling', 'dependant', 'other'] as const;

const Guardian = Closed({
  name: Text(100),
  phone: Type.Optional(Nullable(Text(32))),
  relation: Type.Optional(Nullable(Text(50))),
});

export const SubjectInputSchema = named(
  'SubjectInput',
  Closed(
    {
      name: Type.Optional(Text(100)),
      nameUnknown: Type.Optional(Type.Boolean({ description: 'true where the name is not known yet' })),
      sex: Type.Optional(Literals(SEXES)),
      birthDate: Type.Optional(Nullable(CivilDate)),
      idType: Type.Optional(Literals(ID_TYPES)),
      idNumber: Type.Optional(Nullable(Text(32, 'checked by GB 11643 where idType is citizen_id'))),
      phone: Type.Optional(Nullable(Text(32))),
      address: Type.Optional(Nullable(Text(300))),
      householdRegionCode: Type.Optional(Nullable(RegionCode)),
      categories: Type.Optional(
        Type.Array(Code, { maxItems: 20, uniqueItems: true, description: 'code set categories; several may apply' }),
      ),
      relationToCase: Type.Optional(Nullable(Literals(CASE_RELATIONS))),
      guardian: Type.Optional(Nullable(Guardian)),
    },
    { description: 'A person in need as the finder knows them: name or nameUnknown, the rest as far as known' },
  ),
);

export const SubjectView = named(
  'Subject',
  Closed(
    {
      id: Id,
      name: Nullable(
        Type.String({ maxLength: 100, description: 'masked (张*) unless the caller has a standing duty' }),
      ),
      sex: Literals(SEXES),
      birthDate: Nullable(Type.String({ maxLength: 10, description: 'year only (`1990`) where masked' })),
      idType: Literals(ID_TYPES),
      idNumber: Nullable(Type.String({ maxLength: 32, description: 'always masked' })),
      phone: Nullable(Type.String({ maxLength: 32 })),
      address: Nullable(Type.String({ maxLength: 300 })),
      householdRegionCode: Nullable(RegionCode),
      categories: Type.Array(Code, { maxItems: 20 }),
      relationToCase: Nullable(Literals(CASE_RELATIONS)),
      guardian: Nullable(Guardian),
      masked: Type.Boolean({ description: 'true when name and contact are masked for this caller' }),
    },
    { description: 'A subject as submitted; id numbers are always masked' },
  ),
);

export type SubjectMasks = {
  id: string;
  nameMasked: string | null;
  idNumberMasked: string | null;
  phoneMasked: string | null;
  addressMasked: string | null;
};

/** `clear` fields are shown as submitted, everything else masked; the id number is masked in either case. */
export function toSubjectView(
  subject: Subject,
  masks: SubjectMasks,
  clear: readonly ('name' | 'phone' | 'address')[],
): Static<typeof SubjectView> {
  const open = (field: 'name' | 'phone' | 'address') => clear.includes(field);
  const fullContact = open('phone') && open('address');
  return {
    id: masks.id,
    name: open('name') ? subject.name : masks.nameMasked,
    sex: subject.sex,
    birthDate: fullContact ? subject.birthDate : (subject.birthDate?.slice(0, 4) ?? null),
    idType: subject.idType,
    idNumber: masks.idNumberMasked,
    phone: open('phone') ? subject.phone : masks.phoneMasked,
    address: open('address') ? subject.address : masks.addressMasked,
    householdRegionCode: subject.householdRegionCode,
    categories: subject.categories,
    relationToCase: subject.relationToCase as Static<typeof SubjectView>['relationToCase'],
    guardian: fullContact ? subject.guardian : null,
    masked: clear.length === 0,
  };
}
