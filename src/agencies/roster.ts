// Verbs on the officers of an agency: read by their own agency, kept by administrators.
import { may } from '../kernel/actor.ts';
import { parseCitizenId } from '../kernel/citizen-id.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { isPhone } from '../kernel/phone.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { findOfficerOf, insertOfficer, listOfficers, type OfficerFilter, saveOfficer } from './directory-repository.ts';
import { differences, ownCredential, roleErrors } from './domain.ts';
import { type AgencyRow, findAgency, type OfficerRow } from './repository.ts';
import { ROLES_BY_KIND, type Role } from './roles.ts';

export type OfficerInput = { code: string; name: string; roles: Role[]; personKey: string };
export type OfficerChange = { name?: string | undefined; roles?: Role[] | undefined };

const notFound = () => httpProblems['resource.not_found']();

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

/** The agency whose officers the caller may read: its own, or any for an administrator; others are not there. */
export async function requireRoster(tx: Tx, agencyId: string): Promise<AgencyRow> {
  const { actor } = tx.ctx;
  const own = actor.agency.id === agencyId || may(actor, 'officer:manage');
  const agency = own ? await findAgency(tx, agencyId) : undefined;
  if (!agency) throw notFound();
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
    ? [{ pointer: '/personKey', code: 'person_key.personal', detail: 'an identity or phone number may not be a key' }]
    : [];
}

export async function addOfficer(tx: Tx, agencyId: string, input: OfficerInput): Promise<OfficerRow> {
  const agency = await requireRoster(tx, agencyId);
  const { code, name, personKey } = input;
  const roles = [...input.roles];
  refuse([...roleErrors(roles, ROLES_BY_KIND[agency.kind]), ...personKeyErrors(tx, personKey)]);
  ensureNotOwn(tx, personKey);
  const times = { createdAt: tx.ctx.now, updatedAt: tx.ctx.now };
  const id = tx.newId();
  const absence = { absentFrom: null, absentUntil: null, substituteOfficerId: null };
  const officer: OfficerRow = {
    id,
    agencyId,
    code,
    name,
    personKey,
    roles,
    state: 'active',
    version: 1,
    ...absence,
    ...times,
  };
  await insertOfficer(tx, officer);
  tx.record({ type: 'agency.officer_added', kind: 'agency', id: agencyId, data: { officerId: id, roles } });
  return officer;
}

async function lockOfficer(tx: Tx, agencyId: string, id: string, expected: ExpectedVersion): Promise<OfficerRow> {
  const officer = await findOfficerOf(tx, agencyId, id, true);
  if (!officer) throw notFound();
  ensureVersion(officer, expected);
  ensureNotOwn(tx, officer.personKey);
  return officer;
}

export async function editOfficer(
  tx: Tx,
  agencyId: string,
  id: string,
  change: OfficerChange,
  expected: ExpectedVersion,
): Promise<OfficerRow> {
  const agency = await requireRoster(tx, agencyId);
  const officer = await lockOfficer(tx, agencyId, id, expected);
  const changed = differences(officer, change);
  if (Object.keys(changed).length === 0) {
    tx.unchanged();
    return officer;
  }
  refuse(roleErrors(changed.roles ?? [], ROLES_BY_KIND[agency.kind]));
  const saved = await saveOfficer(tx, officer, changed);
  const data = { officerId: id, ...(changed.roles ? { roles: changed.roles } : {}) };
  tx.record({ type: 'agency.officer_edited', kind: 'agency', id: agencyId, changed: Object.keys(changed), data });
  return saved;
}

/** A suspended officer's tokens end within five seconds (S-18); what they did stays theirs. */
export async function setOfficerState(
  tx: Tx,
  agencyId: string,
  id: string,
  state: OfficerRow['state'],
  expected: ExpectedVersion,
): Promise<OfficerRow> {
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
