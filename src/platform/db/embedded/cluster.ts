// Makes the data directory of PostgreSQL aside and renames it into place, so that it is there whole or not at all.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { EmbeddedError, reasonOf } from './errors.ts';
import { childOptions, type RunAs } from './run-as.ts';

export type ClusterPlan = {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs | undefined;
  readonly throwaway: boolean;
  readonly log: (message: string) => void;
};

const NECESSARY = ['PG_VERSION', 'global/pg_control', 'base', 'pg_wal', 'pg_hba.conf', 'postgresql.conf'];
const FINISHED = 'initialised-by-judicial-assistance';

/**
 * Whether a usable cluster lies at `<dataDir>/postgres`. What an interrupted start left behind is put away; a cluster
 * that was whole once and is damaged now is never touched: EmbeddedError.
 */
export function inspectCluster({ dataDir, binaries, log }: ClusterPlan): boolean {
  sweepAsides(dataDir);
  const cluster = join(dataDir, 'postgres');
  if (!existsSync(cluster) || removedAsEmpty(cluster)) return false;
  const missing = NECESSARY.filter((name) => !existsSync(join(cluster, name)));
  if (missing.length > 0 && !existsSync(join(cluster, FINISHED))) {
    const kept = `${cluster}.unfinished-${randomBytes(4).toString('hex')}`;
    renameSync(cluster, kept);
    log(`A half-written database was moved to ${kept}; a new one is made.`);
    return false;
  }
  if (missing.length > 0) {
    throw new EmbeddedError(
      `The database in ${cluster} is damaged (${missing.join(', ')} missing): restore it from a backup, or remove it to begin with an empty one.`,
    );
  }
  const major = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (major === binaries.major) return true;
  throw new EmbeddedError(
    `The database in ${cluster} was made by PostgreSQL ${major || 'unknown'} and PostgreSQL ${binaries.major} is installed: move the data with pg_dump of that version, or set DATA_DIR to another directory.`,
  );
}

export async function createCluster(plan: ClusterPlan, password: string): Promise<void> {
  const { dataDir, runAs, log } = plan;
  log(`Creating the database in ${join(dataDir, 'postgres')}.`);
  const aside = join(dataDir, `postgres.aside-${randomBytes(6).toString('hex')}`);
  const passwordFile = `${aside}.password`;
  try {
    mkdirSync(aside, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (runAs !== undefined) {
      chownSync(aside, runAs.uid, runAs.gid);
      chownSync(passwordFile, runAs.uid, runAs.gid);
    }
    await runInitdb(plan, aside, passwordFile);
    writeFileSync(join(aside, FINISHED), '', { mode: 0o600 });
    if (runAs !== undefined) chownSync(join(aside, FINISHED), runAs.uid, runAs.gid);
    renameSync(aside, join(dataDir, 'postgres'));
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(aside, { recursive: true, force: true });
  }
}

async function runInitdb(plan: ClusterPlan, aside: string, passwordFile: string): Promise<void> {
  // The builtin locale sorts the same on every machine; with the C character classes pg_trgm would see no Chinese.
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--lc-ctype=C.UTF-8'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const rest = ['--encoding=UTF8', '--no-instructions', ...(plan.throwaway ? ['--no-sync'] : [])];
  try {
    const options = childOptions(plan.runAs);
    await promisify(execFile)(plan.binaries.initdb, [`--pgdata=${aside}`, ...locale, ...access, ...rest], options);
  } catch (error) {
    const lines = reasonOf(error).trim().split('\n');
    const reason = lines.findLast((line) => /error|fatal|could not/i.test(line)) ?? lines[0] ?? '';
    throw new EmbeddedError(
      `The database could not be created in ${plan.dataDir} (${reason.replace(/^.*?(error|FATAL|PANIC):\s*/, '').trim()}): free or repair that place, or set DATA_DIR to another directory.`,
    );
  }
}

function sweepAsides(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith('postgres.aside-')) continue;
    try {
      rmSync(join(dataDir, name), { recursive: true, force: true });
    } catch {
      // The initdb of a start that was killed may still be writing; a later start removes it.
    }
  }
}

function removedAsEmpty(cluster: string): boolean {
  try {
    rmdirSync(cluster);
    return true;
  } catch {
    return false;
  }
}
