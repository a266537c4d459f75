// A PostgreSQL of our own with everything synced to disk, which can be killed and started again behind a proxy whose port stays.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appSinks, handlers } from '../src/app.ts';
import { createIdGenerator } from '../src/kernel/ids.ts';
import { openKeyring } from '../src/platform/crypto/keyring.ts';
import { createPool } from '../src/platform/db/client.ts';
import { prepareBinaries } from '../src/platform/db/embedded/binaries.ts';
import { startEmbedded } from '../src/platform/db/embedded/launcher.ts';
import { startPostmaster, stopPostmaster } from '../src/platform/db/embedded/postmaster.ts';
import { readPostmaster } from '../src/platform/db/embedded/postmaster-file.ts';
import { isGoneWithin, signal } from '../src/platform/db/embedded/process-id.ts';
import { databaseUser } from '../src/platform/db/embedded/run-as.ts';
import { migrateDatabase } from '../src/platform/db/migrate.ts';
import { seedReference } from '../src/sandbox/seed.ts';
import { MIGRATIONS, TEST_KEK } from '../test/support/settings.ts';
import { type DatabaseProxy, openProxy } from './proxy.ts';

export type Postgres = {
  proxy: DatabaseProxy;
  /** Through the proxy, as the service goes. */
  appUrl: string;
  /** Beside the proxy; asked for anew after each start. */
  direct(): { appUrl: string; ownerUrl: string; superUrl: string };
  /** kill -9 of the postmaster; answers once it and what it left are gone. */
  kill(): Promise<void>;
  /** Answers how long the recovery took, in milliseconds. */
  start(): Promise<number>;
  stop(): Promise<void>;
};

const withPort = (url: string, port: number) => {
  const copy = new URL(url);
  copy.port = String(port);
  return copy.toString();
};

async function seed(appUrl: string): Promise<void> {
  const pool = createPool({ url: appUrl, max: 2 });
  const keyring = await openKeyring(pool, TEST_KEK);
  const newId = createIdGenerator((bytes) => crypto.getRandomValues(bytes));
  await seedReference({ pool, keyring, newId, sinks: appSinks, handlers });
  await pool.end();
}

export async function startPostgres(): Promise<Postgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ja-faults-'));
  const database = await startEmbedded({ dataDir });
  await migrateDatabase({ ownerUrl: database.ownerUrl, folder: MIGRATIONS, stamp: 'sandbox' });
  await seed(database.appUrl);
  let { port } = database;
  const proxy = await openProxy(port);
  const cluster = join(dataDir, 'postgres');
  const runAs = databaseUser(dataDir);
  const plan = { dataDir, runAs, throwaway: false, log: () => undefined, binaries: prepareBinaries(runAs) };
  const at = (url: string) => withPort(url, port);
  return {
    proxy,
    appUrl: withPort(database.appUrl, proxy.port),
    direct: () => ({ appUrl: at(database.appUrl), ownerUrl: at(database.ownerUrl), superUrl: at(database.superUrl) }),
    async kill() {
      const running = readPostmaster(cluster);
      if (!running) throw new Error('there is no PostgreSQL to kill');
      signal(running.process, 'SIGKILL');
      await isGoneWithin(running.process, 5000);
    },
    async start() {
      const began = performance.now();
      ({ port } = await startPostmaster(plan));
      proxy.aim(port);
      return performance.now() - began;
    },
    async stop() {
      await proxy.close();
      const running = readPostmaster(cluster);
      if (running) await stopPostmaster(running.process);
      await database.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
