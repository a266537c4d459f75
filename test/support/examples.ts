// Runs every operation once against a real service and writes the exchanges down in a form that does not change from run to run.
import pg from 'pg';
import type { Example, Examples } from '../../src/platform/http/document.ts';
import { addClient } from './clients.ts';
import { loadContract, resourceOf, toCall } from './contract.ts';
import { fixtures } from './fixtures/index.ts';
import { sealRecord } from './sealed.ts';
import type { Service } from './start.ts';
import { createWorld } from './world.ts';

/** Business time of the story: a Monday morning in Shenyang. */
const STORY_START = '2026-11-16T01:00:00.000Z';
const HOUR = 3_600_000;

export async function setClock(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(
      `insert into business_clock (shift_ms) select (extract(epoch from $1::timestamptz - clock_timestamp()) * 1000)::bigint`,
      [STORY_START],
    );
  } finally {
    await client.end();
  }
}

/** Lists are shortened: an example shows the shape, not the whole catalogue. */
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 3).map(shorten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorten(member)]));
}

function replaceInOrder(text: string, pattern: RegExp, name: (n: number) => string): string {
  const names = new Map<string, string>();
  return text.replace(pattern, (found) => {
    const known = names.get(found) ?? name(names.size + 1);
    names.set(found, known);
    return known;
  });
}

/** Instants of the run become whole minutes of the story, in their true order; all others are the story's own data. */
function settleInstants(text: string, started: number): string {
  const pattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
  const begin = Date.parse(STORY_START);
  const ofRun = (at: number) => [begin, started].some((from) => at >= from - HOUR && at < from + HOUR);
  const found = [...new Set(text.match(pattern) ?? [])].filter((instant) => ofRun(Date.parse(instant))).sort();
  const settled = new Map(found.map((instant, i) => [instant, new Date(begin + i * 60_000).toISOString()]));
  return text.replace(pattern, (instant) => settled.get(instant) ?? instant);
}

const SEALED_AT = '2026-11-16T09:00:00.000Z';
const id = (n: number) => `0198c2a4-7f00-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Hashes, signatures, the log's origin and its keys are of the moment; their form stays. */
function settleEvidence(given: string): string {
  let text = replaceInOrder(given, /(?<=\/audit\/\d+-)[0-9a-f]{12}/g, (n) => String(n).padStart(12, '0'));
  const base64 = (bytes: number) => (n: number) => Buffer.alloc(bytes, n).toString('base64');
  text = replaceInOrder(text, /(?<=\+)[0-9a-f]{8}\+[\w+/]{44}(?=")/g, (n) => `0000000${n % 10}+${base64(33)(n)}`);
  text = replaceInOrder(text, /(?<![\w+/=])[\w+/]{91}=(?![\w+/=])/g, base64(68));
  text = replaceInOrder(text, /(?<=whpk_)[\w+/]{43}=/g, base64(32));
  return replaceInOrder(text, /(?:(?<=\\n)|(?<![\w+/=]))[\w+/]{43}=(?![\w+/=])/g, base64(32));
}

export function normalise(examples: Examples, started: number): Examples {
  let text = JSON.stringify(examples);
  text = replaceInOrder(text, /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, id);
  // PostgreSQL's own spelling, as it stands in what was read as JSON.
  text = text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00/g, (at) => new Date(at).toISOString());
  // When the log is sealed is nobody's order: it may come before or after what is done beside it.
  for (const sealed of new Set(text.match(/(?<="sealedAt":")[^"]+/g) ?? [])) text = text.replaceAll(sealed, SEALED_AT);
  text = settleInstants(text, started);
  text = settleEvidence(text);
  text = text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl');
  text = replaceInOrder(text, /(?<="(?:kid|x|y)":")[\w-]{16,43}(?=")/g, (n) => `public-key-part-${n}-`.padEnd(43, '0'));
  text = replaceInOrder(text, /(?<="(?:digest|salt|candidateId)":")[\w-]{22,43}(?=")/g, (n) =>
    `example-${n}`.padEnd(22, '0'),
  );
  text = replaceInOrder(text, /(?<="(?:client_secret|secret)":")[^"]+/g, (n) => `secret-shown-once-${n}`);
  text = replaceInOrder(text, /(?<="contentHash":")[0-9a-f]{64}(?=")/g, (n) => String(n).padStart(64, '0'));
  // A year of system time from now, beyond the instants that are settled above.
  text = text.replace(
    /(?<="(?:secretExpiresAt|previousSecretExpiresAt|formerSecretUntil|expiresAt)":")[^"]+/g,
    '2027-11-16T01:17:00.000Z',
  );
  text = replaceInOrder(text, /(?<="nextCursor":")[^"]+/g, (n) => Buffer.from(`cursor-${n}`).toString('base64url'));
  return JSON.parse(text) as Examples;
}

/** Every operation of the contract once, in the order of the document, as its fixture's officer. */
export async function runExamples(service: Service): Promise<Examples> {
  const { operations } = await loadContract();
  const started = Date.now();
  await setClock(service.database.ownerUrl);
  const world = createWorld(
    service.api,
    () => addClient(service),
    () => sealRecord(service),
  );
  const examples: Record<string, Example> = {};
  const known = operations.flatMap((op) => (fixtures[op.id] ? [{ op, fixture: fixtures[op.id] }] : []));
  const rank = (last: boolean | undefined) => (last ? 1 : 0);
  for (const { op, fixture } of known.toSorted((a, b) => rank(a.fixture?.last) - rank(b.fixture?.last))) {
    if (!fixture) continue;
    const target = await fixture.make(world);
    const { params = {}, form, file } = target;
    const body = file ? { ...(target.body as object), file: `(content of ${file.name})` } : target.body;
    const etag = op.ifMatch
      ? { etag: (await service.api.get(String(fixture.officer), resourceOf(op, target))).etag }
      : {};
    const { path, send } = toCall(op, target);
    const answer = await service.api.as(fixture.officer, op.method, path, { ...send, ...etag });
    if (answer.status >= 300) throw new Error(`${op.id}: ${answer.status} ${answer.text}`);
    examples[op.id] = {
      status: answer.status,
      ...(Object.keys(params).length > 0 ? { params } : {}),
      ...(body === undefined && !form ? {} : { request: shorten(form ?? body) }),
      ...(/json/.test(answer.headers['content-type'] ?? '') ? { response: shorten(answer.body) } : {}),
    };
  }
  return normalise(
    Object.fromEntries(operations.flatMap(({ id: op }) => (examples[op] ? [[op, examples[op]]] : []))),
    started,
  );
}

export const examplesText = (examples: Examples) => `${JSON.stringify(examples, null, 2)}\n`;
