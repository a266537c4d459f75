// A-01, A-03, A-04, A-05, P-08: the evidence under faults and under a superuser's hands, a million records, and reads counted one by one.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentDigest, linkHash } from '../src/audit/chain.ts';
import { createFrontier, isConsistent, leafHash, rootFromInclusion } from '../src/audit/merkle.ts';
import { rawPublicKey, signCheckpoint, verifierKey } from '../src/audit/note.ts';
import { failEachStatement } from '../test/support/atomic.ts';
import { addClient } from '../test/support/clients.ts';
import { makeFaulty } from '../test/support/faults.ts';
import { sampleClue } from '../test/support/samples.ts';
import { sealEverything } from '../test/support/sealed.ts';
import { absentId } from '../test/support/sweep.ts';
import { ATTACKS, drill, readExport } from '../test/support/tamper.ts';
import { createWorld } from '../test/support/world.ts';
import { withService } from './outside/stage.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

/** A repeatable choice (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const seconds = (since: bigint) => Number(process.hrtime.bigint() - since) / 1e9;

async function atomicity({ say }: ProbeContext): Promise<Reading> {
  return withService(async (service) => {
    const { api } = service;
    const world = createWorld(api, () => addClient(service));
    const [clue, review, proposed, granted] = [
      await world.clue('heping'),
      await world.underReview(),
      await world.proposed(),
      await world.granted(),
    ];
    // What failed left nothing behind: the version stays the same from one try to the next.
    const decided = async (officer: string, { path }: { path: string }, verb: string, body: unknown) => {
      const { etag } = await api.get(officer, path);
      return () => api.as(officer, 'POST', `${path}/${verb}`, { body, key: `a-${verb}`, ...(etag ? { etag } : {}) });
    };
    const line = await world.lineInput(granted);
    const commands = [
      ['submission', () => api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key: 'a-submit' })],
      ['acceptance', await decided('head.heping', clue, 'acceptance', {})],
      ['withdrawal', await decided('head.heping', review, 'withdrawal', { reason: '本人申请撤回' })],
      ['approval', await decided('chief.heping', proposed, 'approval', { outcome: 'granted', opinion: '同意救助' })],
      [
        'disbursement',
        () => api.as('handler.heping', 'POST', `${granted.path}/disbursements`, { body: line, key: 'a-line' }),
      ],
    ] as const;
    const faulty = makeFaulty();
    const halves: string[] = [];
    let statements = 0;
    for (const [name, act] of commands) {
      const found = await failEachStatement(service, faulty, act);
      say(`${name}: ${found.statements} statements`);
      statements += found.statements;
      halves.push(...found.halves.map((half) => `${name}: ${half}`));
    }
    faulty.mend();
    return {
      figure: `${commands.length} commands, ${statements} statements failed one by one, ${halves.length} halves left`,
      met: halves.length === 0,
      detail: halves.slice(0, 10),
    };
  });
}

const ROUNDS = 20;

async function tampering({ seed }: ProbeContext): Promise<Reading> {
  return withService(async (service) => {
    const world = createWorld(service.api, () => addClient(service));
    for (let n = 0; n < 4; n++) {
      await world.granted();
      await sealEverything(service);
    }
    const kept = await readExport(service);
    const size = kept.checkpoints.at(-1)?.treeSize ?? 0;
    const pick = chance(seed);
    const missed: string[] = [];
    let coarse = 0;
    for (const attack of ATTACKS)
      for (let n = 0; n < ROUNDS; n++) {
        const k = 1 + pick(size - 3);
        const { expected, found, coarse: alone } = await drill(service, attack, k, kept);
        if (found?.leafIndex !== expected)
          missed.push(`${attack.name} at ${k}: ${found ? `leaf ${found.leafIndex}` : 'not found'}`);
        if (alone) coarse += 1;
      }
    const all = ATTACKS.length * ROUNDS;
    return {
      figure: `${all - missed.length} of ${all} found at their leaf, ${coarse} of ${all} by the checkpoints alone (${size} records)`,
      met: missed.length === 0 && coarse === all,
      detail: missed.slice(0, 10),
    };
  });
}

const MILLION = 1_000_000;
const AGGREGATES = 200_000;

/** An export as the service writes it: 200,000 resources with five records each, a checkpoint for every 10,000 leaves. */
async function writeMillion(directory: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const origin = 'probe.invalid/audit/1';
  const out = createWriteStream(join(directory, 'export.ndjson'));
  const leaves = Buffer.alloc(MILLION * 32);
  const heads = new Map<number, Buffer>();
  const tree = createFrontier();
  let notes = '';
  const id = (n: number) => `0198c2a4-7f00-7000-8000-${n.toString(16).padStart(12, '0')}`;
  for (let n = 0; n < MILLION; n++) {
    const aggregate = n % AGGREGATES;
    const time = new Date(1_790_000_000_000 + n).toISOString();
    const who = { agencyId: id(1), officerId: id(n % 40), clientId: null, requestId: id(n), purpose: null };
    const data = { assistanceCaseId: id(aggregate), beneficiaryId: id(n), amountFen: n, stateBefore: 'under_review' };
    const what = { type: 'case.proposed', kind: 'case', resourceId: id(aggregate), changed: ['state', 'awards'], data };
    const content = { id: id(n), recordedAt: time, occurredAt: time, ...who, ...what };
    const former = heads.get(aggregate) ?? null;
    const sequence = Math.floor(n / AGGREGATES) + 1;
    const hash = linkHash('sha-256', 'fact', sequence, former, contentDigest('sha-256', content));
    heads.set(aggregate, hash);
    const place = {
      leafIndex: n,
      sequence,
      viewSequence: null,
      alg: 'sha-256',
      prevHash: former?.toString('base64') ?? null,
    };
    const leaf = leafHash(hash);
    leaf.copy(leaves, n * 32);
    tree.add(leaf);
    const line = `${JSON.stringify({ ...content, ...place, hash: hash.toString('base64') })}\n`;
    if (!out.write(line)) await once(out, 'drain');
    if ((n + 1) % 10_000 === 0)
      notes += `${signCheckpoint({ origin, treeSize: n + 1, rootHash: tree.root(), sealedAt: new Date(time) }, privateKey)}\n`;
  }
  out.end();
  await once(out, 'finish');
  writeFileSync(join(directory, 'log.checkpoints'), notes);
  writeFileSync(join(directory, 'log.leaves'), leaves);
  writeFileSync(join(directory, 'log.vkey'), `${verifierKey(origin, rawPublicKey(publicKey))}\n`);
}

