// Verbs on the officers of an agency: read by their own agency, kept by its administrator or the service's.
import { may } from '../kernel/actor.ts';
import { parseCitizenId } from '../kernel/citizen-id.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { isPhone } from '../kernel/phone.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  findOfficerOf,
  findTakenCodes,
  insertOfficers,
  listOfficers,
  type OfficerFilter,
  saveOfficer,
} from './directory-repository.ts';
import { agencyProblems, differences, ownCredential, roleErrors, rosterProblems } from './domain.ts';
import { separationErrors } from './identity-domain.ts';
import { type AgencyRow, findAgency, type OfficerRow } from './repository.ts';
import type { RoleGrantRow } from './role-grant-repository.ts';
import { ensureSeparate, proposeForOfficer, proposeRoles } from './role-grants.ts';
import { RESERVED_ROLES, ROLES_BY_KIND, type Role } from './roles.ts';

export type OfficerInput = { code: string; name: string; roles: Role[]; personKey: string };
export type OfficerChange = { name?: string | undefined; roles?: Role[] | undefined };

const notFound = () => httpProblems['resource.not_found']();

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

/** Its own agency, and for who keeps the officers its township offices too; all agencies for the service's administrator. */
function isOwnRoster(tx: Tx, agency: AgencyRow): boolean {
  const { actor } = tx.ctx;
  const township = agency.level === 'township' && agency.parentId === actor.agency.id;
  return agency.id === actor.agency.id || (township && may(actor, 'officer:manage_own'));
}

/** The administrators of the service: one gives, the other secures. */
const keepsAll = (tx: Tx): boolean => may(tx.ctx.actor, 'officer:manage') || may(tx.ctx.actor, 'officer:secure');

/** The agency whose officers the caller may read; others are not there. */
export async function requireRoster(tx: Tx, agencyId: string): Promise<AgencyRow> {
  const agency = await findAgency(tx, agencyId);
  if (!agency || !(keepsAll(tx) || isOwnRoster(tx, agency))) throw notFound();
  return agency;
}

export async function rosterOf(
  tx: Tx,
  agencyId: string,
  filter: OfficerFilter,
  page: PageRequest,
): Promise<Page<OfficerRow>> {
  await requireRoster(tx, agencyId);
  return listOfficers(tx, agencyId, filter, page);
}

export async function readOfficer(tx: Tx, agencyId: string, id: string): Promise<OfficerRow> {
  await requireRoster(tx, agencyId);
  const officer = await findOfficerOf(tx, agencyId, id);
  if (!officer) throw notFound();
  return officer;
}

function ensureNotOwn(tx: Tx, personKey: string): void {
  const problem = ownCredential(tx.ctx.actor, personKey);
  if (problem) throw problem;
}

/** The key stands in clear beside every act: a personnel number will do, an identity or phone number may not. */
function personKeyErrors(tx: Tx, personKey: string): FieldError[] {
  return parseCitizenId(personKey, tx.ctx.today).ok || isPhone(personKey)
    ? [
        {
          pointer: '/personKey',
          code: 'person_key.personal',
          detail: ['不得以身份证号或电话号码作为标识', 'an identity or phone number may not be a key'],
        },
      ]
    : [];
}

/** What the kind of agency gives, and of that what the caller gives. */
function rolesFor(tx: Tx, agency: AgencyRow): readonly Role[] {
  const roles = ROLES_BY_KIND[agency.kind];
  return may(tx.ctx.actor, 'officer:manage') ? roles : roles.filter((role) => !RESERVED_ROLES.includes(role));
}

const at = (pointer: string, errors: readonly FieldError[]) =>
  errors.map((error) => ({ ...error, pointer: `${pointer}${error.pointer}` }));

function inputErrors(tx: Tx, agency: AgencyRow, inputs: readonly OfficerInput[], place: Place): FieldError[] {
  const codes = inputs.map((input) => input.code);
  return inputs.flatMap((input, i) => {
    const errors = [
      ...roleErrors(input.roles, rolesFor(tx, agency)),
      ...separationErrors(input.roles),
      ...personKeyErrors(tx, input.personKey),
    ];
    if (codes.indexOf(input.code) < i)
      errors.push({
        pointer: '/code',
        code: 'officer.code_repeated',
        detail: ['本次请求中重复', 'named twice in this request'],
      });
    return at(place(i), errors);
  });
}

async function ensureCodesFree(tx: Tx, inputs: readonly OfficerInput[], place: Place): Promise<void> {
  const taken = await findTakenCodes(
    tx,
    inputs.map((input) => input.code),
  );
  const errors = inputs.flatMap(({ code }, i) =>
    taken.has(code) ? [{ pointer: `${place(i)}/code`, code: 'officer.code_taken', detail: code }] : [],
  );
  if (errors.length > 0) throw agencyProblems['officer.code_taken']({}, errors);
}

/** Where the n-th officer stands in the body. */
type Place = (index: number) => string;

