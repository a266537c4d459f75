// Gates on the text of the sources: length, first line, ambient time and randomness, escapes from the type system.
import type { Gate } from '../check.ts';
import { filesIn, read } from './files.ts';

const MAX_LINES = 300;

/** Comments and the inside of plain strings are blanked, so that a word in a sentence is no finding; lines stay in place. */
export function codeOnly(text: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
  return text.replace(token, (found) => {
    const quote = found[0] === '/' ? '' : found[0];
    return `${quote}${found.replace(/[^\n]/g, '')}${quote}`;
  });
}

type Finding = { file: string; line: number; text: string };

function findings(files: readonly string[], pattern: RegExp, textOf: (text: string) => string): Finding[] {
  return files.flatMap((file) =>
    textOf(read(file))
      .split('\n')
      .flatMap((text, i) => (pattern.test(text) ? [{ file, line: i + 1, text: text.trim().slice(0, 100) }] : [])),
  );
}

const absent = (
  name: string,
  pattern: RegExp,
  files: () => string[],
  textOf: (text: string) => string = codeOnly,
): Gate => ({
  name,
  run: async () => {
    const looked = files();
    const problems = findings(looked, pattern, textOf).map((f) => `${f.file}:${f.line} ${f.text}`);
    return { problems, detail: `${looked.length} files` };
  },
});

const sources = () => filesIn(['src', 'test', 'scripts', 'bench', 'trust', 'faults'], /\.(ts|mjs|cjs|js|sh)$/);
const typescript = () => filesIn(['src', 'test', 'scripts', 'bench', 'trust', 'faults'], /\.ts$/);
const inSrc = () => filesIn(['src'], /\.(ts|mjs)$/);
const outside = (...folders: string[]) => inSrc().filter((file) => !folders.some((folder) => file.startsWith(folder)));

const shortFiles: Gate = {
  name: `no source file over ${MAX_LINES} lines`,
  run: async () => {
    const counted = sources().map((file) => ({ file, lines: read(file).replace(/\n$/, '').split('\n').length }));
    const longest = counted.toSorted((a, b) => b.lines - a.lines)[0];
    const problems = counted.filter((f) => f.lines > MAX_LINES).map((f) => `${f.file} has ${f.lines} lines`);
    return { problems, detail: `${counted.length} files, longest ${longest?.lines ?? 0}` };
  },
};

const firstLines: Gate = {
  name: 'every source file opens with a sentence of purpose',
  run: async () => {
    const problems = typescript().filter((file) => !/^\/\/ \S.{10,}/.test(read(file)));
    return { problems };
  },
};

const SPEC = /\b(?:describe|test|it)\.(?:skip|only|todo)\b|\bx(?:describe|test|it)\(|\bf(?:describe|it)\(/;
const TIME =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b|\bsetInterval\b|\bsetTimeout\b/;
const ESCAPES = /@ts-(?:ignore|expect-error|nocheck)|biome[-]ignore|eslint[-]disable/;
// Brackets, or these patterns would find themselves.
const UNFINISHED = /\bT[O]DO\b|\bF[I]XME\b|\bX[X]X\b/;

export const sourceGates: readonly Gate[] = [
  shortFiles,
  firstLines,
  absent('no ambient time or randomness outside bin and platform', TIME, () => outside('src/bin/', 'src/platform/')),
  absent('process only in bin, and where the embedded database is launched', /\bprocess\.|\bfrom 'node:process'/, () =>
    outside('src/bin/', 'src/platform/db/embedded/'),
  ),
  absent('no any', /(?:[:<,|&(]\s*|\bas )any\b(?!\s*\()/, inSrc),
  absent('no comment that switches a check off', ESCAPES, typescript, String),
  absent('no skipped or exclusive test', SPEC, () => filesIn(['test'], /\.ts$/)),
  absent('nothing marked unfinished', UNFINISHED, typescript, String),
];
