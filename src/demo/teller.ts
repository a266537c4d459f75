// Tells the story while it happens: each call with method, path and status, then what the next officer sees.
import { type Answer, type Client, type Json, type Send, UnexpectedAnswer } from './client.ts';

/** `kind` of a work item → where such resources are addressed. */
export const ADDRESS = {
  clue: '/v1/clues',
  case: '/v1/assistance-cases',
  disbursement: '/v1/disbursements',
  referral: '/v1/referrals',
  visit: '/v1/visits',
  account: '/v1/monitoring-accounts',
  notice: '/v1/case-notices',
  deadline: '/v1/deadlines',
} as const;
export type Kind = keyof typeof ADDRESS;

export type Demo = {
  /** Civil date of the business clock, which the story moves. */
  today: string;
  /** Distinguishes the references of this run from those of earlier ones. */
  tag: string;
  /** An invented person as a clue's subject. */
  person(name: string): Json;
  /** Sends, prints the line, and expects the status. */
  call(officer: string, method: string, path: string, send?: Send, status?: number): Promise<Json>;
  create(officer: string, path: string, body: unknown): Promise<Json>;
  /** Reads the ETag first, as every client has to. */
  decide(officer: string, path: string, verb: string, body?: unknown, status?: number): Promise<Json>;
  /** Reads without a line. */
  read(officer: string, path: string): Promise<Json>;
  /** The officer finds this action on this resource among the work items, or the story ends here. */
  awaits(officer: string, action: string, kind: Kind, id: string): Promise<void>;
  sees(officer: string, path: string, tell: (body: Json) => string): Promise<void>;
  say(text: string): void;
  keep(name: string, id: unknown): string;
  id(name: string): string;
};

export type Step = { name: string; zh: string; en: string; run: (demo: Demo) => Promise<void> };

export const itemsOf = (body: Json): Json[] => (Array.isArray(body.items) ? (body.items as Json[]) : []);
export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
export const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
export const yuan = (amount: string) => ({ amount, currency: 'CNY' });
export const yuanOf = (value: unknown): string =>
  `${String(objectOf(value).amount)} ${String(objectOf(value).currency)}`;

/** Ids of one moment begin alike: their ends tell them apart. */
const shownPath = (path: string) => path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{21}([0-9a-f]{6})\b/g, '…$1');

function told(body: Json): string {
  const known = [body.number, body.state, body.code].filter((value) => typeof value === 'string');
  return known.length === 0 ? '' : `  ${known.join(' ')}`;
}

function itemLine(officer: string, item: Json): string {
  const { number } = objectOf(item.resource);
  const due = item.dueOn === null ? '' : `, due ${String(item.dueOn)}`;
  const urgent = item.urgent === true ? ', urgent 加急' : '';
  return `${officer} 待办 to do: ${String(item.action)} · ${String(item.kind)} ${String(number ?? '')}${due}${urgent}`;
}

function expectStatus(answer: Answer, status: number, request: string): Json {
  if (answer.status !== status)
    throw new UnexpectedAnswer(`${request}, expected ${status},`, answer.status, answer.body);
  return answer.body;
}

export function createDemo(
  client: Client,
  out: (line: string) => void,
  start: Pick<Demo, 'today' | 'tag' | 'person'>,
): Demo {
  const ids = new Map<string, string>();
  const say = (text: string) => out(`    → ${text}`);

  const call: Demo['call'] = async (officer, method, path, send, status = method === 'POST' ? 201 : 200) => {
    const answer = await client.send(officer, method, path, send);
    out(`    ${officer.padEnd(18)} ${method.padEnd(6)} ${shownPath(path)}  ${answer.status}${told(answer.body)}`);
    return expectStatus(answer, status, `${method} ${path} as ${officer}`);
  };
  const read: Demo['read'] = async (officer, path) =>
    expectStatus(await client.send(officer, 'GET', path), 200, `GET ${path} as ${officer}`);

  return {
    ...start,
    call,
    read,
    say,
    create: (officer, path, body) => call(officer, 'POST', path, { body }),
    async decide(officer, path, verb, body = {}, status = 200) {
      const { etag } = await client.send(officer, 'GET', path);
      return call(officer, 'POST', `${path}/${verb}`, { body, etag }, status);
    },
    async awaits(officer, action, kind, id) {
      const path = `/v1/work-items?assignee=me&kind=${kind}&order=newest&limit=200`;
      const items = itemsOf(await read(officer, path));
      const found = items.find((item) => item.action === action && objectOf(item.resource).id === id);
      if (!found) {
        const actions = items.filter((item) => objectOf(item.resource).id === id).map((item) => item.action);
        throw new UnexpectedAnswer(`GET ${path} as ${officer}: no ${action} for ${kind} ${id}`, 200, { actions });
      }
      say(itemLine(officer, found));
    },
    async sees(officer, path, tell) {
      say(`${officer} ${tell(await read(officer, path))}`);
    },
    keep(name, id) {
      ids.set(name, String(id));
      return String(id);
    },
    id(name) {
      const known = ids.get(name);
      if (known === undefined) throw new Error(`the story has no ${name} yet`);
      return known;
    },
  };
}

/** One step: its words, its calls, what the next one sees. */
export async function play(step: Step, number: number, demo: Demo, out: (line: string) => void): Promise<void> {
  out(`${String(number).padStart(2)}  ${step.zh} · ${step.en}`);
  await step.run(demo);
}
