// npm run trust [-- --seed N] [--only S-12,P-02] [--list]: runs the numbered probes one after another and keeps their figures in docs/evidence/trust.md and docs/controls.md.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { figuresIntoControls } from './controls.ts';
import { cell, type Line, lineOf, merge, mergeIntoFile, tableRow } from './evidence.ts';
import type { Probe, Reading } from './probe.ts';
import { Lacking } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
    /** Names the probes and runs none. */
    list: { type: 'boolean', default: false },
    /** Prints only, writes no evidence. */
    'no-write': { type: 'boolean', default: false },
  },
});

const seed = Number(options.seed ?? Date.now() % 2 ** 31);
if (!Number.isSafeInteger(seed) || seed < 0) throw new Error('--seed must be a whole number');
const wanted = options.only
  .split(',')
  .map((text) => text.trim().toUpperCase())
  .filter((text) => text !== '');

/** Every module of this folder that exports `probes`. A module that does not load is a failure of its own, told by name. */
async function findProbes(): Promise<{ probes: Probe[]; broken: string[] }> {
  const probes: Probe[] = [];
  const broken: string[] = [];
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.ts') && file !== 'run.ts');
  for (const file of files.sort()) {
    try {
      const module = (await import(new URL(file, import.meta.url).href)) as { probes?: readonly Probe[] };
      probes.push(...(module.probes ?? []));
    } catch (error) {
      broken.push(`trust/${file} does not load: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  }
  return { probes: probes.sort((a, b) => order(a.number).localeCompare(order(b.number))), broken };
}

/** S-9 stands before S-12. */
const order = (number: string) => number.replace(/\d+/, (digits) => digits.padStart(4, '0'));

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'migrations', 'trust', 'test', 'package-lock.json');
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

async function read(probe: Probe): Promise<Reading> {
  const say = (line: string) => console.log(`  ${line}`);
  try {
    return await probe.run({ seed, say });
  } catch (error) {
    if (error instanceof Lacking) return { figure: `not measured: ${error.message}`, met: false };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(text);
    return { figure: 'the probe itself failed', met: false, detail: [text.split('\n')[0] ?? ''] };
  }
}

const { probes, broken } = await findProbes();
const chosen = probes.filter((probe) => wanted.length === 0 || wanted.includes(probe.number));
const unknown = wanted.filter((number) => !probes.some((probe) => probe.number === number));
for (const line of broken) console.log(line);
for (const number of unknown) console.log(`There is no probe for ${number}.`);
if (options.list) {
  for (const probe of chosen) console.log(`${probe.number}  ${probe.name}: ${probe.target}`);
} else {
  console.log(`seed ${seed}, ${chosen.length} probes`);
  const lines: Line[] = [];
  const stillThere = (line: Line) =>
    broken.length > 0 || probes.some((probe) => probe.number === line.number && cell(probe.name) === line.name);
  for (const probe of chosen) {
    console.log(`${probe.number} ${probe.name}`);
    const started = Date.now();
    const reading = await read(probe);
    const seconds = Math.round((Date.now() - started) / 1000);
    const line = lineOf(probe, reading, {
      seed,
      commit: commit(),
      day: new Date().toISOString().slice(0, 10),
      seconds,
    });
    lines.push(line);
    console.log(`  ${reading.met ? 'met' : 'NOT MET'}: ${reading.figure} (${seconds} s)`);
    for (const sentence of reading.detail ?? []) console.log(`    ${sentence}`);
    // After each one: what was measured stays, whatever becomes of the next.
    if (!options['no-write']) mergeIntoFile([line], stillThere);
  }
  if (!options['no-write']) figuresIntoControls();
  console.log(`\n${merge([], lines).map(tableRow).join('\n')}`);
  const met = lines.filter((line) => line.met).length;
  console.log(`\n${met} of ${lines.length} met`);
  if (met < lines.length) process.exitCode = 1;
}
if (unknown.length > 0 || (broken.length > 0 && wanted.length === 0)) process.exitCode = 1;
