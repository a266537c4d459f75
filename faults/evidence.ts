// docs/evidence/faults.md: a row for each fault, with the seed and the commit of its own run, so that a partial run replaces only its rows.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Fault, Reading } from './fault.ts';

const COLUMNS = [
  'number',
  'what',
  'target',
  'cycles',
  'operations',
  'acked',
  'unacked',
  'lost',
  'double',
  'figure',
  'met',
  'seed',
  'commit',
  'day',
  'seconds',
] as const;

export type Line = { cells: readonly string[]; detail: readonly string[] };

const FILE = fileURLToPath(new URL('../docs/evidence/faults.md', import.meta.url));

/** One cell of Markdown: no bar, no line break. */
const cell = (text: string) => text.replace(/\s+/g, ' ').replaceAll('|', '/').trim();

/** A short run that found nothing has not met a target of many cycles. */
const metOf = ({ full }: Fault, { met, cycles }: Reading) => (met ? (cycles < full ? 'short run' : 'yes') : '**no**');

export function lineOf(
  fault: Fault,
  reading: Reading,
  run: { seed: number; commit: string; day: string; seconds: number },
): Line {
  const { cycles, operations, acked, unacked, lost, double, figure, detail = [] } = reading;
  const counts = [cycles, operations, acked, unacked, lost, double].map((n) => n?.toLocaleString('en') ?? '–');
  const cells = [fault.number, fault.name, fault.target, ...counts, figure, metOf(fault, reading)];
  const { seed, commit, day, seconds } = run;
  return { cells: [...cells, String(seed), commit, day, String(seconds)].map(cell), detail: detail.map(cell) };
}

export const tableRow = ({ cells }: Line): string => `| ${cells.join(' | ')} |`;

const nameOf = (line: Line) => line.cells.slice(0, 2).join(' ');
const noteOf = (line: Line) => `- ${nameOf(line)}: `;

/** Rows and notes of a file that `text()` wrote. */
export function parse(markdown: string): Line[] {
  const rows = markdown.split('\n');
  return rows.flatMap((row) => {
    const cells = row
      .split('|')
      .slice(1, -1)
      .map((text) => text.trim());
    if (cells.length !== COLUMNS.length || !/^[A-Z]-\d+$/.test(cells[0] ?? '')) return [];
    const line = { cells, detail: [] };
    const detail = rows.filter((text) => text.startsWith(noteOf(line))).map((text) => text.slice(noteOf(line).length));
    return [{ cells, detail }];
  });
}

const order = (line: Line) => nameOf(line).replace(/\d+/, (digits) => digits.padStart(4, '0'));

/** A row of the same number and name is replaced, every other one stays. */
export const merge = (former: readonly Line[], fresh: Line): Line[] =>
  [...former.filter((line) => nameOf(line) !== nameOf(fresh)), fresh].sort((a, b) => order(a).localeCompare(order(b)));

function text(lines: readonly Line[]): string {
  const cpu = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const notes = lines.flatMap((line) => line.detail.map((sentence) => `${noteOf(line)}${sentence}`));
  return `# Evidence: faults

Written by \`npm run faults\`; \`npm run faults -- --only R-1,S-23\` replaces the rows of those numbers, \`--seed N\` repeats a row. A \`+\` after a commit: with changes not yet committed. *Acked*: commands that the service said it had done; *unacked*: those that it refused for good; a command that was cut off is repeated under its key until it is one or the other. A dash: not measured there. *Short run*: nothing was found, in fewer cycles than the target asks for. What the oracle compares stands in ADR 0027.

Machine of the last run: ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, shared with other work, ${memory} GiB; Node ${process.version}; PostgreSQL embedded, with fsync.

| ${COLUMNS.join(' | ')} |
| ${COLUMNS.map(() => '---').join(' | ')} |
${lines.map(tableRow).join('\n')}
${notes.length > 0 ? `\n## Notes\n\n${notes.join('\n')}\n` : ''}`;
}

/** Rows of a fault that was renamed or left out go. */
export function keepLine(fresh: Line, known: readonly Fault[]): void {
  const names = new Set(known.map(({ number, name }) => `${number} ${cell(name)}`));
  const former = (existsSync(FILE) ? parse(readFileSync(FILE, 'utf8')) : []).filter((line) => names.has(nameOf(line)));
  writeFileSync(FILE, text(merge(former, fresh)));
}
