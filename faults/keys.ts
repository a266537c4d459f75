// I-01..I-06: keys and versions under repetition, duplicates over two replicas, purge, and fifty writers of one resource.
import type { Answer, Api } from '../test/support/api.ts';
import { addClient } from '../test/support/clients.ts';
import { type Service, startService } from '../test/support/start.ts';
import { createWorld, type World } from '../test/support/world.ts';
import { withService } from '../trust/outside/stage.ts';
import { chanceOf } from './chance.ts';
import type { Fault, FaultContext, Reading } from './fault.ts';

type Stage = { service: Service; api: Api; other: Api; world: World };

function withStage(work: (stage: Stage) => Promise<Reading>): Promise<Reading> {
  return withService(async (service) => {
    const replica = await startService({ database: service.database });
    try {
      const world = createWorld(service.api, () => addClient(service));
      return await work({ service, api: service.api, other: replica.api, world });
    } finally {
      await replica.stop();
    }
  });
}

const submit = (api: Api, body: unknown, key: string) => api.as('wf.heping', 'POST', '/v1/clues', { body, key });
const RECORD = ['etag', 'location', 'content-type'] as const;
const recordOf = ({ status, headers, text }: Answer) =>
  JSON.stringify([status, ...RECORD.map((name) => headers[name]), text]);

async function count({ owner }: Service): Promise<number> {
  const [row] = await owner.query<{ n: number }>('select count(*)::int as n from clues');
  return row?.n ?? 0;
}

/** What was to be seen is said only where nothing else was. */
const claim = (text: string, faults: readonly string[]) =>
  faults.length === 0 ? text : `${faults.length} deviations, see the notes`;

function reading(
  cycles: number,
  counts: { operations: number; acked: number; double: number | null },
  figure: string,
  faults: string[],
): Reading {
  const { operations, acked, double } = counts;
  const detail = faults.slice(0, 10);
  return {
    cycles,
    operations,
    acked,
    unacked: operations - acked,
    lost: null,
    double,
    figure: claim(figure, faults),
    met: faults.length === 0,
    detail,
  };
}

/** Quoted and bare, as the draft and as widespread clients write it; a key of two spellings is one key. */
const GOOD = [
  'abc',
  '"abd"',
  '"a\\"b"',
  '"a\\\\b"',
  'x'.repeat(255),
  `"${'y'.repeat(255)}"`,
  '8e03978e-40d5-43dd-bc93-6894a57f9324',
];
const BAD = ['""', '"', '"a', '"a" b', '"a"b', '"\\a"', 'a b', 'x'.repeat(256), '"\u00fc"', '"a\tb"'];

const syntax = () =>
  withStage(async ({ api, world }) => {
    const faults: string[] = [];
    const none = await api.as('wf.heping', 'POST', '/v1/clues', { body: world.clueInput(), key: null });
    if (none.status !== 400) faults.push(`without a key: ${none.status}`);
    for (const key of GOOD) {
      const answer = await submit(api, world.clueInput(), key);
      if (answer.status !== 201) faults.push(`${key.slice(0, 40)}: ${answer.status}`);
    }
    for (const key of BAD) {
      const answer = await submit(api, world.clueInput(), key);
      if (answer.status !== 400) faults.push(`${JSON.stringify(key.slice(0, 40))}: ${answer.status}`);
    }
    const counts = { operations: GOOD.length + BAD.length + 1, acked: GOOD.length, double: null };
    return reading(
      1,
      counts,
      `${GOOD.length} spellings taken, ${BAD.length} and a missing key refused with 400`,
      faults,
    );
  });

const TIMES = 10;

const replays = ({ rounds = 1000, seed }: FaultContext) =>
  withStage(async ({ service, api, other, world }) => {
    const chance = chanceOf(seed);
    const faults: string[] = [];
    const before = await count(service);
    for (let round = 0; round < rounds; round++) {
      const body = world.clueInput();
      const key = `i2-${round}`;
      const first = await submit(api, body, key);
      for (let again = 1; again < TIMES; again++) {
        const answer = await submit(chance.one([api, other]), body, key);
        if (answer.headers['idempotency-replayed'] !== 'true') faults.push(`${key}: no marker`);
        if (recordOf(answer) !== recordOf(first)) faults.push(`${key}: another answer`);
      }
    }
    const double = (await count(service)) - before - rounds;
    if (double !== 0) faults.push(`${double} clues too many`);
    const figure = `${rounds} keys × ${TIMES}: byte-equal answers, ${rounds} effects`;
    return reading(rounds, { operations: rounds * TIMES, acked: rounds * TIMES, double }, figure, faults);
  });

const DUPLICATES = 100;

