// P-09, P-10: canaries and line breaks in every input; the log stays one JSON object a line and holds none of them, nor do database log and metrics.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sendRaw } from '../test/support/raw.ts';
import { withClient } from '../test/support/sql.ts';
import { slotsOf, withSlot } from './outside/corpus.ts';
import { findings, type Prepared, type Stage, withStage } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

const WORD = 'Kanarienvogel';
const canary = (n: number) => `${WORD}${String(n).padStart(5, '0')}`;
/** What would begin a line of its own, colour a terminal, or look like a field. */
const NASTY = [
  '',
  '\r\n{"level":"info","message":"forged"}',
  '\n\u001b[31mforged\u001b[0m',
  '","level":"error","x":"',
  '\u2028\u0085\u009b2J',
  '%0d%0a',
  '{{7*7}}',
];
const HEADERS = [
  'idempotency-key',
  'if-match',
  'if-none-match',
  'accept-language',
  'user-agent',
  'x-request-id',
  'traceparent',
  'cookie',
  'x-forwarded-for',
  'authorization',
];

/** What a process writes past its own log. */
async function withOutput(work: () => Promise<void>): Promise<string> {
  const [out, err] = [process.stdout.write, process.stderr.write];
  let text = '';
  const keep = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  process.stdout.write = keep as typeof out;
  process.stderr.write = keep as typeof err;
  try {
    await work();
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
  return text;
}

/** Requests of one operation with a canary in each input in turn; answers how many. */
async function walk(stage: Stage, chosen: Prepared, first: number): Promise<number> {
  const { op, target } = chosen;
  let n = first;
  const next = () => {
    n += 1;
    return `${canary(n)}${NASTY[n % NASTY.length]}`;
  };
  const request = await stage.wire(chosen);
  const fresh = async () => ({ ...request, headers: { ...(await stage.wire(chosen)).headers } });
  if (op.hasBody && target.body !== undefined && !target.form && !target.file) {
    for (const slot of slotsOf(target.body))
      if (typeof slot.value === 'string')
        await stage.send({ ...(await fresh()), payload: withSlot(target.body, slot, JSON.stringify(next())) });
    await stage.send({ ...(await fresh()), payload: `{"${canary(++n)}": 1}` });
    await stage.send({ ...(await fresh()), payload: `{"broken ${canary(++n)}` });
  }
  const path = request.url.split('?')[0] ?? '';
  for (const name of [
    ...(op.operation.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name),
    canary(++n),
  ])
    await stage.send({ ...(await fresh()), url: `${path}?${name}=${encodeURIComponent(next())}` });
  await stage.send({ ...(await fresh()), url: `${path}/${encodeURIComponent(next())}` });
  const header = HEADERS[n % HEADERS.length] ?? 'cookie';
  await stage.send({ ...request, headers: { ...request.headers, [header]: canary(++n) } });
  return n;
}

/** Errors of the driver carry statements with their values: what is thrown on the way holds canaries. */
async function failing({ service, prepared, wire, send }: Stage, first: number): Promise<number> {
  const { connect, query } = service.tx.pool;
  let n = first;
  const fail = () => {
    n += 1;
    const text = `${canary(n)}\n    at ${canary(n)} (/src/${canary(n)}.ts:1:1)`;
    return Promise.reject(Object.assign(new Error(text), { detail: text, params: [text], query: text }));
  };
  service.tx.pool.connect = fail;
  service.tx.pool.query = fail;
  try {
    for (const chosen of prepared) await send(await wire(chosen));
  } finally {
    Object.assign(service.tx.pool, { connect, query });
  }
  return n;
}

async function slow({ service }: Stage, first: number): Promise<number> {
  await withClient(service.database.ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('lock table persons in access exclusive mode');
    const subjects = [
      { name: canary(first + 1), sex: 'female', idType: 'none', categories: [], relationToCase: 'self' },
    ];
    const linkedCase = { type: 'criminal', handlingOrgan: canary(first + 2) };
    const body = { source: 'wf_visit', regionCode: '210102', facts: canary(first + 3), subjects, linkedCase };
    await service.api.create('wf.heping', '/v1/clues', body);
    await client.query('rollback');
  });
  return first + 3;
}

/** C0, DEL, C1, and what some readers take for the end of a line. */
const isControl = (c: string) => c < ' ' || (c >= '\u007f' && c <= '\u009f') || c === '\u2028' || c === '\u2029';

async function measure(stage: Stage): Promise<Reading> {
  const { service, prepared } = stage;
  const found = findings();
  let n = 0;
  const output = await withOutput(async () => {
    for (const chosen of prepared) n = await walk(stage, chosen, n);
    n = await failing(stage, n);
    n = await slow(stage, n);
    for (const text of NASTY) {
      n += 1;
      await sendRaw(
        service.url,
        `GET /${canary(n)}${text} HTTP/1.1\r\nHost: ${canary(n)}\r\nX-${canary(n)}: ${text}\u0001\r\n\r\n`,
        500,
      );
    }
  });
  const [row] = await withClient(
    service.database.superUrl,
    async (client) => (await client.query<{ path: string }>(`select current_setting('data_directory') as path`)).rows,
  );
  const places = {
    log: service.logLines.join(''),
    'database log': readFileSync(join(dirname(row?.path ?? ''), 'postgres.log'), 'utf8'),
    metrics: await service.metrics.registry.metrics(),
    'standard output': output,
  };
  for (const [place, text] of Object.entries(places)) {
    const hits = text.match(new RegExp(`.{0,80}${WORD}.{0,20}`, 'g')) ?? [];
    for (const hit of hits) found.add(`${place}: ${hit}`);
  }
  let broken = 0;
  for (const line of service.logLines) {
    const whole = line.endsWith('\n') && ![...line.slice(0, -1)].some(isControl);
    const parsed = whole && typeof JSON.parse(line) === 'object';
    if (!parsed) broken += 1;
  }
  return {
    figure: `${n} canaries: ${found.count} found in log (${service.logLines.length} lines), database log (${places['database log'].length} bytes), metrics, output; ${broken} lines not one JSON object`,
    met: found.count === 0 && broken === 0 && n >= 1000 && service.logLines.length > 0,
    detail: found.detail(),
  };
}

let reading: Promise<Reading> | undefined;
/** Both numbers are one walk. */
const once = () => {
  reading ??= withStage(measure);
  return reading;
};

export const probes: readonly Probe[] = [
  {
    number: 'P-09',
    name: 'canaries in every input, error and slow query',
    target: '0 of 1,000 in log, database log, metrics, output',
    run: once,
  },
  {
    number: 'P-10',
    name: 'line breaks, ANSI and JSON in every input',
    target: 'one valid JSON object a line',
    run: once,
  },
];
