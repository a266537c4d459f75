// How a token is come by: authenticate the client, look at the officer's assertion, count what failed; one transaction for the looks.
import { UUID_PATTERN } from '../kernel/ids.ts';
import type { Problem } from '../kernel/problem.ts';
import { readTx, type Tx, type TxDeps } from '../platform/db/tx.ts';
import { acceptAssertion, claimedBy } from './assertions.ts';
import { authenticateClient, type Credentials, subjectOf } from './client-auth.ts';
import { findClientKeys } from './client-key-repository.ts';
import type { ClientWithAgency } from './client-repository.ts';
import { findOfficerKeys } from './credential-repository.ts';
import { findActiveOfficer, type OfficerWithAgency } from './repository.ts';
import { serviceActor } from './system-actor.ts';
import { ensureNotThrottled, recordFailure } from './throttle.ts';
import type { Subject } from './tokens.ts';

const ID = new RegExp(UUID_PATTERN);
const CODE = /^[a-z0-9]+([._-][a-z0-9]+)*$/;

/** `assertion`: of the jwt-bearer grant; without it the client asks for a token of its own. */
export type Asked = { credentials: Credentials | undefined; assertion: string | undefined };
export type From = { source: string; requestId: string; certificate: string | undefined };
export type IssueDeps = { tx: TxDeps; audience: readonly string[]; sourceLimit: number };

/** Nothing says which of the reasons it was. */
export type Refused = { refused: 'client' | 'grant'; problem: Problem | undefined };
type Failed = {
  refused: 'client' | 'grant';
  subject: string;
  agencyId: string | undefined;
  usedUp: Problem | undefined;
};

const officerSubject = (iss: string) => (ID.test(iss) || CODE.test(iss) ? `officer ${iss.toLowerCase()}` : 'unknown');

function findByRef(tx: Tx, ref: string): Promise<OfficerWithAgency | undefined> {
  return findActiveOfficer(tx, ID.test(ref) ? { id: ref.toLowerCase() } : { code: ref });
}

const asking = ({ client }: ClientWithAgency) => ({
  clientId: client.id,
  generation: client.generation,
  certificate: client.certificateThumbprint ?? undefined,
});

/** The system says that its officer is there: nobody else can know. */
async function vouch(tx: Tx, { audience }: IssueDeps, assertion: string, by: ClientWithAgency) {
  const keys = await findClientKeys(tx, by.client.id);
  const accepted = await acceptAssertion(tx, { assertion, issuer: by.client.id, audience, keys });
  const found = await findByRef(tx, accepted?.sub ?? '');
  if (!accepted || found?.agency.id !== by.agency.id) return undefined;
  return { kind: 'officer' as const, sub: found.officer.id, factor: 'vouched', ...asking(by) };
}

/** The officer's own key: whoever hands the assertion over could not have made it. */
async function prove(
  tx: Tx,
  { audience }: IssueDeps,
  assertion: string,
  iss: string,
  by: ClientWithAgency | undefined,
) {
  const found = await findByRef(tx, iss);
  const keys = await findOfficerKeys(tx, found?.officer.id ?? '00000000-0000-0000-0000-000000000000');
  const accepted = await acceptAssertion(tx, { assertion, issuer: iss, subject: iss, audience, keys });
  if (!accepted || !found || (by && by.agency.id !== found.agency.id)) return undefined;
  const rests = {
    kind: 'officer' as const,
    sub: found.officer.id,
    factor: 'officer_key',
    credentialId: accepted.key.id,
  };
  return by ? { ...rests, ...asking(by) } : rests;
}

async function look(tx: Tx, deps: IssueDeps, asked: Asked, from: From): Promise<Subject | Failed> {
  const { credentials, assertion } = asked;
  let by: ClientWithAgency | undefined;
  if (credentials) {
    const subject = subjectOf(credentials.id);
    const usedUp = await ensureNotThrottled(tx, from.source, subject, deps.sourceLimit);
    const clientDeps = { keyring: deps.tx.keyring, audience: deps.audience };
    const { client, agencyId } = await authenticateClient(tx, clientDeps, credentials, from.certificate);
    if (!client) return { refused: 'client', subject, agencyId, usedUp };
    by = client;
  }
  if (assertion === undefined) {
    if (!by) throw new Error('nobody asks for a token');
    return { kind: 'client', sub: by.client.id, factor: 'client', ...asking(by) };
  }
  const { iss } = claimedBy(assertion);
  const vouched = by !== undefined && iss === by.client.id;
  const subject = vouched ? `vouching ${iss}` : officerSubject(iss);
  const usedUp = await ensureNotThrottled(tx, from.source, subject, deps.sourceLimit);
  const found = vouched && by ? await vouch(tx, deps, assertion, by) : await prove(tx, deps, assertion, iss, by);
  return found ?? { refused: 'grant', subject, agencyId: by?.agency.id, usedUp };
}

/** What the token will say, or why there is none, counted and recorded by then. */
export async function askForToken(deps: IssueDeps, asked: Asked, from: From): Promise<Subject | Refused> {
  const { source, requestId } = from;
  const request = { actor: serviceActor(), requestId, language: 'zh', dryRun: false, oversight: false } as const;
  const found = await readTx(deps.tx, request, (tx) => look(tx, deps, asked, from));
  if (!('refused' in found)) return found;
  const { refused, subject, agencyId, usedUp } = found;
  const method = asked.assertion === undefined ? (asked.credentials?.method ?? 'none') : 'jwt_bearer';
  const failure = { subject, source, requestId, method, agencyId, limit: deps.sourceLimit };
  const problem = usedUp ?? (await recordFailure(deps.tx, failure));
  return { refused, problem };
}
