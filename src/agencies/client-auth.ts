// Who asks for a token: a client by its secret or by an assertion under its own key (RFC 6749 §2.3, RFC 7523 §2.2; S-07, S-09).
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { UUID_PATTERN } from '../kernel/ids.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Tx } from '../platform/db/tx.ts';
import { acceptAssertion } from './assertions.ts';
import { findClientKeys } from './client-key-repository.ts';
import { type ClientWithAgency, findActiveClient, noteSecretUsed } from './client-repository.ts';
import { secretMatches } from './clients.ts';

const ID = new RegExp(UUID_PATTERN);

export type Credentials =
  | { method: 'client_secret'; id: string; secret: string }
  | { method: 'private_key_jwt'; id: string; assertion: string };

/** An id that cannot exist is looked for all the same. */
const idOf = (given: string) => (ID.test(given) ? given.toLowerCase() : SYSTEM_SCOPE);

/** Under this name failures are counted: one for everything that can be no client. */
export const subjectOf = (id: string): string => (ID.test(id) ? `client ${id.toLowerCase()}` : 'unknown');

export type ClientDeps = { keyring: Keyring; audience: readonly string[] };
export type Authentication = {
  client: ClientWithAgency | undefined;
  /** The agency of the client that was named, whether it was it or not: for the record. */
  agencyId: string | undefined;
};

/**
 * The client of these credentials; none alike for an unknown id, a wrong or expired secret or key, a suspended client or agency,
 * another certificate. Every way does the same work, so that the time tells nothing.
 */
export async function authenticateClient(
  tx: Tx,
  { keyring, audience }: ClientDeps,
  given: Credentials,
  certificate: string | undefined,
): Promise<Authentication> {
  const id = idOf(given.id);
  const found = await findActiveClient(tx, id);
  const agencyId = found?.agency.id;
  const wanted = found?.client.certificateThumbprint ?? undefined;
  const bound = wanted === undefined || wanted === certificate;
  if (given.method === 'client_secret') {
    const right = secretMatches(keyring, id, given.secret, found?.client, tx.ctx.systemNow);
    if (right && found && bound) await noteSecretUsed(tx, found.client);
    return { client: right && bound ? found : undefined, agencyId };
  }
  const keys = await findClientKeys(tx, id);
  const rules = { assertion: given.assertion, issuer: id, subject: id, audience, keys: found ? keys : [] };
  const accepted = await acceptAssertion(tx, rules);
  return { client: accepted && bound ? found : undefined, agencyId };
}
