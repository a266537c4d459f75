// npm run faults [-- --only] [--rounds N] [--seed S] [--walks N]: breaks the service on purpose and keeps what the oracle found in docs/evidence/faults.md.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { keepLine, lineOf, tableRow } from './evidence.ts';
import type { Fault, Reading } from './fault.ts';
import { hangUp } from './http.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    /** Numbers or names of the table, separated by commas; `walks` is S-22. */
    only: { type: 'string', default: '' },
    /** Cycles of each; without it those that the requirement names. */
    rounds: { type: 'string' },
    walks: { type: 'string' },
    list: { type: 'boolean', default: false },
    /** Prints only, writes no evidence. */
    'no-write': { type: 'boolean', default: false },
  },
});

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number`);
  return value;
}

const seed = whole('seed', options.seed) ?? Date.now() % 2 ** 31;
const wanted = options.only
  .split(',')
  .map((text) => text.trim().toUpperCase())
  .filter((text) => text !== '')
  .map((text) => (text === 'WALKS' ? 'S-22' : text));

/** S-9 stands before S-12. */
const order = (number: string) => number.replace(/\d+/, (digits) => digits.padStart(4, '0'));

async function findFaults(): Promise<Fault[]> {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.ts') && file !== 'run.ts');
  const found: Fault[] = [];
  for (const file of files.sort()) {
    const module = (await import(new URL(file, import.meta.url).href)) as { faults?: readonly Fault[] };
    found.push(...(module.faults ?? []));
  }
  return found.sort((a, b) => order(a.number).localeCompare(order(b.number)));
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--',
      'src',
      'migrations',
      'faults',
      'test/support',
      'package-lock.json',
    );
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

const NOTHING = { cycles: 0, operations: 0, acked: 0, unacked: 0, lost: null, double: null };

async function read(fault: Fault): Promise<Reading> {
  const rounds =
    (fault.number === 'S-22' ? whole('walks', options.walks) : undefined) ?? whole('rounds', options.rounds);
  try {
    return await fault.run({ seed, rounds, say: (line) => console.log(`  ${line}`) });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(text);
    return { ...NOTHING, figure: 'the run itself failed', met: false, detail: [text.split('\n')[0] ?? ''] };
  }
}

const all = await findFaults();
const chosen = all.filter((fault) => wanted.length === 0 || wanted.includes(fault.number));
const unknown = wanted.filter((number) => !all.some((fault) => fault.number === number));
for (const number of unknown) console.log(`There is no fault for ${number}.`);
if (unknown.length > 0) process.exitCode = 1;
if (options.list) {
  for (const { number, name, target } of chosen) console.log(`${number}  ${name}: ${target}`);
} else {
  console.log(`seed ${seed}, ${chosen.length} faults`);
  let met = 0;
  for (const fault of chosen) {
    console.log(`${fault.number} ${fault.name}`);
    const began = performance.now();
    const reading = await read(fault);
    const seconds = Math.round((performance.now() - began) / 1000);
    const line = lineOf(fault, reading, {
      seed,
      commit: commit(),
      day: new Date().toISOString().slice(0, 10),
      seconds,
    });
    console.log(`  ${tableRow(line)}`);
    for (const sentence of reading.detail ?? []) console.log(`    ${sentence}`);
    // After each one: what was measured stays, whatever becomes of the next.
    if (!options['no-write']) keepLine(line, all);
    if (reading.met) met += 1;
  }
  console.log(`\n${met} of ${chosen.length} met; again with: npm run faults -- --seed ${seed}`);
  if (met < chosen.length) process.exitCode = 1;
}
hangUp();
