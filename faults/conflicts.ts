// a deadlock or a serialization failure at every statement of a command in turn; the service tries again, and says 503 when that does not help.
import pg from 'pg';
import type { Answer } from '../test/support/api.ts';
import { addClient } from '../test/support/clients.ts';
import { createWorld } from '../test/support/world.ts';
import { withService } from '../trust/outside/stage.ts';
import type { Fault, Reading } from './fault.ts';

type Client = { query(this: Client, ...args: unknown[]): unknown };
const CODES = ['40P01', '40001'] as const;

/** Throws the code at the nth statement from now on, once or at that place of every try. */
function conflicts() {
  const client = pg.Client.prototype as unknown as Client;
  const { query } = client;
  let armed: { code: string; at: number; always: boolean } | undefined;
  let seen = 0;
  let struck = 0;
  client.query = function conflicting(this: Client, config: unknown, ...rest: unknown[]) {
    const text = typeof config === 'string' ? config : ((config as { text?: string }).text ?? '');
    if (armed && /^begin$/i.test(text)) seen = 0;
    if (!armed || /^(begin|rollback)$/i.test(text) || ++seen !== armed.at || (struck > 0 && !armed.always))
      return query.call(this, config, ...rest);
    struck += 1;
    return query.call(this, `do $$ begin raise exception using errcode = '${armed.code}'; end $$`);
  };
  return {
    arm(code: string, at: number, always: boolean) {
      armed = { code, at, always };
      [seen, struck] = [0, 0];
    },
    disarm() {
      armed = undefined;
      return { struck };
    },
    mend() {
      client.query = query;
    },
  };
}

const MAX_TRIES = 4;

/** What an officer changed in a transaction that kept no key. */
const UNKEYED = `select count(*)::int as n from audit_records a where sequence is not null and officer_id is not null
  and not exists (select from idempotency_keys k where k.xmin::text = a.xid::text)`;

function serialization(): Promise<Reading> {
  return withService(async ({ api, ...service }) => {
    const world = createWorld(api, () => addClient({ api, ...service }));
    const faults: string[] = [];
    let [operations, acked, refused, thrown] = [0, 0, 0, 0];
    const injected = conflicts();
    /** A fresh command for each statement, until there is no such statement. */
    async function each(name: string, prepare: () => Promise<() => Promise<Answer>>, code: string, always: boolean) {
      for (let at = 1; at < 200; at++) {
        const act = await prepare();
        injected.arm(code, at, always);
        const answer = await act();
        const { struck } = injected.disarm();
        if (struck === 0) return;
        operations += 1;
        if (always) thrown += 1;
        const fit = always ? answer.status === 503 && answer.headers['retry-after'] !== undefined : answer.status < 300;
        if (answer.status < 300) acked += 1;
        else refused += 1;
        if (!fit) faults.push(`${name}, statement ${at}, ${code}: ${answer.status} ${String(answer.body.code)}`);
        if (struck > MAX_TRIES) faults.push(`${name}, statement ${at}: ${struck} tries`);
      }
    }
    const submission = async () => {
      const body = world.clueInput();
      await api.token('wf.heping');
      return () => api.create('wf.heping', '/v1/clues', body);
    };
    const approval = async () => {
      const { path } = await world.proposed();
      const { etag } = await api.get('chief.heping', path);
      const body = { outcome: 'granted', opinion: '同意救助' };
      return () => api.as('chief.heping', 'POST', `${path}/approval`, { body, etag });
    };
    const settlement = async () => {
      const { path } = await world.line('submitted');
      const { etag } = await api.get('finance.heping', path);
      const body = { paidOn: new Date().toISOString().slice(0, 10), bankReference: world.reference('R6') };
      return () => api.as('finance.heping', 'POST', `${path}/settlement`, { body, etag });
    };
    for (const code of CODES) {
      await each('submission', submission, code, false);
      await each('approval', approval, code, false);
      await each('settlement', settlement, code, false);
    }
    await each('submission', submission, CODES[0], true);
    injected.mend();
    const [row] = await service.owner.query<{ n: number }>(UNKEYED);
    const double = row?.n ?? 0;
    if (double > 0) faults.push(`${double} changes without the key of a command: a try that failed has left something`);
    return {
      ...{ cycles: CODES.length, operations, acked, unacked: refused, lost: null, double },
      figure: `${operations} commands with a conflict thrown at one statement: ${acked} done all the same, ${refused} refused (${thrown} had it at every try); ${faults.length} deviations`,
      met: faults.length === 0 && acked > 0,
      detail: faults.slice(0, 10),
    };
  });
}

export const faults: readonly Fault[] = [
  {
    number: 'R-6',
    name: 'deadlocks and serialization failures',
    target: 'at most 3 automatic retries with jitter; none surfaces as 500',
    full: 2,
    run: serialization,
  },
];
