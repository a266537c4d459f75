// Wire shapes of persons themselves: masked to everyone; clear only as a disclosure.
import { type Static, Type } from 'typebox';
import { Closed, Id, Instant, Literals, Nullable, named, Text } from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { DISCLOSURE_FIELDS } from './disclosure.ts';
import { coverDisputed } from './domain.ts';
import type { ClearIdentity, PersonRow } from './repository.ts';
import { ID_TYPES, SEXES } from './schema.ts';

const DOCUMENTS = ['citizen_id', 'passport', 'residence_permit', 'birth_certificate'] as const;

export const PersonView = named(
  'Person',
  Closed(
    {
      id: Id,
      state: Literals(enumValues('person-states')),
      version: Type.Integer({ minimum: 1 }),
      idType: Literals(ID_TYPES),
      idNumber: Nullable(Type.String({ maxLength: 64, description: 'masked', examples: ['210***********4321'] })),
      name: Type.String({ maxLength: 100, description: 'masked', examples: ['李*'] }),
      birthYear: Nullable(Type.Integer({ minimum: 1800, maximum: 2999 })),
      sex: Literals(SEXES),
      createdAt: Instant,
      updatedAt: Instant,
    },
    { description: 'Identity, always masked; the clear text is a disclosure' },
  ),
);

export const LookupBody = named(
  'PersonLookup',
  Closed({
    idType: Type.Optional(Literals(DOCUMENTS, 'citizen_id otherwise')),
    idNumber: Text(32, 'checked by GB 11643 where idType is citizen_id'),
  }),
);
export const LookupView = named(
  'PersonLookupResult',
  Closed({
    items: Type.Array(Closed({ personId: Id }), {
      maxItems: 10,
      description: "persons of the caller's own cases and accounts; empty for all others",
    }),
  }),
);

export const DisclosureBody = named(
  'DisclosureRequest',
  Closed({
    purpose: Text(200, 'code of the set disclosure-purposes, or own words (then recorded as other)'),
    legalBasis: Literals(enumValues('legal-bases')),
    fields: Type.Array(Literals(DISCLOSURE_FIELDS), { minItems: 1, maxItems: 3, uniqueItems: true }),
  }),
);
export const DisclosureView = named(
  'Disclosure',
  Closed(
    {
      personId: Id,
      name: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
      birthDate: Type.Optional(Nullable(Type.String({ maxLength: 10 }))),
      idNumber: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
    },
    { description: 'The fields asked for, in clear; null where the service does not know' },
  ),
);

/** `disputed` are the pointers at which the reader's own submission says something else: those stay covered. */
export function toPersonView(
  person: PersonRow,
  { birthDate }: ClearIdentity,
  disputed: ReadonlySet<string>,
): Static<typeof PersonView> {
  const { id, state, version, createdAt, updatedAt } = person;
  return {
    ...{ id, state, version },
    idType: person.idType as Static<typeof PersonView>['idType'],
    idNumber: person.idNumberMasked,
    ...coverDisputed(person, disputed),
    birthYear: birthDate && !disputed.has('/birthDate') ? Number(birthDate.slice(0, 4)) : null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