const duplicates = ({ rounds = 20 }: FaultContext) =>
  withStage(async ({ service, api, other, world }) => {
    const faults: string[] = [];
    const before = await count(service);
    const told = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const body = world.clueInput();
      const key = `i3-${round}`;
      const sent = Array.from({ length: DUPLICATES }, (_, i) => submit(i % 2 ? api : other, body, key));
      const answers = await Promise.all(sent);
      const firsts = answers.filter((a) => a.status === 201 && a.headers['idempotency-replayed'] !== 'true');
      if (firsts.length !== 1) faults.push(`${key}: carried out ${firsts.length} times`);
      for (const { status, headers } of answers) {
        const name = headers['idempotency-replayed'] ? 'replayed' : String(status);
        told.set(name, (told.get(name) ?? 0) + 1);
        const retry = headers['retry-after'] !== undefined;
        if (status !== 201 && !((status === 409 || status === 503) && retry)) faults.push(`${key}: ${status}`);
      }
      const changed = await submit(api, { ...body, hardship: '另一说法' }, key);
      if (changed.status !== 422) faults.push(`${key} with another body: ${changed.status}`);
    }
    const double = (await count(service)) - before - rounds;
    if (double !== 0) faults.push(`${double} clues too many`);
    const figure = `${DUPLICATES} duplicates over two replicas: ${[...told].map(([name, n]) => `${name} ${n}`).join(', ')}; another body 422`;
    return reading(rounds, { operations: rounds * DUPLICATES, acked: rounds, double }, figure, faults);
  });

/** The keys are gone after eight days; the client's own reference for a payment is not. */
const purge = ({ rounds = 20 }: FaultContext) =>
  withStage(async ({ service, api, world }) => {
    const faults: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const known = await world.granted();
      const body = world.lineInput(known);
      const send = () => api.as('handler.heping', 'POST', `${known.path}/disbursements`, { body, key: `i5-${round}` });
      const first = await send();
      await service.owner.query('delete from idempotency_keys');
      const again = await send();
      const link = again.headers.link ?? again.text;
      if (first.status !== 201 || again.status !== 409) faults.push(`${first.status}, after the purge ${again.status}`);
      if (!link.includes(String(first.body.id))) faults.push(`the refusal does not name ${String(first.body.id)}`);
    }
    const [row] = await service.owner.query<{ n: number }>('select count(*)::int as n from disbursements');
    const double = (row?.n ?? 0) - rounds;
    if (double !== 0) faults.push(`${double} lines too many`);
    const figure = `${rounds} payments repeated after their keys were purged: 409 that names the first, no second line`;
    return reading(rounds, { operations: rounds * 2, acked: rounds, double }, figure, faults);
  });

const WRITERS = 50;

const versions = ({ rounds = 100 }: FaultContext) =>
  withStage(async ({ api, other, world }) => {
    const { path } = await world.clue();
    const faults: string[] = [];
    let done = 0;
    const before = Number((await api.get('wf.heping', path)).body.version);
    const bare = await api.as('wf.heping', 'PATCH', path, { body: { hardship: '无' } });
    if (bare.status !== 428) faults.push(`without If-Match: ${bare.status}`);
    for (let round = 0; round < rounds; round++) {
      const { etag } = await api.get('wf.heping', path);
      const headers = { 'content-type': 'application/merge-patch+json' };
      const write = (i: number) =>
        (i % 2 ? api : other).as('wf.heping', 'PATCH', path, { body: { hardship: `第${round}轮${i}` }, etag, headers });
      const answers = await Promise.all(Array.from({ length: WRITERS }, (_, i) => write(i)));
      done += answers.filter(({ status }) => status < 300).length;
      const odd = answers.filter(({ status }) => status >= 300 && status !== 412 && status !== 503);
      faults.push(...odd.map(({ status, body }) => `${status} ${String(body.code)}`));
    }
    const after = Number((await api.get('wf.heping', path)).body.version);
    if (after !== before + done) faults.push(`${done} writes made version ${before} to ${after}`);
    const { path: line } = await world.line('reserved');
    const star = await api.as('head.heping', 'POST', `${line}/authorisation`, { body: {}, etag: '*' });
    if (star.status < 400) faults.push(`If-Match: * on money was answered ${star.status}`);
    const figure = `${WRITERS} writers × ${rounds}: ${done} done, version ${before} → ${after}; 428 without If-Match; * refused for money (${star.status})`;
    return reading(rounds, { operations: rounds * WRITERS, acked: done, double: null }, figure, faults);
  });

export const faults: readonly Fault[] = [
  {
    number: 'I-01',
    name: 'syntax of keys',
    target: 'quoted and bare, 1-255 characters; all else and a missing one 400',
    full: 1,
    run: syntax,
  },
  { number: 'I-02', name: 'replays', target: '1,000 keys × 10: byte-equal, 1 effect', full: 1_000, run: replays },
  {
    number: 'I-03',
    name: 'duplicates at once',
    target: '100 over two replicas: exactly 1 executed, rest 409 or replay',
    full: 20,
    run: duplicates,
  },
  {
    number: 'I-05',
    name: 'a payment repeated after the purge',
    target: '409 with the existing resource, never a second payment',
    full: 20,
    run: purge,
  },
  {
    number: 'I-06',
    name: 'lost updates',
    target: '50 writers × 100: final version = writes + first',
    full: 100,
    run: versions,
  },
];