function runVerifier(directory: string): Promise<{ code: number | null; text: string }> {
  const program = new URL('../src/bin/verify-audit.ts', import.meta.url).pathname;
  const files = ['--records', join(directory, 'export.ndjson'), '--checkpoints', join(directory, 'log.checkpoints')];
  const child = spawn(process.execPath, [program, ...files, '--key', join(directory, 'log.vkey')], { env: {} });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

async function million({ say }: ProbeContext): Promise<Reading> {
  const directory = mkdtempSync(join(tmpdir(), 'audit-million-'));
  try {
    await writeMillion(directory);
    const begun = process.hrtime.bigint();
    const { code, text } = await runVerifier(directory);
    const took = seconds(begun);
    say(text.trim());
    // Without the leaf hashes the tree is computed from the records instead.
    rmSync(join(directory, 'log.leaves'));
    const again = process.hrtime.bigint();
    const alone = await runVerifier(directory);
    const without = seconds(again);
    return {
      figure: `1,000,000 records in 200,000 chains, 100 checkpoints: ${took.toFixed(1)} s; without exported leaves ${without.toFixed(1)} s`,
      met: code === 0 && alone.code === 0 && took <= 60 && without <= 60,
      detail: [text.trim()],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Vector = { proof: string[] | null; wantErr: boolean };
const bytes = (text: string | null) => Buffer.from(text ?? '', 'base64');
const vectors = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`../test/vectors/merkle/${name}.json`, import.meta.url), 'utf8')) as (T & Vector)[];

async function merkle(): Promise<Reading> {
  const inclusion = vectors<{ leafIdx: number; treeSize: number; root: string; leafHash: string }>('inclusion');
  const consistency = vectors<{ size1: number; size2: number; root1: string; root2: string }>('consistency');
  const good = [
    ...inclusion.map(({ leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }) => {
      const found = rootFromInclusion(leafIdx, treeSize, bytes(leaf), (proof ?? []).map(bytes));
      return (found?.equals(bytes(root)) === true) !== wantErr;
    }),
    ...consistency.map(
      ({ size1, size2, root1, root2, proof, wantErr }) =>
        isConsistent(size1, size2, bytes(root1), bytes(root2), (proof ?? []).map(bytes)) !== wantErr,
    ),
  ].filter(Boolean).length;
  const begun = process.hrtime.bigint();
  const tree = createFrontier();
  for (let n = 0; n < 10_000; n++) tree.add(leafHash(Buffer.from(String(n))));
  tree.root();
  const ms = seconds(begun) * 1000;
  return {
    figure: `${good} of ${inclusion.length + consistency.length} vectors; 10,000 leaves in ${ms.toFixed(0)} ms`,
    met: good === 196,
  };
}

const READS = 10_000;

type Body = Readonly<Record<string, unknown>>;
const isClear = (value: unknown) => typeof value === 'string' && value !== '' && !value.includes('*');

/** How many people the answer tells something of in clear, by its content alone: their own fields, or words about all of them. */
function unmasked(body: Body): number {
  const people = (body.subjects ?? body.beneficiaries ?? []) as readonly Body[];
  const opinion = (body.proposal as Body | null | undefined)?.opinion;
  const words = [body.facts, body.hardship, opinion].some((text) => typeof text === 'string' && text !== '');
  if (words) return people.length;
  return people.filter(({ name, phone, address }) => [name, phone, address].some(isClear)).length;
}

async function reads({ seed }: ProbeContext): Promise<Reading> {
  return withService(
    async (service) => {
      const { api } = service;
      const world = createWorld(api, () => addClient(service));
      const known = [
        await world.clue('heping'),
        await world.granted(),
        await world.line('settled'),
        await world.visit(),
      ];
      const lists = ['/v1/clues', '/v1/assistance-cases', '/v1/disbursements', '/v1/visits', '/v1/deadlines?limit=5'];
      const paths = [...known.map(({ path }) => path), ...lists, `/v1/clues/${absentId(1)}`, '/v1/clues/x'];
      const officers = [
        'intake.heping',
        'handler.heping',
        'head.heping',
        'supervisor.liaoning',
        'head.tiexi',
        'auditor.liaoning',
        'wf.heping',
      ];
      const count = async (sql: string) =>
        Number((await service.owner.query<{ n: string }>(`select count(*) as n from ${sql}`))[0]?.n);
      // A clear view leaves a chained record for each person shown; who stands in the answer unmasked was shown.
      const views = `audit_records where view_sequence is not null and type = 'person.viewed'`;
      const [before, seenBefore] = [await count('read_records'), await count(views)];
      let clear = 0;
      const pick = chance(seed);
      let shown = 0;
      for (let done = 0; done < READS; done += 20) {
        const batch = Array.from(
          { length: 20 },
          () => [officers[pick(officers.length)] ?? '', paths[pick(paths.length)] ?? ''] as const,
        );
        const answers = await Promise.all(batch.map(([officer, path]) => api.get(officer, path)));
        shown += answers.filter(({ status }) => status === 200).length;
        clear += answers.reduce((sum, { body }) => sum + unmasked(body), 0);
      }
      const kept = (await count('read_records')) - before;
      const seen = (await count(views)) - seenBefore;
      return {
        figure: `${READS} random reads, ${shown} answered, ${kept} access records; ${clear} persons shown in clear, ${seen} chained records of that`,
        met: shown === kept && shown > READS / 10 && clear === seen && clear > 0,
      };
    },
    { env: { QUOTA_REQUESTS: '0', QUOTA_AGENCY: '0', QUOTA_EXPENSIVE: '0' } },
  );
}

export const probes: readonly Probe[] = [
  { number: 'A-01', name: 'a fault at each statement of a command', target: 'all or none, 100 %', run: atomicity },
  { number: 'A-03', name: 'a million records verified offline', target: 'at most 60 s on two cores', run: million },
  {
    number: 'A-04',
    name: 'RFC 6962 vectors of transparency-dev/merkle',
    target: '98 inclusion + 98 consistency',
    run: merkle,
  },
  { number: 'A-05', name: 'tamper drill as superuser', target: '100 %, each at its first bad leaf', run: tampering },
  {
    number: 'P-08',
    name: 'one access record for each read or list, one chained record for each person shown in clear',
    target: '1:1 over 10,000 random reads and failures',
    run: reads,
  },
];
