// Clients and their secrets: 256 random bits, stored as a keyed digest only, compared in constant time (S-07, S-09).
import { createHmac, timingSafeEqual } from 'node:crypto';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { UUID_PATTERN } from '../kernel/ids.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { newSecret } from '../platform/crypto/secret.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ClientWithAgency, findActiveClient, insertClient } from './client-repository.ts';
import type { Role } from './roles.ts';

const LIFE_DAYS = 365;
const DAY_MS = 86_400_000;
const ID = new RegExp(UUID_PATTERN);

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

/**
 * The client whose secret this is; undefined alike for an unknown id, a wrong or expired secret, a suspended client or
 * agency. Every way does the same work, so that the time tells nothing.
 */
export async function authenticateClient(
  tx: Tx,
  keyring: Keyring,
  given: { id: string; secret: string },
): Promise<ClientWithAgency | undefined> {
  const id = ID.test(given.id) ? given.id.toLowerCase() : SYSTEM_SCOPE;
  const found = await findActiveClient(tx, id);
  const offered = digest(keyring, id, given.secret);
  const stored = found?.client.secretHash ?? digest(keyring, id, '');
  const equal = offered.length === stored.length && timingSafeEqual(offered, stored);
  const current = found !== undefined && found.client.secretExpiresAt > tx.ctx.systemNow;
  return equal && current ? found : undefined;
}
