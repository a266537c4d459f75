// Gates of the import rules: no violation, every source file really looked at, and each rule catches a seeded bad import.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type IConfiguration, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import type { Gate } from '../check.ts';
import { filesIn, ROOT } from './files.ts';

const config = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as IConfiguration;
const ruleNames = (config.forbidden ?? []).map((rule) => String(rule.name));

async function cruiseIn(directory: string): Promise<ICruiseResult> {
  const { options, ...ruleSet } = config;
  const former = process.cwd();
  process.chdir(directory);
  try {
    const wanted: ICruiseOptions = { ...options, baseDir: directory, ruleSet, validate: true };
    const { enhancedResolveOptions } = options ?? {};
    const { output } = await cruise(['src'], wanted, enhancedResolveOptions as object);
    return output as ICruiseResult;
  } finally {
    process.chdir(former);
  }
}

/** Without @swc/core the cruiser sees no module under TypeScript 7 and reports success: the count is the proof. */
const rules: Gate = {
  name: 'import rules',
  run: async () => {
    const { modules, summary } = await cruiseIn(ROOT);
    const cruised = new Set(modules.map((m) => m.source));
    const unseen = filesIn(['src'], /\.ts$/).filter((file) => !cruised.has(file));
    const broken = summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`);
    const problems = [...broken, ...unseen.map((file) => `${file} was not cruised`)];
    return { problems, detail: `${cruised.size} modules, ${summary.totalDependenciesCruised} dependencies` };
  },
};

/** One bad import per rule: file, what it imports. `no-upward-…` rules are seeded from their own name. */
const SEEDS: Readonly<Record<string, readonly (readonly [file: string, imports: string])[]>> = {
  'no-circular': [
    ['src/kernel/circle-a.ts', './circle-b.ts'],
    ['src/kernel/circle-b.ts', './circle-a.ts'],
  ],
  'kernel-is-pure': [['src/kernel/impure.ts', '../platform/tool.ts']],
  'platform-knows-no-feature': [['src/platform/knowing.ts', '../clues/service.ts']],
  'only-bin-imports-app': [['src/clues/from-app.ts', '../app.ts']],
  'nobody-imports-bin': [['src/clues/from-bin.ts', '../bin/server.ts']],
  'domain-is-pure': [['src/clues/domain.ts', '../platform/tool.ts']],
  'pg-in-platform-db-only': [['src/clues/with-pg.ts', 'pg']],
  'drizzle-in-repositories-only': [['src/clues/with-drizzle.ts', 'drizzle-orm']],
  'routes-hold-no-rules': [['src/clues/routes.ts', './table.ts']],
  'no-foreign-repository': [['src/cases/foreign.ts', '../clues/repository.ts']],
  'no-dev-dependency-in-src': [['src/clues/with-dev.ts', 'fast-check']],
};

const TARGETS = ['platform/tool', 'clues/service', 'clues/table', 'clues/repository', 'app', 'bin/server'];

function seedsOf(rule: string): readonly (readonly [string, string])[] {
  const known = SEEDS[rule];
  if (known) return known;
  const lower = /^no-upward-from-([a-z]+)/.exec(rule)?.[1];
  return lower ? [[`src/${lower}/upward.ts`, '../sandbox/target.ts']] : [];
}

function plant(directory: string): void {
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  for (const target of [...TARGETS, 'sandbox/target']) put(`src/${target}.ts`, 'export const value = 1;\n');
  for (const name of ruleNames) {
    for (const [file, target] of seedsOf(name))
      put(file, `import * as other from '${target}';\nexport const value = typeof other;\n`);
  }
  cpSync(join(ROOT, 'package.json'), join(directory, 'package.json'));
  cpSync(join(ROOT, 'tsconfig.json'), join(directory, 'tsconfig.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
}

const selfTest: Gate = {
  name: 'import rules catch a seeded bad import each',
  run: async () => {
    const directory = mkdtempSync(join(tmpdir(), 'import-rules-'));
    try {
      plant(directory);
      const { summary } = await cruiseIn(directory);
      const caught = new Set(summary.violations.map((v) => `${v.rule.name} ${v.from}`));
      const problems = ruleNames.flatMap((name) => {
        const seed = seedsOf(name)[0];
        if (!seed) return [`no bad import is seeded for the rule ${name}: add one to SEEDS`];
        return caught.has(`${name} ${seed[0]}`) ? [] : [`${name} does not catch ${seed[0]} → ${seed[1]}`];
      });
      return { problems, detail: `${ruleNames.length} rules` };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

export const importGates: readonly Gate[] = [rules, selfTest];
