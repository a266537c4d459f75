// S-25: sqlmap, level 2 and risk 1, on every parameter of the OpenAPI document; it speaks to a door that gives each request its own key and ETag.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillPath, resourceOf } from '../test/support/contract.ts';
import { slotsOf } from './outside/corpus.ts';
import { findings, type Prepared, type Stage, withStage } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';
import { needTool } from './tools.ts';

/** All of it together; what was not reached then is said. */
const MINUTES = Number(process.env.SQLMAP_MINUTES ?? 40);
/** One operation that has very many parameters must not take the time of all. */
const MINUTES_EACH = 4;
const AT_ONCE = 2;
const MARK = '*';

type Parameter = { name: string; in: string; schema?: { type?: string; enum?: unknown[]; format?: string } };

/** A value that the schema lets through, so that sqlmap sees what an accepted request answers. */
function sampleOf({ name, schema = {} }: Parameter): string {
  if (schema.enum?.[0] !== undefined) return String(schema.enum[0]);
  if (/limit|year/.test(name) || schema.type === 'integer') return name === 'year' ? '2026' : '2';
  if (schema.type === 'boolean') return 'true';
  if (schema.format === 'date') return '2026-01-01';
  if (schema.format === 'date-time') return '2026-01-01T00:00:00%2B08:00';
  return schema.format === 'uuid' || /Id$/.test(name) ? '0198c2a4-7f00-7000-8000-000000000001' : '210102';
}

type Request = { text: string; parameters: number };

/** The request as sqlmap reads it, a mark behind each value: of the path, the query, the body. */
function requestOf({ op, target }: Prepared, host: string): Request {
  let parameters = 0;
  const marked = (value: string) => {
    parameters += 1;
    return `${value}${MARK}`;
  };
  const params = Object.fromEntries(Object.entries(target.params ?? {}).map(([name], i) => [name, `slot${i}slot`]));
  const path = Object.values(target.params ?? {}).reduce(
    (url, value, i) => url.replace(`slot${i}slot`, marked(encodeURIComponent(value))),
    fillPath(op.path, params),
  );
  const declared = ((op.operation.parameters ?? []) as Parameter[]).filter((p) => p.in === 'query');
  const query = declared
    .filter(({ name }) => name !== 'dryRun' && name !== 'cursor' && name !== 'wait')
    .map((p) => `${p.name}=${marked(target.query?.[p.name] ?? sampleOf(p))}`);
  if (declared.some(({ name }) => name === 'dryRun')) query.push('dryRun=true');
  let body = '';
  if (target.form) {
    body = Object.entries(target.form)
      .map(([name, value]) => `${name}=${marked(encodeURIComponent(value))}`)
      .join('&');
  } else if (op.hasBody && target.body !== undefined && !target.file) {
    body = JSON.stringify(target.body);
    // Whatever is a value gets the mark inside its quotes, or behind its digits.
    for (const slot of slotsOf(target.body)) if (slot.value !== null) parameters += 1;
    body = body.replace(/("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false)(?=[,}\]])/g, (value) =>
      value.endsWith('"') ? `${value.slice(0, -1)}${MARK}"` : `${value}${MARK}`,
    );
  }
  const type = target.form ? 'application/x-www-form-urlencoded' : 'application/json';
  const head = [
    `${op.method} ${path}${query.length > 0 ? `?${query.join('&')}` : ''} HTTP/1.1`,
    `Host: ${host}`,
    `X-Operation: ${op.id}`,
    ...(body ? [`Content-Type: ${type}`] : []),
  ];
  return { text: `${head.join('\r\n')}\r\n\r\n${body}`, parameters };
}

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Passes on what sqlmap sends, with a token, a key and an ETag that are good; holds every answer against the manners. */
function door(stage: Stage, fault: (place: string, wrong: string) => void) {
  const counted: Record<number, number> = {};
  const byId = new Map(stage.prepared.map((chosen) => [chosen.op.id, chosen]));
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const chosen = byId.get(String(req.headers['x-operation']));
    if (!chosen) return void res.writeHead(500).end();
    const payload = await bytesOf(req);
    const wire = await stage.wire(chosen);
    if (chosen.op.ifMatch && !chosen.op.dryRun)
      wire.headers['if-match'] = (
        await stage.service.api.get(String(chosen.fixture.officer), resourceOf(chosen.op, chosen.target))
      ).etag;
    const given = { url: req.url ?? '/', ...(payload.length > 0 && !chosen.target.file ? { payload } : {}) };
    const found = await stage.send({ ...wire, ...given });
    counted[found.status] = (counted[found.status] ?? 0) + 1;
    // A statement that was taken as one by a text search is in `instance`, which repeats the address.
    const { instance: _instance, ...rest } = found.body;
    const told = { ...found, text: found.status >= 400 ? JSON.stringify(rest) : found.text };
    const wrong = stage.fault(told);
    if (wrong) fault(chosen.op.id, `${wrong} to ${req.url} ${payload.toString('utf8').slice(0, 150)}`);
    const { 'content-length': _length, connection: _connection, ...headers } = found.headers;
    res.writeHead(found.status, headers).end(found.text);
  };
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()));
  return { server, counted };
}

