// docs/controls.md takes its figures from the evidence: the fifth cell of a numbered row is what `npm run trust` measured last.
import { readFileSync, writeFileSync } from 'node:fs';
import { type Line, parse } from './evidence.ts';

const CONTROLS = new URL('../docs/controls.md', import.meta.url);
const EVIDENCE = new URL('../docs/evidence/trust.md', import.meta.url);
const LONGEST = 180;

const short = (text: string) => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST).replace(/ \S*$/, '')} …`);

/** S-12M, mutations of the policy, belongs to S-12. */
const belongsTo = (line: Line, number: string) => line.number.replace(/M$/, '') === number;

/** Every figure of a number, one that missed its target marked as such; undefined = never measured. */
function figureOf(number: string, lines: readonly Line[]): string | undefined {
  const own = lines.filter((line) => belongsTo(line, number));
  if (own.length === 0) return undefined;
  return `T ${number}: ${own.map((line) => `${line.met ? '' : '**not met:** '}${short(line.figure)}`).join(' · ')}`;
}

export function withFigures(table: string, lines: readonly Line[]): string {
  const rows = table.split('\n').map((row) => {
    const cells = row.split(' | ');
    const number = /^\| ([SPAX]-\d+)$/.exec(cells[0] ?? '')?.[1];
    if (number === undefined || cells.length !== 6) return row;
    const figure = figureOf(number, lines);
    if (figure === undefined) return row;
    const [state = ''] = cells.slice(5);
    return [...cells.slice(0, 4), figure, state.replace(/; figure to be taken|, figure to be taken/, '')].join(' | ');
  });
  return rows.join('\n');
}

export function figuresIntoControls(): void {
  const before = readFileSync(CONTROLS, 'utf8');
  const after = withFigures(before, parse(readFileSync(EVIDENCE, 'utf8')));
  if (after !== before) writeFileSync(CONTROLS, after);
}
