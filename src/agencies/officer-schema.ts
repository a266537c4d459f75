// Wire shapes of officers: the key of the human being is for administrators only.
import { type Static, Type } from 'typebox';
import { type Actor, may } from '../kernel/actor.ts';
import {
  CivilDate,
  Closed,
  Code,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import type { OfficerRow } from './repository.ts';
import { DIRECTORY_STATES } from './schema.ts';

const OfficerRole = Literals(enumValues('officer-roles'));
const Roles = Type.Array(OfficerRole, { minItems: 1, maxItems: 10, uniqueItems: true });
const OfficerName = Text(100);
const OfficerCode = Type.String({
  pattern: '^[a-z0-9]+([._-][a-z0-9]+)*$',
  maxLength: 64,
  examples: ['handler.heping'],
});
const listed = {
  id: Id,
  agencyId: Id,
  code: Code,
  name: OfficerName,
  roles: Type.Array(OfficerRole, { maxItems: 20 }),
  state: Literals(DIRECTORY_STATES),
  absence: Nullable(
    Closed(
      { from: CivilDate, until: CivilDate, substituteOfficerId: Id },
      { description: 'both days included; the substitute finds the work items among their own' },
    ),
  ),
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant,
};
const personKey = {
  minLength: 1,
  maxLength: 100,
  pattern: '^[!-~]+$',
  description: 'the human being behind the credential, e.g. a personnel number: four-eyes rules compare it',
};

export const OfficerItem = named('OfficerItem', Closed(listed));
export const OfficerPage = pageOf('OfficerPage', OfficerItem);
export const OfficerView = named(
  'Officer',
  Closed({
    ...listed,
    personKey: Nullable(Type.String({ maxLength: 200, description: 'null for all but who keeps the officers' })),
  }),
);
export const OfficerQuery = Type.Object({
  ...pageQuery,
  role: Type.Optional(OfficerRole),
  state: Type.Optional(Literals(DIRECTORY_STATES)),
});
export const OfficerParams = Closed({ id: Id, officerId: Id });
export const OfficerInputSchema = named(
  'OfficerInput',
  Closed({ code: OfficerCode, name: OfficerName, roles: Roles, personKey: Type.String(personKey) }),
);
export const OfficersInput = named(
  'OfficersInput',
  Closed({ officers: Type.Array(OfficerInputSchema, { minItems: 1, maxItems: 200 }) }),
);
export const OfficersBody = Type.Unsafe<Static<typeof OfficerInputSchema> | Static<typeof OfficersInput>>({
  anyOf: [OfficerInputSchema, OfficersInput],
  description: 'one officer, or `{officers: [...]}` (up to 200): all or nothing',
});
export const OfficerBatch = named('OfficerBatch', Closed({ items: Type.Array(OfficerView, { maxItems: 200 }) }));
export const AddedOfficers = Type.Unsafe<Static<typeof OfficerView> | Static<typeof OfficerBatch>>({
  anyOf: [OfficerView, OfficerBatch],
});
export const AbsenceBody = named(
  'OfficerAbsence',
  Closed(
    { from: CivilDate, until: CivilDate, substituteOfficerId: Id },
    { description: 'both days are included; a later record replaces the earlier' },
  ),
);
export const OfficerPatch = named(
  'OfficerPatch',
  Closed({ name: Type.Optional(OfficerName), roles: Type.Optional(Roles) }),
);

function absenceOf({ absentFrom: from, absentUntil: until, substituteOfficerId }: OfficerRow) {
  return from && until && substituteOfficerId ? { from, until, substituteOfficerId } : null;
}

export function toOfficerItem(officer: OfficerRow): Static<typeof OfficerItem> {
  const { id, agencyId, code, name, state, version, createdAt, updatedAt } = officer;
  const roles = officer.roles as Static<typeof OfficerItem>['roles'];
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, agencyId, code, name, roles, state, absence: absenceOf(officer), version, ...times };
}

export function toOfficerView(officer: OfficerRow, reader: Actor): Static<typeof OfficerView> {
  const keeps = may(reader, 'officer:manage_own') || may(reader, 'officer:secure');
  return { ...toOfficerItem(officer), personKey: keeps ? officer.personKey : null };
}
