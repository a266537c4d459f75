// Verbs on the public keys of a client and on the certificate its tokens are bound to: rotation is a second key, then the removal of the first.
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  type ClientKeyRow,
  countClientKeys,
  findClientKey,
  insertClientKey,
  removeClientKeyRow,
} from './client-key-repository.ts';
import { type ClientRow, findClient, saveClient } from './client-repository.ts';
import { clientProblems } from './domain.ts';
import { keyProblems } from './identity-domain.ts';
import { algorithmOf, importPublic, type PublicJwk, thumbprintOf } from './jws.ts';
import { proposeRoles } from './role-grants.ts';

const MAX_KEYS = 4;
const DAY_MS = 86_400_000;

const notFound = () => httpProblems['resource.not_found']();

/** A curve point, or a modulus that is long enough: 422 for anything else. */
export async function requireKey(publicJwk: PublicJwk): Promise<void> {
  if (!(await importPublic(publicJwk)))
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/publicKey',
        code: 'key.unusable',
        detail: ['不是可用的公钥（RSA 须为 2048 至 4096 位）', 'not a usable public key (RSA: 2048 to 4096 bits)'],
      },
    ]);
}

async function lockClient(tx: Tx, id: string): Promise<ClientRow> {
  const client = await findClient(tx, id, true);
  if (!client) throw notFound();
  return client;
}

function record(tx: Tx, client: ClientRow, type: string, data: Record<string, string | null>): void {
  tx.record({
    type,
    kind: 'agency',
    id: client.agencyId,
    changed: ['clients'],
    data: { clientId: client.id, ...data },
  });
}

export type KeyInput = { publicKey: PublicJwk; validDays?: number | undefined };

/**
 * It would let whoever holds it speak for any officer of the agency: with `confirmed` it waits for another person (ADR 0023), or an
 * administrator could make himself the system of an agency and read its cases.
 */
export async function addClientKey(
  tx: Tx,
  clientId: string,
  input: KeyInput,
  confirmed: boolean,
): Promise<ClientKeyRow> {
  const client = await lockClient(tx, clientId);
  if (client.state !== 'active') throw clientProblems['client.suspended']();
  await requireKey(input.publicKey);
  if ((await countClientKeys(tx, client.id)) >= MAX_KEYS) throw keyProblems['key.too_many']({ limit: MAX_KEYS });
  const row = {
    id: tx.newId(),
    clientId: client.id,
    thumbprint: thumbprintOf(input.publicKey),
    publicJwk: input.publicKey,
    algorithm: algorithmOf(input.publicKey),
    expiresAt: new Date(tx.ctx.systemNow.getTime() + (input.validDays ?? 365) * DAY_MS),
    removedAt: null,
    confirmedAt: confirmed ? null : tx.ctx.systemNow,
    createdAt: tx.ctx.now,
  };
  await insertClientKey(tx, row);
  record(tx, client, 'agency.client_key_added', { keyId: row.id, thumbprint: row.thumbprint });
  const { agencyId, roles } = client;
  if (confirmed) await proposeRoles(tx, [{ agencyId, officerId: null, clientId, roles, clientKeyId: row.id }]);
  return row;
}

export const versionOf = (key: ClientKeyRow): number => (key.removedAt ? 2 : 1);

/** A key that was removed was lost, or replaced: tokens that any key or secret of the client got before end with it. */
export async function removeClientKey(
  tx: Tx,
  clientId: string,
  keyId: string,
  expected: ExpectedVersion,
): Promise<ClientKeyRow> {
  const client = await lockClient(tx, clientId);
  const key = await findClientKey(tx, client.id, keyId);
  if (!key) throw notFound();
  ensureVersion({ version: versionOf(key) }, expected);
  if (key.removedAt) throw keyProblems['key.removed']();
  await removeClientKeyRow(tx, client.id, key.id);
  await saveClient(tx, client, { generation: client.generation + 1 });
  record(tx, client, 'agency.client_key_removed', { keyId: key.id });
  return { ...key, removedAt: tx.ctx.systemNow };
}

/** From now on tokens are for whoever holds this certificate; null frees the client of it. Tokens of before end. */
export async function bindCertificate(
  tx: Tx,
  clientId: string,
  thumbprint: string | null,
  expected: ExpectedVersion,
): Promise<ClientRow> {
  const client = await lockClient(tx, clientId);
  ensureVersion(client, expected);
  if (client.certificateThumbprint === thumbprint) {
    tx.unchanged();
    return client;
  }
  const saved = await saveClient(tx, client, { certificateThumbprint: thumbprint, generation: client.generation + 1 });
  record(tx, client, 'agency.client_bound', { thumbprint });
  return saved;
}