/** Four eyes compare keys letter by letter: one human being is not two by writing the key in capitals. */
const oneSpelling = (input: OfficerInput): OfficerInput => ({ ...input, personKey: input.personKey.toLowerCase() });

/** All of them or none; every broken rule at once. With `confirmed` the roles wait for another person (ADR 0016). */
export async function addOfficers(
  tx: Tx,
  agencyId: string,
  given: readonly OfficerInput[],
  place: Place,
  confirmed: boolean,
): Promise<OfficerRow[]> {
  const agency = await requireRoster(tx, agencyId);
  const inputs = given.map(oneSpelling);
  refuse(inputErrors(tx, agency, inputs, place));
  for (const input of inputs) ensureNotOwn(tx, input.personKey);
  await ensureCodesFree(tx, inputs, place);
  const officers = inputs.map(({ code, name, personKey, roles }) => ({
    ...{ id: tx.newId(), agencyId, code, name, personKey, roles: confirmed ? [] : [...roles] },
    ...{ state: 'active' as const, absentFrom: null, absentUntil: null, substituteOfficerId: null },
    ...{ version: 1, createdAt: tx.ctx.now, updatedAt: tx.ctx.now },
  }));
  await insertOfficers(tx, officers);
  // Behind the insert, so that two of one request see each other.
  for (const [i, { personKey, id }] of officers.entries())
    await ensureSeparate(tx, personKey, inputs[i]?.roles ?? [], id);
  for (const { id, roles } of officers)
    tx.record({ type: 'agency.officer_added', kind: 'agency', id: agencyId, data: { officerId: id, roles } });
  const wanted = officers.map(({ id }, i) => ({ ...forOfficer(agencyId, id), roles: inputs[i]?.roles ?? [] }));
  if (confirmed) await proposeRoles(tx, wanted);
  return officers;
}

const forOfficer = (agencyId: string, officerId: string) => ({ agencyId, officerId, clientId: null });

async function lockOfficer(tx: Tx, agencyId: string, id: string, expected: ExpectedVersion): Promise<OfficerRow> {
  const officer = await findOfficerOf(tx, agencyId, id, true);
  if (!officer) throw notFound();
  ensureVersion(officer, expected);
  ensureNotOwn(tx, officer.personKey);
  const reserved = officer.roles.some((role) => RESERVED_ROLES.some((one) => one === role));
  if (reserved && !keepsAll(tx)) throw rosterProblems['officer.reserved']();
  return officer;
}

/** With `confirmed` roles that are taken end at once, those that are given wait for another person. */
export async function editOfficer(
  tx: Tx,
  agencyId: string,
  id: string,
  change: OfficerChange,
  { expected, confirmed }: { expected: ExpectedVersion; confirmed: boolean },
): Promise<OfficerRow> {
  const agency = await requireRoster(tx, agencyId);
  const officer = await lockOfficer(tx, agencyId, id, expected);
  const changed = differences(officer, change);
  if (Object.keys(changed).length === 0) {
    tx.unchanged();
    return officer;
  }
  const roles = changed.roles ?? [];
  refuse([...roleErrors(roles, rolesFor(tx, agency)), ...separationErrors(roles)]);
  await ensureSeparate(tx, officer.personKey, roles, id);
  const given = roles.filter((role) => !officer.roles.includes(role));
  if (confirmed && given.length > 0) {
    await proposeRoles(tx, [{ ...forOfficer(agencyId, id), roles: given }]);
    changed.roles = roles.filter((role) => officer.roles.includes(role));
  }
  const saved = await saveOfficer(tx, officer, changed);
  const data = { officerId: id, ...(changed.roles ? { roles: changed.roles } : {}) };
  tx.record({ type: 'agency.officer_edited', kind: 'agency', id: agencyId, changed: Object.keys(changed), data });
  return saved;
}

/** Further roles for an officer, which another person confirms whatever the setting. */
export async function grantRoles(
  tx: Tx,
  agencyId: string,
  id: string,
  roles: readonly string[],
): Promise<RoleGrantRow> {
  const agency = await requireRoster(tx, agencyId);
  const officer = await lockOfficer(tx, agencyId, id, undefined);
  return proposeForOfficer(tx, officer, roles, rolesFor(tx, agency));
}

/** A suspended officer's tokens end at once here, within five seconds on other replicas (S-18); what they did stays theirs. */
export async function setOfficerState(
  tx: Tx,
  agencyId: string,
  id: string,
  state: OfficerRow['state'],
  expected: ExpectedVersion,
): Promise<OfficerRow> {
  await requireRoster(tx, agencyId);
  const officer = await lockOfficer(tx, agencyId, id, expected);
  if (officer.state === state) {
    tx.unchanged();
    return officer;
  }
  const saved = await saveOfficer(tx, officer, { state });
  const type = state === 'suspended' ? 'agency.officer_suspended' : 'agency.officer_reinstated';
  tx.record({ type, kind: 'agency', id: agencyId, changed: ['state'], data: { officerId: id } });
  return saved;
}
