// P-02 and P-09: canaries in every free text of every write, then looked for in data directory, WAL, a copy of every table, documents,
// logs, metrics, events and error bodies.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Canaries, createCanaries, freeTextOf, MARKS } from '../test/support/canaries.ts';
import { CanaryApi } from '../test/support/canary-api.ts';
import { addClient } from '../test/support/clients.ts';
import { loadContract, resourceOf, toCall } from '../test/support/contract.ts';
import { formsOf, scanDirectory } from '../test/support/disk-scan.ts';
import { setClock } from '../test/support/examples.ts';
import { fixtures } from '../test/support/fixtures/index.ts';
import startDatabase from '../test/support/global-setup.ts';
import { sealRecord } from '../test/support/sealed.ts';
import { withClient } from '../test/support/sql.ts';
import { type Service, startService } from '../test/support/start.ts';
import { createWorld } from '../test/support/world.ts';
import { extras } from './canary-walk.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

const marks = Object.values(MARKS);

type Walked = { api: CanaryApi; failed: string[]; wanted: string[] };

/** Every operation as its fixture means it, until enough canaries are planted; the stories before it plant most of them. */
async function walk(service: Service, canaries: Canaries, { say }: ProbeContext): Promise<Walked> {
  const contract = await loadContract();
  const api = new CanaryApi(service.app, contract, canaries);
  await setClock(service.database.ownerUrl);
  const world = createWorld(
    api,
    () => addClient(service),
    () => sealRecord(service),
  );
  const failed: string[] = [];
  for (const op of contract.operations) {
    const fixture = fixtures[op.id];
    if (!fixture || fixture.last) continue;
    try {
      const target = await fixture.make(world);
      const { path, send } = toCall(op, target);
      const etag = op.ifMatch ? (await api.get(String(fixture.officer), resourceOf(op, target))).etag : undefined;
      const answer = await api.as(fixture.officer, op.method, path, etag ? { ...send, etag } : send);
      if (answer.status >= 400) failed.push(`${op.id}: ${answer.status} ${String(answer.body.code)}`);
    } catch (error) {
      failed.push(`${op.id}: ${error instanceof Error ? error.message.slice(0, 200) : error}`);
    }
  }
  for (const [name, make] of extras)
    await make(world).catch((error: Error) => failed.push(`${name}: ${error.message.slice(0, 300)}`));
  say(`${contract.operations.length} operations walked, ${api.sent} bodies, ${canaries.planted.size} canaries planted`);
  const wanted = contract.operations.flatMap((op) =>
    Object.entries(op.operation.requestBody?.content ?? {})
      .filter(([type]) => type.includes('json'))
      .flatMap(([, { schema }]) => freeTextOf(contract.document, op.id, schema as Parameters<typeof freeTextOf>[2])),
  );
  return { api, failed, wanted: [...new Set(wanted)] };
}

/** What goes wrong tells nothing either: unknown members, broken JSON, headers, addresses, and a table that is gone. */
async function goWrong(service: Service, api: CanaryApi, canaries: Canaries): Promise<void> {
  const word = canaries.text();
  const headers = { 'user-agent': word, 'x-note': word, traceparent: word, accept: word };
  const plain = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, encodeURIComponent(v)]));
  const body = { [word]: word, facts: word };
  const raw = `{"facts":"${word}","${word}"`;
  const calls = [
    { body, headers: plain },
    { raw, headers: { ...plain, 'content-type': 'application/json' } },
    { raw: word, headers: { ...plain, 'content-type': `text/${encodeURIComponent(word)}` } },
  ];
  for (const send of calls)
    for (const path of ['/v1/clues', '/v1/persons/lookups']) await api.as('wf.heping', 'POST', path, send);
  await api.get('wf.heping', `/v1/clues/${encodeURIComponent(word)}`);
  await api.get('wf.heping', `/v1/clues?q=${encodeURIComponent(word)}&${marks[1]}001=1`);
  await api.request('GET', `/v1/me`, { headers: { authorization: `Bearer ${Buffer.from(word).toString('base64')}` } });
  await service.owner.query('alter table clue_subjects rename to clue_subjects_gone');
  const world = createWorld(api, () => addClient(service));
  await world.clue().catch(() => undefined);
  await service.owner.query('alter table clue_subjects_gone rename to clue_subjects');
  await service.owner.query(`alter table clues add constraint broken check (number = '') not valid`);
  await world.clue().catch(() => undefined);
  await service.owner.query('alter table clues drop constraint broken');
}

