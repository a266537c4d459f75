// npm run bench: ratios of the service to the bare peer in one run, interleaved rounds, one client; prints a Markdown table.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { cpuSeconds, oneConnection, quantile, type Sample, type Shot, shoot } from './measure.ts';
import { getClue, listClues, peerGet, peerList, peerPost, postClue, SEED } from './shots.ts';
import { openStage, type Stage } from './stage.ts';
import { measureWalls } from './walls.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '10' },
    count: { type: 'string', default: '300' },
    only: { type: 'string', default: '' },
    /** Directory for a CPU profile of the service, for a flame graph. */
    profile: { type: 'string', default: '' },
  },
});
const ROUNDS = Number(options.rounds);
const COUNT = Number(options.count);
const RARE = 60;

type Pair = { name: string; bar: number; service: () => Shot; peer: () => Shot };

async function pairsOf(stage: Stage): Promise<Pair[]> {
  const { busy } = stage.service;
  const { ids, agencyId } = stage.peer;
  const sample = busy.filter((_, i) => i % Math.max(1, Math.floor(busy.length / 5000)) === 0);
  const [supervisor, intake, source] = await Promise.all(
    ['supervisor.liaoning', 'intake.heping', 'wf.heping'].map((officer) => stage.token(officer)),
  );
  const gets = peerGet(ids);
  return [
    { name: 'GET clue, masked', bar: 0.4, service: getClue(sample, supervisor ?? ''), peer: gets },
    { name: 'GET clue, narrative', bar: 0.25, service: getClue(sample, intake ?? ''), peer: gets },
    { name: 'GET clue, names and narrative', bar: 0.25, service: getClue(sample, source ?? ''), peer: gets },
    { name: 'list of 50, masked', bar: 0.5, service: listClues(intake ?? ''), peer: peerList(agencyId) },
    { name: 'POST clue', bar: 0.25, service: postClue(source ?? ''), peer: peerPost(agencyId) },
  ];
}

const join = (samples: readonly Sample[]) => {
  const latencies = samples.flatMap((s) => s.latencies);
  const seconds = samples.reduce((sum, s) => sum + s.seconds, 0);
  const cpu = (part: 'own' | 'database') => samples.reduce((sum, s) => sum + s.cpu[part], 0);
  const perRequest = (part: 'own' | 'database') => (cpu(part) / latencies.length) * 1000;
  return {
    rate: latencies.length / seconds,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99),
    cpuMs: `${f(perRequest('own'))} + ${f(perRequest('database'))}`,
  };
};

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const f = (value: number, digits = 2) => value.toFixed(digits);

async function measurePair(stage: Stage, pair: Pair): Promise<boolean> {
  const targets = {
    peer: {
      origin: stage.peer.origin,
      agent: oneConnection(),
      next: pair.peer,
      cpu: () => cpuSeconds(stage.peer.pid, stage.postmaster),
    },
    service: {
      origin: stage.service.origin,
      agent: oneConnection(),
      next: pair.service,
      cpu: () => cpuSeconds(stage.service.pid, stage.postmaster),
    },
  };
  for (const target of Object.values(targets)) await shoot(target, COUNT, target.cpu);
  const samples = { peer: [] as Sample[], service: [] as Sample[] };
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? (['peer', 'service'] as const) : (['service', 'peer'] as const);
    for (const name of order) samples[name].push(await shoot(targets[name], COUNT, targets[name].cpu));
  }
  const [peer, service] = [join(samples.peer), join(samples.service)];
  const ratio = service.rate / peer.rate;
  const cells = (s: typeof peer) => [f(s.rate, 0), f(s.p50), f(s.p99), s.cpuMs];
  console.log(
    row([
      pair.name,
      ...cells(peer),
      ...cells(service),
      f(ratio),
      `≥ ${pair.bar}`,
      ratio >= pair.bar ? 'yes' : '**no**',
    ]),
  );
  return ratio >= pair.bar;
}

/** The page of an agency with few clues beside that of one with nearly all of them. */
async function measureRare(stage: Stage): Promise<boolean> {
  const target = async (officer: string) => {
    const next = listClues(await stage.token(officer));
    return { origin: stage.service.origin, agent: oneConnection(), next };
  };
  const [busy, rare] = [await target('intake.heping'), await target('intake.tiexi')];
  const samples = { busy: [] as Sample[], rare: [] as Sample[] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, t] of [
      ['busy', busy],
      ['rare', rare],
    ] as const) {
      const sample = await shoot(t, COUNT, () => ({ own: 0, database: 0 }));
      if (round > 0) samples[name].push(sample);
    }
  }
  const [b, r] = [join(samples.busy), join(samples.rare)];
  console.log(
    `\nList of the rare agency: p95 ${f(r.p95)} ms, of the busy one ${f(b.p95)} ms: ${f(r.p95 / b.p95)} × (≤ 2).`,
  );
  return r.p95 <= 2 * b.p95;
}

const cpu = cpus();
console.log(
  `${options.rows} clues, ${ROUNDS} interleaved rounds of ${COUNT} requests, one client, seed ${SEED}; PostgreSQL with fsync on; Node ${process.version}, ${cpu.length} × ${cpu[0]?.model}.\n`,
);
const stage = await openStage(
  Number(options.rows),
  RARE,
  options.profile ? ['--cpu-prof', '--cpu-prof-dir', options.profile] : [],
);
let met = true;
try {
  console.log(
    row(['', 'peer/s', 'p50 ms', 'p99 ms', 'CPU ms', 'service/s', 'p50 ms', 'p99 ms', 'CPU ms', 'ratio', 'bar', 'met']),
  );
  console.log(row(Array(12).fill('---')));
  for (const pair of await pairsOf(stage))
    if (pair.name.includes(options.only)) met = (await measurePair(stage, pair)) && met;
  if (!options.only) {
    met = (await measureRare(stage)) && met;
    await measureWalls(stage);
  }
} finally {
  await stage.close();
}
if (!met) process.exitCode = 1;