type Run = { found: string | undefined; ended: boolean };

function attack(tool: string, file: string, folder: string, until: number): Promise<Run> {
  const fixed = ['--batch', '--level=2', '--risk=1', '--dbms=PostgreSQL', '--flush-session', '--disable-coloring'];
  const quick = [
    '--skip-waf',
    '--ignore-stdin',
    '--ignore-code=*',
    '--timeout=10',
    '--retries=0',
    '--time-sec=2',
    '--keep-alive',
  ];
  return new Promise((resolve) => {
    // Without a terminal it would take its targets from the standard input.
    const child = spawn(tool, ['-r', file, ...fixed, ...quick, `--output-dir=${folder}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TERM: 'dumb' },
    });
    let output = '';
    let ended = true;
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const stop = () => {
      ended = false;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(stop, Math.max(0, Math.min(until - Date.now(), MINUTES_EACH * 60_000)));
    child.on('close', () => {
      clearTimeout(timer);
      const found = /identified the following injection point[\s\S]{0,600}/.exec(output)?.[0];
      // It ends with this sentence where it has tried everything and found nothing.
      const tried = found !== undefined || /all tested parameters do not appear to be injectable/.test(output);
      resolve({ found, ended: ended && tried });
    });
  });
}

async function everywhere(tool: string, stage: Stage, say: (line: string) => void): Promise<Reading> {
  const found = findings();
  const { server, counted } = door(stage, (id, wrong) => found.add(`${id}: ${wrong}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), 'sqlmap-'));
  const requests = stage.prepared
    .map((chosen) => ({ id: chosen.op.id, ...requestOf(chosen, host) }))
    .filter(({ parameters }) => parameters > 0);
  const open: string[] = [];
  const until = Date.now() + MINUTES * 60_000;
  let tested = 0;
  let next = 0;
  const work = async () => {
    for (let request = requests[next++]; request; request = requests[next++]) {
      const { id, text, parameters } = request;
      if (Date.now() > until) {
        open.push(id);
        continue;
      }
      const file = join(folder, `${id}.txt`);
      writeFileSync(file, text);
      const run = await attack(tool, file, join(folder, id), until);
      if (run.found) found.add(`${id}: ${run.found}`);
      if (run.ended) tested += parameters;
      else open.push(id);
      if (next % 20 === 0) say(`${next} of ${requests.length} operations, ${JSON.stringify(counted)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
  const all = requests.reduce((sum, { parameters }) => sum + parameters, 0);
  const sent = Object.values(counted).reduce((sum, n) => sum + n, 0);
  return {
    figure: `${tested} of ${all} parameters of ${requests.length} operations, ${sent} requests ${JSON.stringify(counted)}: ${found.count} findings`,
    met: found.count === 0 && open.length === 0,
    detail: [
      ...(open.length > 0 ? [`${open.length} operations not finished in time, the first: ${open[0]}.`] : []),
      ...found.detail(),
    ],
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-25',
    name: 'sqlmap on every parameter of the contract',
    target: `0 findings, 0 5xx, within ${MINUTES} minutes`,
    run: ({ say }) => {
      const tool = needTool('sqlmap');
      return withStage((stage) => everywhere(tool, stage, say));
    },
  },
];
