// The whole service on a database of its own, without Jest: tests, the examples and the fuzz script start it the same way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSigner } from '../../src/agencies/tokens.ts';
import { type AppDeps, type Built, buildApp } from '../../src/app.ts';
import { createIdGenerator } from '../../src/kernel/ids.ts';
import { readConfig } from '../../src/platform/config.ts';
import { openKeyring } from '../../src/platform/crypto/keyring.ts';
import { createPool, type Pool } from '../../src/platform/db/client.ts';
import type { Walls } from '../../src/platform/db/context.ts';
import { createLog } from '../../src/platform/log.ts';
import { createChecks } from './answer-check.ts';
import { Api } from './api.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { checkFactTypes } from './fact-types.ts';
import { TEST_KEK } from './settings.ts';

export type Service = Built & {
  api: Api;
  pool: Pool;
  /** As the owner of the tables, who sees every row: for looking at what the service has written. */
  owner: Pool;
  database: TestDatabase;
  logLines: string[];
  /** Waits until every event written so far stands below the horizon: a write of another suite holds the whole cluster's. */
  eventsSettled(): Promise<void>;
  url: string;
  /** Where this service keeps its documents. */
  dataDir: string;
  stop(): Promise<void>;
};

export type ServiceOptions = {
  poolSize?: number;
  env?: Record<string, string>;
  database?: TestDatabase;
  keks?: readonly Buffer[];
  /** Taken down and put up again while the service runs (S-19). */
  walls?: Walls;
};

export async function startService(options: ServiceOptions = {}): Promise<Service> {
  checkFactTypes();
  const database = options.database ?? (await createDatabase());
  const dataDir = mkdtempSync(join(tmpdir(), 'service-data-'));
  // Suites send more than a caller may: what the quotas do has a suite of its own.
  const quota = { QUOTA_REQUESTS: '1000000', QUOTA_EXPENSIVE: '1000000', QUOTA_AGENCY: '1000000' };
  const env = { SANDBOX: 'true', PUBLIC_URL: 'http://service.test', DATA_DIR: dataDir, ...quota, ...options.env };
  const config = readConfig(env);
  const pool = createPool({ url: database.appUrl, max: options.poolSize ?? 10, onError: () => undefined });
  const owner = createPool({ url: database.ownerUrl, max: 1, onError: () => undefined });
  const keyring = await openKeyring(pool, options.keks ?? TEST_KEK, config.cryptoSuite);
  const signer = await openSigner(pool, keyring, config.publicUrl, Date.now);
  const logLines: string[] = [];
  const log = createLog(
    'info',
    (line) => void logLines.push(line),
    () => new Date(),
  );
  const newId = createIdGenerator((bytes) => crypto.getRandomValues(bytes));
  const { checkView, watch, faults } = createChecks();
  const deps: AppDeps = {
    config,
    pool,
    ownerUrl: database.ownerUrl,
    keyring,
    signer,
    newId,
    systemNow: Date.now,
    log,
    health: { draining: false },
    checkView,
    watch,
    ...(options.walls ? { walls: options.walls } : {}),
  };
  const built = await buildApp(deps);
  await built.app.listen({ port: 0, host: '127.0.0.1' });
  const address = built.app.server.address();
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  const eventsSettled = async () => {
    const open = 'select count(*)::int as n from events where xid >= pg_snapshot_xmin(pg_current_snapshot())';
    for (let tries = 0; tries < 500; tries++) {
      const [row] = await owner.query<{ n: number }>(open);
      if (row?.n === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('a transaction holds the feed for more than five seconds');
  };
  const stop = async () => {
    await built.app.close();
    await Promise.all([pool.end(), owner.end()]);
    if (!options.database) await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
    // Whatever a test looked at: what the document does not declare fails its suite (C-05).
    if (faults().length > 0) throw new Error(`answers that the document does not declare:\n${faults().join('\n')}`);
  };
  return { ...built, api: new Api(built.app), pool, owner, database, eventsSettled, logLines, url, dataDir, stop };
}
