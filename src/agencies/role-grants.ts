// Roles are proposed by one person and confirmed by another (ADR 0016); three administrators are three people.

import { actionProblems } from '../kernel/action.ts';
import { may, samePerson } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { confirmClientKeyRow, removeClientKeyRow } from './client-key-repository.ts';
import { type ClientRow, findClient, saveClient } from './client-repository.ts';
import { findOfficerOf, saveOfficer } from './directory-repository.ts';
import { ownCredential, roleErrors } from './domain.ts';
import { areSeparate, grantProblems, SEPARATED_ROLES, separationErrors } from './identity-domain.ts';
import type { OfficerRow } from './repository.ts';
import {
  findRoleGrant,
  insertRoleGrants,
  type RoleGrantRow,
  rolesElsewhere,
  saveRoleGrant,
} from './role-grant-repository.ts';
import { RESERVED_ROLES } from './roles.ts';

const notFound = () => httpProblems['resource.not_found']();
const fourEyes = () =>
  actionProblems['decision.four_eyes']({
    who: '提出授权与确认授权',
    whoEn: 'who proposes a grant and who confirms it',
  });

/** 409 where the human being would hold two of the roles that exclude each other, through whatever officers. */
export async function ensureSeparate(tx: Tx, personKey: string, roles: readonly string[], officerId: string) {
  if (!roles.some((role) => SEPARATED_ROLES.includes(role))) return;
  const held = await rolesElsewhere(tx, personKey, officerId);
  if (!areSeparate([...roles, ...held])) throw grantProblems['role.separation']();
}

type Wanted = {
  agencyId: string;
  officerId: string | null;
  clientId: string | null;
  /** A key that is to speak for the client, with the roles that it has. */
  clientKeyId?: string;
  roles: readonly string[];
};

/** Nothing is in force yet; a person proposes, never a system. */
export async function proposeRoles(tx: Tx, wanted: readonly Wanted[]): Promise<RoleGrantRow[]> {
  const { officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  const rows = wanted.map((one) => ({
    clientKeyId: null,
    ...one,
    id: tx.newId(),
    roles: [...one.roles],
    state: 'open' as const,
    proposedByOfficerId: officer.id,
    proposedByPersonKey: officer.personKey,
    decidedByOfficerId: null,
    decidedByPersonKey: null,
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  }));
  await insertRoleGrants(tx, rows);
  for (const row of rows) record(tx, row, 'agency.role_grant_proposed');
  return rows;
}

function record(tx: Tx, grant: RoleGrantRow, type: string): void {
  const { id: roleGrantId, officerId, clientId, clientKeyId, roles, agencyId } = grant;
  const data = { roleGrantId, officerId, clientId, clientKeyId, roles };
  tx.record({ type, kind: 'agency', id: agencyId, data });
}

/** The security administrator sees all, the system administrator too; who keeps the officers of an agency sees those of it. */
export const grantScope = (tx: Tx): string | undefined => {
  const { actor } = tx.ctx;
  return may(actor, 'officer:secure') || may(actor, 'officer:manage') ? undefined : actor.agency.id;
};

export async function readRoleGrant(tx: Tx, id: string, lock = false): Promise<RoleGrantRow> {
  const grant = await findRoleGrant(tx, id, lock);
  const scope = grantScope(tx);
  if (!grant || (scope !== undefined && scope !== grant.agencyId)) throw notFound();
  return grant;
}

async function lockOpen(tx: Tx, id: string, expected: ExpectedVersion): Promise<RoleGrantRow> {
  const grant = await readRoleGrant(tx, id, true);
  ensureVersion(grant, expected);
  if (grant.state !== 'open') throw grantProblems['role_grant.decided']();
  const reserved = grant.roles.some((role) => RESERVED_ROLES.some((one) => one === role));
  const ofClient = grant.clientId !== null;
  if ((reserved || ofClient) && !may(tx.ctx.actor, 'officer:secure')) throw grantProblems['role_grant.reserved']();
  return grant;
}

const decidedBy = (tx: Tx) => ({
  decidedByOfficerId: tx.ctx.actor.officer?.id ?? null,
  decidedByPersonKey: tx.ctx.actor.officer?.personKey ?? null,
});

const union = (held: readonly string[], given: readonly string[]) => [...new Set([...held, ...given])];

async function requireOfficer(tx: Tx, grant: RoleGrantRow): Promise<OfficerRow | null> {
  if (grant.officerId === null) return null;
  const officer = await findOfficerOf(tx, grant.agencyId, grant.officerId, true);
  if (!officer) throw notFound();
  return officer;
}

async function requireClient(tx: Tx, grant: RoleGrantRow): Promise<ClientRow | null> {
  if (grant.clientId === null) return null;
  const client = await findClient(tx, grant.clientId, true);
  if (!client) throw notFound();
  return client;
}

/** By another human being than who proposed, and than who gains. */
export async function confirmRoles(tx: Tx, id: string, expected: ExpectedVersion): Promise<RoleGrantRow> {
  const grant = await lockOpen(tx, id, expected);
  if (samePerson(tx.ctx.actor, grant.proposedByPersonKey)) throw fourEyes();
  const [officer, client] = [await requireOfficer(tx, grant), await requireClient(tx, grant)];
  if (officer) {
    const own = ownCredential(tx.ctx.actor, officer.personKey);
    if (own) throw own;
    await ensureSeparate(tx, officer.personKey, union(officer.roles, grant.roles), officer.id);
    await saveOfficer(tx, officer, { roles: union(officer.roles, grant.roles) });
  }
  // A key brings no roles: those of the client may have been taken meanwhile.
  if (grant.clientKeyId) await confirmClientKeyRow(tx, grant.clientKeyId);
  else if (client) await saveClient(tx, client, { roles: union(client.roles, grant.roles) });
  const saved = await saveRoleGrant(tx, grant, { state: 'confirmed', ...decidedBy(tx) });
  record(tx, saved, 'agency.role_grant_confirmed');
  return saved;
}

/** By whoever may confirm, the proposer excepted. */
export async function refuseRoles(tx: Tx, id: string, expected: ExpectedVersion): Promise<RoleGrantRow> {
  const grant = await lockOpen(tx, id, expected);
  if (samePerson(tx.ctx.actor, grant.proposedByPersonKey)) throw fourEyes();
  if (grant.clientKeyId && grant.clientId) await removeClientKeyRow(tx, grant.clientId, grant.clientKeyId);
  const saved = await saveRoleGrant(tx, grant, { state: 'refused', ...decidedBy(tx) });
  record(tx, saved, 'agency.role_grant_refused');
  return saved;
}

/** Further roles for an officer, whatever the setting: they wait for another person. */
export async function proposeForOfficer(
  tx: Tx,
  officer: OfficerRow,
  roles: readonly string[],
  given: readonly string[],
): Promise<RoleGrantRow> {
  const errors = [...roleErrors(roles, given), ...separationErrors(union(officer.roles, roles))];
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const own = ownCredential(tx.ctx.actor, officer.personKey);
  if (own) throw own;
  await ensureSeparate(tx, officer.personKey, union(officer.roles, roles), officer.id);
  const further = roles.filter((role) => !officer.roles.includes(role));
  const [grant] = await proposeRoles(tx, [
    { agencyId: officer.agencyId, officerId: officer.id, clientId: null, roles: further.length > 0 ? further : roles },
  ]);
  if (!grant) throw new Error('a grant was not made');
  return grant;
}
