// Sends malformed requests, one after another from one seed, and answers what was wrong with the answers.
import type { InjectOptions } from 'fastify';
import { type Random, seededRandom } from '../../../src/kernel/random.ts';
import type { Answer } from '../api.ts';
import { addClient } from '../clients.ts';
import { type Contract, fillPath, loadContract, type Op, resourceOf, toCall } from '../contract.ts';
import type { Fixture, Target } from '../fixtures/fixture.ts';
import { fixtures } from '../fixtures/index.ts';
import { sealRecord } from '../sealed.ts';
import type { Service } from '../start.ts';
import { headerFaults } from '../sweep.ts';
import { createWorld } from '../world.ts';
import { malformedBody } from './bodies.ts';
import { malformedBytes, sendBytes } from './raw.ts';
import { CONTENT_TYPES, HEADER_NAMES, HEADER_VALUES, TEXTS } from './values.ts';

export type Prepared = { op: Op; fixture: Fixture; target: Target; etag: string };
export type Report = { seed: number; sent: number; statuses: Record<string, number>; faults: string[] };

const etagOf = async (service: Service, { op, fixture, target }: Prepared) =>
  (await service.api.get(String(fixture.officer), resourceOf(op, target))).etag;

/** A real resource for every operation, so that what is malformed reaches the rules behind the schemas. */
export async function prepare(service: Service, contract: Contract): Promise<Prepared[]> {
  const world = createWorld(
    service.api,
    () => addClient(service),
    () => sealRecord(service),
  );
  const prepared: Prepared[] = [];
  for (const op of contract.operations) {
    const fixture = fixtures[op.id];
    if (!fixture || fixture.last) continue;
    const target = await fixture.make(world);
    const made = { op, fixture, target, etag: '' };
    if (op.ifMatch) made.etag = await etagOf(service, made);
    prepared.push(made);
  }
  return prepared;
}

export type Wire = {
  method: string;
  url: string;
  headers: Record<string, string>;
  payload: string | Buffer | undefined;
};

export function proper({ op, target, etag }: Prepared, token: string, key: string): Wire {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  if (etag) headers['if-match'] = etag;
  if (op.method === 'POST') headers['idempotency-key'] = key;
  const text = target.form ? new URLSearchParams(target.form).toString() : JSON.stringify(target.body);
  if (text !== undefined) headers['content-type'] = 'application/json';
  if (target.form) headers['content-type'] = 'application/x-www-form-urlencoded';
  const url = fillPath(op.path, target.params ?? {}, target.query);
  if (!target.file) return { method: op.method, url, headers, payload: text };
  const { raw, headers: typed } = toCall(op, target).send;
  return { method: op.method, url, headers: { ...headers, ...typed }, payload: raw };
}

const encodeSome = (random: Random, text: string) =>
  random.chance(0.5) ? encodeURIComponent(text.toWellFormed()) : text;

/** Text that may stand in a request line: the client below refuses the rest, and the raw requests send it. */
const sendable = (text: string) => text.replace(/[^\x21-\x7e]/g, (c) => encodeURIComponent(c.toWellFormed()));

const SPOILERS: readonly ((random: Random, wire: Wire, prepared: Prepared) => void)[] = [
  (random, wire, { target }) => {
    wire.payload = malformedBody(random, target.body);
  },
  (random, wire, { target }) => {
    wire.payload = malformedBody(random, target.body);
  },
  (random, wire, { op, target }) => {
    const names = Object.keys(target.params ?? {});
    if (names.length === 0) return;
    const value = encodeSome(random, random.pick(TEXTS));
    const marked = fillPath(op.path, { ...target.params, [random.pick(names)]: 'SPOILT' }, target.query);
    wire.url = sendable(marked.replace('SPOILT', value));
  },
  (random, wire, { op }) => {
    const known = (op.operation.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name);
    const name = random.chance(0.8) ? random.pick([...known, 'lang']) : random.pick(TEXTS);
    const more = Array.from({ length: random.int(1, 2) }, () => `${name}=${encodeSome(random, random.pick(TEXTS))}`);
    wire.url = sendable(`${wire.url}${wire.url.includes('?') ? '&' : '?'}${more.join('&')}`);
  },
  (random, wire) => {
    wire.headers[random.pick(HEADER_NAMES)] = random.pick(HEADER_VALUES);
  },
  (random, wire) => {
    wire.headers['content-type'] = random.pick(CONTENT_TYPES);
    wire.payload ??= '{}';
  },
  (random, wire) => {
    wire.method = random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);
  },
  (random, wire) => {
    delete wire.headers[random.pick(['authorization', 'if-match', 'idempotency-key', 'content-type'])];
  },
  (_random, wire) => {
    delete wire.payload;
  },
];

