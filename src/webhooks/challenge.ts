// Whether the address wants this, before it is sent anything: the handshake of CloudEvents, else a signed challenge (S-44).
import { asService } from '../agencies/service.ts';
import { readTx, type Tx, writeTx } from '../platform/db/tx.ts';
import { CHALLENGES, NO_FAILURES, nextDue, type Outcome, outcomeOf } from './domain.ts';
import { type EndpointRow, noteEndpoint, saveEndpoint, takeChallenges, takeEndpoint } from './repository.ts';
import { challengeOf, openSecrets, type Secrets } from './secrets.ts';
import { headersOf } from './sending.ts';
import type { WorkerDeps } from './worker.ts';

const AT_ONCE = 20;

type Asked = { endpoint: EndpointRow; secrets: Secrets };

/** The next try is planned before the first is made: whatever becomes of this process, an address is not asked more often. */
function take(deps: WorkerDeps): Promise<Asked[]> {
  const now = deps.systemNow();
  return readTx(deps.tx, asService, async (tx) => {
    const rows = await takeChallenges(tx, new Date(now), AT_ONCE);
    const secrets = rows.length > 0 ? await openSecrets(tx, rows) : new Map<string, Secrets | undefined>();
    for (const row of rows) {
      const tries = row.challengeTries + 1;
      const due = nextDue(now, tries, deps.random(), 0, CHALLENGES);
      await noteEndpoint(tx, row.id, { challengeTries: tries, challengeAt: due === undefined ? null : new Date(due) });
    }
    return rows.flatMap((endpoint) => {
      const own = secrets.get(endpoint.id);
      return own ? [{ endpoint, secrets: own }] : [];
    });
  });
}

/** `WebHook-Allowed-Origin` names this service, or anybody. */
async function byHandshake({ outgoing, publicUrl }: WorkerDeps, { endpoint }: Asked): Promise<Outcome> {
  const origin = new URL(publicUrl).host;
  const sent = await outgoing.send(endpoint.url, 'OPTIONS', { 'webhook-request-origin': origin });
  if ('failure' in sent) return sent.failure;
  const allowed = String(sent.headers['webhook-allowed-origin'] ?? '');
  const named = allowed.split(',').map((one) => one.trim().toLowerCase());
  return named.includes('*') || named.includes(origin.toLowerCase()) ? 'accepted' : 'not_confirmed';
}

function holds(body: string, challenge: string): boolean {
  if (body.trim() === challenge) return true;
  try {
    return (JSON.parse(body) as { challenge?: unknown } | null)?.challenge === challenge;
  } catch {
    return false;
  }
}

/** Signed as every event is; the receiver shows that it has read it. */
async function byChallenge(deps: WorkerDeps, { endpoint, secrets }: Asked): Promise<Outcome> {
  const { keyring, newId } = deps.tx;
  const challenge = challengeOf(keyring, endpoint);
  const now = deps.systemNow();
  const id = newId(now);
  const body = JSON.stringify({
    ...{ specversion: '1.0', id, source: deps.publicUrl, type: 'webhook.challenge' },
    ...{ subject: `webhook_endpoint/${endpoint.id}`, time: new Date(now).toISOString(), sequence: 1 },
    ...{ datacontenttype: 'application/json', data: { challenge } },
  });
  const sent = await deps.outgoing.send(endpoint.url, 'POST', headersOf(endpoint, secrets, id, body, now), body);
  if ('failure' in sent) return sent.failure;
  const outcome = outcomeOf(sent.status);
  return outcome === 'accepted' && !holds(sent.body, challenge) ? 'not_confirmed' : outcome;
}

async function ask(deps: WorkerDeps, asked: Asked): Promise<void> {
  const first = await byHandshake(deps, asked);
  const reached = first === 'accepted' || first === 'not_confirmed';
  const outcome = first === 'not_confirmed' ? await byChallenge(deps, asked) : first;
  const verb = async (tx: Tx) => {
    const endpoint = await takeEndpoint(tx, asked.endpoint.id, 'pending');
    // It may have been given another address meanwhile, which has said nothing yet.
    if (endpoint?.url !== asked.endpoint.url) return tx.unchanged();
    const change = { state: 'active', challengeAt: null, challengeOutcome: outcome, ...NO_FAILURES } as const;
    await saveEndpoint(tx, endpoint, change);
    tx.record({ type: 'webhook.activated', kind: 'webhook_endpoint', id: endpoint.id, changed: ['state'] });
  };
  if (reached && outcome === 'accepted') {
    await writeTx(deps.tx, asService, { verb, finish: async () => undefined });
    return;
  }
  await readTx(deps.tx, asService, (tx) => noteEndpoint(tx, asked.endpoint.id, { challengeOutcome: outcome }));
}

/** Asks every address whose time has come; answers how many. */
export async function askAddresses(deps: WorkerDeps): Promise<number> {
  const asked = await take(deps);
  await Promise.all(asked.map((one) => ask(deps, one)));
  return asked.length;
}
