// A client as the contract asks for one: a key for every command, the ETag last seen, and the same key again until the answer is definite.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attempt, type History, isOpen, type Op } from './history.ts';
import { exchange, type Reply } from './http.ts';

export type Json = Record<string, unknown>;
export type Answer = { status: number; body: Json; etag: string; code: string; op: Op };
export type Command = { fact: string; officer: string; path: string; body?: unknown; etag?: string; paidFen?: number };

export type Client = {
  /** Until the service has said that it did it or that it refused it; `undefined` once the run is over. */
  command(flow: number, command: Command): Promise<Answer | undefined>;
  /** One attempt of a command that was left open: for the time after healing. */
  again(op: Op): Promise<Attempt>;
  get(officer: string, path: string): Promise<Json | undefined>;
  /** The answers to reads, for what the service may say in a storm. */
  readonly reads: Attempt[];
};

export type ClientOptions = {
  base: () => string;
  history: History;
  /** Makes the keys of one run its own. */
  tag: string;
  /** True once no further repeat is to be sent. */
  over: () => boolean;
  /** Between two attempts; Retry-After is what a patient client would wait. */
  pauseMs?: number;
};

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
};

/** `requestId` and `instance` differ from one answer to the next; a replay repeats the rest. */
const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 16);

function attemptOf(reply: Reply, at: number, ms: number): Attempt {
  if (reply.status === null)
    return { at, ms, status: null, code: reply.reason, retryAfter: false, replayed: false, id: '', digest: '' };
  const { status, headers, text } = reply;
  const body = parse(text);
  return {
    at,
    ms,
    status,
    code: status < 300 ? '' : String(body.code ?? ''),
    retryAfter: headers['retry-after'] !== undefined,
    replayed: headers['idempotency-replayed'] === 'true',
    id: status < 300 ? String(body.id ?? '') : '',
    digest: digestOf(text),
  };
}

type Sent = { method: string; path: string; headers: Record<string, string>; body: string | undefined };

export function createClient({ base, history, tag, over, pauseMs = 150 }: ClientOptions): Client {
  const tokens = new Map<string, Promise<string>>();
  const sentBy = new Map<number, Sent>();
  const reads: Attempt[] = [];

  async function ask(wire: Sent): Promise<{ reply: Reply; attempt: Attempt }> {
    const at = history.now();
    const reply = await exchange({ ...wire, url: `${base()}${wire.path}` });
    return { reply, attempt: attemptOf(reply, at, history.now() - at) };
  }

  async function newToken(officer: string): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const wire = { method: 'POST', path: '/v1/sandbox/tokens', headers, body: JSON.stringify({ officer }) };
    for (;;) {
      const { reply } = await ask(wire);
      if (reply.status !== null && reply.status < 300) return String(parse(reply.text).access_token);
      if (over()) return '';
      await sleep(pauseMs);
    }
  }
  function token(officer: string): Promise<string> {
    const known = tokens.get(officer) ?? newToken(officer);
    tokens.set(officer, known);
    return known;
  }

  async function attempt(op: Op, sent: Sent): Promise<{ reply: Reply; attempt: Attempt }> {
    const done = await ask(sent);
    history.hear(op, done.attempt);
    return done;
  }

  return {
    reads,
    async command(flow, { fact, officer, path, body = {}, etag, paidFen = 0 }) {
      if (over()) return undefined;
      const bearer = await token(officer);
      if (bearer === '') return undefined;
      const key = `${tag}-${history.ops.length + 1}-${flow}`;
      const authorization = `Bearer ${bearer}`;
      const headers: Record<string, string> = {
        authorization,
        'content-type': 'application/json',
        'idempotency-key': key,
      };
      if (etag) headers['if-match'] = etag;
      const sent: Sent = { method: 'POST', path, headers, body: JSON.stringify(body) };
      const op = history.send({ flow, fact, method: 'POST', path, officer, key, paidFen });
      sentBy.set(op.n, sent);
      for (;;) {
        const { reply, attempt: heard } = await attempt(op, sent);
        if (reply.status !== null && !isOpen(heard))
          return {
            status: reply.status,
            body: parse(reply.text),
            etag: reply.headers.etag ?? '',
            code: heard.code,
            op,
          };
        if (over()) return undefined;
        await sleep(pauseMs);
      }
    },
    async again(op) {
      const sent = sentBy.get(op.n);
      if (!sent) throw new Error(`operation ${op.n} was never sent`);
      return (await attempt(op, sent)).attempt;
    },
    async get(officer, path) {
      if (over()) return undefined;
      const headers = { authorization: `Bearer ${await token(officer)}` };
      for (;;) {
        const { reply, attempt: heard } = await ask({ method: 'GET', path, headers, body: undefined });
        reads.push(heard);
        if (reply.status === 200) return parse(reply.text);
        if (over()) return undefined;
        if (!isOpen(heard)) throw new Error(`${path} as ${officer}: ${reply.status} ${heard.code}`);
        await sleep(pauseMs);
      }
    },
  };
}
