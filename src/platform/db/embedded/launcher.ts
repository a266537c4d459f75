// Starts the embedded PostgreSQL of a data directory for one owner process (design.md §4, row "Database").
import { join, resolve } from 'node:path';
import { prepareBinaries } from './binaries.ts';
import { type ClusterPlan, createCluster, inspectCluster } from './cluster.ts';
import { whyUnusable } from './directory.ts';
import { EmbeddedError, reasonOf } from './errors.ts';
import { acquireLock, type Lock } from './lock.ts';
import { loadPasswords, type Passwords } from './passwords.ts';
import { findRunning, startPostmaster, stopPostmaster } from './postmaster.ts';
import { type Postmaster, readPostmaster } from './postmaster-file.ts';
import { acceptsPassword, databaseUrl, ensureDatabase } from './roles.ts';
import { databaseUser } from './run-as.ts';
import { markThrowaway, removeThrowaway, sweepThrowaways } from './throwaway.ts';
import { startWatchdog } from './watchdog.ts';

export type EmbeddedDatabase = {
  readonly dataDir: string;
  readonly port: number;
  /** The superuser, on the database `postgres`: for creating and dropping databases in tests. */
  readonly superUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** Stops PostgreSQL and gives the data directory free; a second call returns the same promise. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  readonly dataDir: string;
  /** For tests: nothing is synced to disk and the whole `dataDir` is removed at the stop. */
  readonly throwaway?: boolean;
  readonly log?: (message: string) => void;
};

/** EmbeddedError says in one sentence what is wrong and what to do. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const dataDir = resolve(options.dataDir);
  const throwaway = options.throwaway ?? false;
  try {
    const reason = whyUnusable(dataDir);
    if (reason !== undefined) throw new Error(reason);
    if (throwaway) await sweepThrowaways(dataDir);
    const lock = await acquireLock(join(dataDir, 'postgres.lock'));
    try {
      return await startLocked(dataDir, throwaway, lock, options.log ?? (() => undefined));
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    if (error instanceof EmbeddedError) throw error;
    const reason = reasonOf(error);
    throw new EmbeddedError(
      `The embedded database cannot start in ${dataDir} (${reason}): set DATA_DIR to another directory, or DATABASE_URL.`,
    );
  }
}

async function startLocked(dataDir: string, throwaway: boolean, lock: Lock, log: (message: string) => void) {
  if (throwaway) markThrowaway(dataDir);
  const watchdog = startWatchdog(dataDir, lock.text, throwaway);
  const release = async (): Promise<void> => {
    await watchdog.dismiss();
    if (throwaway) removeThrowaway(dataDir);
    lock.release();
  };
  try {
    const runAs = databaseUser(dataDir);
    const plan = { dataDir, runAs, throwaway, log, binaries: prepareBinaries(runAs) };
    const { postmaster, passwords } = await run(plan);
    const stop = once(async () => {
      await stopPostmaster(postmaster.process);
      await release();
    });
    return describe(dataDir, postmaster.port, passwords, stop);
  } catch (error) {
    await release();
    throw error;
  }
}

async function run(plan: ClusterPlan): Promise<{ postmaster: Postmaster; passwords: Passwords }> {
  const exists = inspectCluster(plan);
  const passwords = loadPasswords(plan.dataDir, exists);
  if (!exists) await createCluster(plan, passwords.superuser);
  const postmaster = (await attach(plan, passwords)) ?? (await startPostmaster(plan));
  try {
    await ensureDatabase(postmaster.port, passwords);
    return { postmaster, passwords };
  } catch (error) {
    await stopPostmaster(postmaster.process);
    throw error;
  }
}

/** A PostgreSQL whose owner was killed still serves this cluster: it is taken over, not fought. */
async function attach(plan: ClusterPlan, passwords: Passwords): Promise<Postmaster | undefined> {
  const cluster = join(plan.dataDir, 'postgres');
  for (;;) {
    const found = await findRunning(cluster);
    if (found === undefined) return undefined;
    if (await acceptsPassword(found.port, passwords)) {
      plan.log(`Attached to the PostgreSQL (pid ${found.process.pid}) that an earlier start left running.`);
      return found;
    }
    // It may have begun to go down since; one that stays ready and refuses us is somebody's who changed the password.
    const now = readPostmaster(cluster);
    if (now?.status !== 'ready') continue;
    throw new EmbeddedError(
      `A PostgreSQL (pid ${now.process.pid}) runs on ${cluster} and refuses the stored password: stop it and start again.`,
    );
  }
}

function describe(dataDir: string, port: number, passwords: Passwords, stop: () => Promise<void>): EmbeddedDatabase {
  return {
    dataDir,
    port,
    superUrl: databaseUrl('postgres', passwords.superuser, port, 'postgres'),
    ownerUrl: databaseUrl('ja_owner', passwords.owner, port),
    appUrl: databaseUrl('ja_app', passwords.app, port),
    stop,
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
