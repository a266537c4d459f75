// Clients and their secrets: 256 random bits, stored as a keyed digest only, compared in constant time (S-07, S-09).
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { newSecret } from '../platform/crypto/secret.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { type ClientRow, findClient, insertClient, saveClient } from './client-repository.ts';
import { clientProblems, roleErrors } from './domain.ts';
import { separationErrors } from './identity-domain.ts';
import { findAgency } from './repository.ts';
import { proposeRoles } from './role-grants.ts';
import { ROLES_BY_KIND, type Role } from './roles.ts';

const LIFE_DAYS = 365;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function digest(keyring: Keyring, clientId: string, secret: string): Buffer {
  return createHmac('sha256', keyring.service('token')).update(`client-secret|${clientId}|${secret}`).digest();
}

export type NewClient = { clientId: string; clientSecret: string; expiresAt: Date };

/** The secret leaves here once; nobody can read it again. */
export async function createClient(
  tx: Tx,
  keyring: Keyring,
  { agencyId, name, roles }: { agencyId: string; name: string; roles: readonly Role[] },
): Promise<NewClient> {
  const clientId = tx.newId();
  const clientSecret = newSecret();
  const expiresAt = new Date(tx.ctx.systemNow.getTime() + LIFE_DAYS * DAY_MS);
  await insertClient(tx, {
    id: clientId,
    agencyId,
    name,
    roles: [...roles],
    secretHash: digest(keyring, clientId, clientSecret),
    secretExpiresAt: expiresAt,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  });
  const data = { clientId, roles: [...roles] };
  tx.record({ type: 'agency.client_created', kind: 'agency', id: agencyId, changed: ['clients'], data });
  return { clientId, clientSecret, expiresAt };
}

export type Issued = { client: ClientRow; secret: string };

/** For an agency by the service's administrator, with roles that the kind of agency gives; `confirmed`: by a second person. */
export async function addClient(
  tx: Tx,
  keyring: Keyring,
  input: { agencyId: string; name: string; roles: readonly Role[] },
  confirmed: boolean,
): Promise<Issued> {
  const agency = await findAgency(tx, input.agencyId.toLowerCase());
  if (agency?.state !== 'active')
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/agencyId', code: 'agency.unknown', detail: input.agencyId },
    ]);
  const errors = [...roleErrors(input.roles, ROLES_BY_KIND[agency.kind]), ...separationErrors(input.roles)];
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const roles = confirmed ? [] : input.roles;
  const made = await createClient(tx, keyring, { name: input.name, roles, agencyId: agency.id });
  const waiting = { agencyId: agency.id, officerId: null, clientId: made.clientId, roles: input.roles };
  if (confirmed) await proposeRoles(tx, [waiting]);
  const client = await findClient(tx, made.clientId);
  if (!client) throw new Error('a new client is not there');
  return { client, secret: made.clientSecret };
}

async function lockClient(tx: Tx, id: string, expected: ExpectedVersion): Promise<ClientRow> {
  const client = await findClient(tx, id, true);
  if (!client) throw httpProblems['resource.not_found']();
  ensureVersion(client, expected);
  return client;
}

/** The former secret stays good for `overlapHours`, so that no system of the agency falls out; with 0 it ends at once. */
export async function rotateSecret(
  tx: Tx,
  keyring: Keyring,
  id: string,
  overlapHours: number,
  expected: ExpectedVersion,
): Promise<Issued> {
  const former = await lockClient(tx, id, expected);
  if (former.state !== 'active') throw clientProblems['client.suspended']();
  const secret = newSecret();
  const now = tx.ctx.systemNow.getTime();
  const overlap = new Date(Math.min(now + overlapHours * HOUR_MS, former.secretExpiresAt.getTime()));
  const kept = overlapHours > 0 && overlap.getTime() > now;
  const client = await saveClient(tx, former, {
    secretHash: digest(keyring, id, secret),
    secretExpiresAt: new Date(now + LIFE_DAYS * DAY_MS),
    previousSecretHash: kept ? former.secretHash : null,
    previousSecretExpiresAt: kept ? overlap : null,
    // A secret that ends at once was lost: the tokens it got end with it.
    ...(overlapHours === 0 ? { generation: former.generation + 1 } : {}),
  });
  const data = { clientId: id, overlapHours };
  tx.record({ type: 'agency.client_rotated', kind: 'agency', id: client.agencyId, changed: ['clients'], data });
  return { client, secret };
}

/** A suspended client's tokens end at once here, within five seconds on other replicas (S-18). */
export async function setClientState(
  tx: Tx,
  id: string,
  state: ClientRow['state'],
  expected: ExpectedVersion,
): Promise<ClientRow> {
  const client = await lockClient(tx, id, expected);
  if (client.id === tx.ctx.actor.client?.id) throw clientProblems['client.own']();
  if (client.state === state) {
    tx.unchanged();
    return client;
  }
  const saved = await saveClient(tx, client, { state });
  const type = state === 'suspended' ? 'agency.client_suspended' : 'agency.client_reinstated';
  tx.record({ type, kind: 'agency', id: client.agencyId, changed: ['clients'], data: { clientId: id } });
  return saved;
}

/** Whether this is the client's secret or its former one, in constant time; without a client the same work answers no. */
export function secretMatches(
  keyring: Keyring,
  id: string,
  secret: string,
  client: ClientRow | undefined,
  now: Date,
): boolean {
  const offered = digest(keyring, id, secret);
  const none = digest(keyring, id, '');
  const { secretHash, secretExpiresAt, previousSecretHash, previousSecretExpiresAt } = client ?? {};
  const good = [
    [secretHash, secretExpiresAt],
    [previousSecretHash, previousSecretExpiresAt],
  ] as const;
  // Both are compared, whichever is right.
  const matches = good.map(([stored, until]) => {
    const equal = timingSafeEqual(offered, stored ?? none);
    return equal && stored instanceof Uint8Array && until instanceof Date && until > now;
  });
  return matches.includes(true);
}