export const LEAK =
  /\bat .*:\d+:\d+|node_modules|\/src\/|select |insert into|relation "|syntax error at|ECONN|postgres/i;

export function faultOf(contract: Contract, codes: ReadonlySet<string>, answer: Answer): string | undefined {
  if (answer.status >= 500) return `${answer.status} ${answer.text.slice(0, 300)}`;
  const headers = headerFaults(answer, answer.status < 400);
  if (headers.length > 0) return `headers: ${headers.join(', ')}`;
  if (answer.status < 400 || answer.text === '') return undefined;
  if (LEAK.test(answer.text)) return `tells too much: ${answer.text.slice(0, 300)}`;
  if (!codes.has(String(answer.body.code))) return `unknown code ${String(answer.body.code)}`;
  return contract.problemFault(answer);
}

export async function inject(service: Service, wire: Wire): Promise<Answer> {
  const { payload, ...rest } = wire;
  const response = await service.app.inject({
    ...(rest as InjectOptions),
    ...(payload === undefined ? {} : { payload }),
  });
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  const isJson = /json/.test(headers['content-type'] ?? '') && response.body !== '';
  return {
    status: response.statusCode,
    headers,
    text: response.body,
    body: isJson ? (JSON.parse(response.body) as Answer['body']) : {},
    etag: headers.etag ?? '',
  };
}

/** `sentSoFar` hears of every request, before it is sent. */
export async function runMalformed(
  service: Service,
  seed: number,
  count: number,
  sentSoFar: (sent: number, faults: number) => void = () => undefined,
): Promise<Report> {
  const contract = await loadContract();
  const prepared = await prepare(service, contract);
  const withBody = prepared.filter(({ op }) => op.hasBody);
  const random = seededRandom(seed);
  const { body } = await service.api.request('GET', '/v1/problems');
  const codes = new Set((body.items ?? []).map((item) => String(item.code)));
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  const note = (status: number, request: string, fault: string | undefined) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (fault) faults.push(`${fault}\n    in answer to ${request.slice(0, 600)}`);
  };
  for (let i = 0; i < count; i++) {
    sentSoFar(i, faults.length);
    if (random.chance(0.1)) {
      const bytes = malformedBytes(random);
      const answer = await sendBytes(service.url, bytes);
      // No answer at all is one, too: the connection is closed.
      const fault = answer.status === 0 ? undefined : faultOf(contract, codes, { ...answer, etag: '' });
      note(answer.status, JSON.stringify(bytes.toString('latin1')), fault);
      continue;
    }
    const chosen = random.pick(random.chance(0.5) ? withBody : prepared);
    const token = chosen.fixture.officer ? await service.api.token(chosen.fixture.officer) : '';
    const wire = proper(chosen, token, `malformed-${seed}-${i}`);
    for (let n = random.pick([1, 1, 2, 3]); n > 0; n--) random.pick(SPOILERS)(random, wire, chosen);
    const answer = await inject(service, wire);
    // Seen anew after each change, or all that follows would end at the version.
    if (chosen.op.ifMatch && (answer.status < 300 || answer.status === 412))
      chosen.etag = await etagOf(service, chosen);
    const shown = { ...wire, headers: { ...wire.headers, authorization: undefined }, payload: String(wire.payload) };
    note(answer.status, `${i}: ${JSON.stringify(shown)}`, faultOf(contract, codes, answer));
  }
  return { seed, sent: count, statuses, faults };
}