const found = (text: string | Buffer) => {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
  return marks.filter((mark) => formsOf(mark).some((form) => bytes.includes(form)));
};

/** Every row of every table as its owner would copy it out. */
async function copyTables(url: string): Promise<{ tables: number; bytes: number; hits: string[] }> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const hits: string[] = [];
    let bytes = 0;
    for (const { name } of rows) {
      const copied = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
      const text = copied.rows.map((row) => row.text).join('\n');
      bytes += text.length;
      for (const mark of found(text)) hits.push(`${name}: ${mark}`);
    }
    return { tables: rows.length, bytes, hits };
  });
}

async function feedOf(api: CanaryApi): Promise<{ events: number; text: string }> {
  let events = 0;
  let text = '';
  for (const officer of ['intake.heping', 'handler.heping', 'wf.heping', 'civil.heping', 'finance.heping']) {
    for (let after = ''; ; ) {
      const answer = await api.get(officer, `/v1/events?limit=200${after && `&after=${encodeURIComponent(after)}`}`);
      const items = answer.body.items ?? [];
      events += items.length;
      text += answer.text;
      after = String(answer.body.nextCursor);
      if (items.length === 0) break;
    }
  }
  return { events, text };
}

/** One file with every form: the scan finds each of them, or finding nothing would mean nothing. */
function control(service: Service): number {
  const forms = formsOf(MARKS.text);
  forms.forEach((form, i) => {
    writeFileSync(join(service.dataDir, `control-${i}`), Buffer.concat([Buffer.from('x'), form, Buffer.from('y')]));
  });
  const { findings } = scanDirectory(service.dataDir, [MARKS.text]);
  if (findings.filter((f) => f.file.includes('control-')).length !== forms.length) throw new Error('the scan is blind');
  return forms.length;
}

async function look(service: Service, { api, failed, wanted }: Walked, canaries: Canaries): Promise<Reading> {
  const dataDirectory = await withClient(service.database.superUrl, async (client) => {
    await client.query('checkpoint');
    return (await client.query<{ dir: string }>(`select setting as dir from pg_settings where name = 'data_directory'`))
      .rows[0]?.dir;
  });
  const cluster = scanDirectory(join(String(dataDirectory), '..'), marks);
  const documents = scanDirectory(service.dataDir, marks);
  const copy = await copyTables(service.database.superUrl);
  const feed = await feedOf(api);
  const metrics = await service.metrics.registry.metrics();
  const places = {
    'data directory, WAL and server log': cluster.findings.map((f) => `${f.file}: ${f.text}`),
    documents: documents.findings.map((f) => `${f.file}: ${f.text}`),
    tables: copy.hits,
    events: found(feed.text),
    log: found(service.logLines.join('\n')),
    metrics: found(metrics),
    'error bodies': api.echoed,
  };
  const hits = Object.values(places).flat();
  const kinds = control(service);
  const missing = wanted.filter((pointer) => !api.taken.has(pointer));
  return {
    figure: `${canaries.planted.size} canaries in ${wanted.length - missing.length} of ${wanted.length} free text fields; ${hits.length} found in ${cluster.files} files of the cluster, ${documents.files} of documents, ${copy.tables} tables (${Math.round(copy.bytes / 1024)} KiB), ${feed.events} events, ${service.logLines.length} log lines, metrics`,
    met: hits.length === 0 && canaries.planted.size >= 1000 && failed.length === 0,
    detail: [
      `Looked for in ${kinds} forms each: UTF-8, UTF-16 (both orders), hexadecimal (both cases), base64 and base64url at three alignments; a control file of each form was found.`,
      ...hits.slice(0, 20).map((hit) => `found: ${hit}`),
      ...failed.slice(0, 20).map((line) => `not walked: ${line}`),
      ...(missing.length > 0 ? [`fields that no accepted request held: ${missing.join(', ')}`] : []),
    ],
  };
}

async function run(context: ProbeContext): Promise<Reading> {
  const stopDatabase = await startDatabase();
  try {
    const service = await startService();
    try {
      const canaries = createCanaries(context.seed);
      const walked = await walk(service, canaries, context);
      await goWrong(service, walked.api, canaries);
      return await look(service, walked, canaries);
    } finally {
      await service.stop();
    }
  } finally {
    await stopDatabase();
  }
}

export const probes: readonly Probe[] = [
  {
    number: 'P-02',
    name: 'canaries at rest, in logs, events and errors',
    target: '0 of at least 1,000 canaries found',
    run,
  },
];
