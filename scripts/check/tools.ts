// Gates that are tools: types, lint and format, drift of the generated contract, and its own lint.
import type { Gate } from '../check.ts';
import { ROOT, runTool } from './files.ts';

/** What a tool said, without the paths of this machine and without empty lines. */
const linesOf = (output: string) =>
  output
    .replaceAll(ROOT, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');

const tool = (name: string, script: string, args: readonly string[]): Gate => ({
  name,
  run: async () => {
    const { ok, output } = runTool(script, args);
    return { problems: ok ? [] : linesOf(output) };
  },
});

type RedoclyReport = {
  totals: { errors: number; warnings: number };
  problems: { ruleId: string; severity: string; message: string; location: { pointer?: string }[] }[];
};

/** Warnings count like errors: a contract that is "nearly clean" gets worse unseen. */
const contractLint: Gate = {
  name: 'openapi lint',
  run: async () => {
    const { output } = runTool('node_modules/@redocly/cli/bin/cli.js', [
      'lint',
      'openapi/openapi.yaml',
      '--config',
      'redocly.yaml',
      '--format=json',
      '--max-problems=1000',
    ]);
    const start = output.indexOf('{');
    if (start < 0) return { problems: linesOf(output) };
    const report = JSON.parse(output.slice(start, output.lastIndexOf('}') + 1)) as RedoclyReport;
    const problems = report.problems.map(
      (p) => `${p.severity} ${p.ruleId}: ${p.message.split('\n')[0]} at ${p.location[0]?.pointer ?? '?'}`,
    );
    return { problems, detail: `${report.totals.errors} errors, ${report.totals.warnings} warnings` };
  },
};

export const toolGates: readonly Gate[] = [
  tool('types', 'node_modules/typescript/bin/tsc', ['--noEmit']),
  tool('lint and format', 'node_modules/@biomejs/biome/bin/biome', ['check', '--max-diagnostics=30', '.']),
  tool('openapi drift', 'src/bin/openapi.ts', ['--check']),
  tool('executed examples drift', 'scripts/examples.ts', ['--check']),
  tool('lifecycle diagrams drift', 'scripts/lifecycles.ts', ['--check']),
  contractLint,
];
