// Opens the database of an executable: embedded or given, stamped as the settings say, migrated or checked, under the plain role.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appSinks, handlers } from '../app.ts';
import { createIdGenerator, type NewId } from '../kernel/ids.ts';
import { type Config, kekFileIn } from '../platform/config.ts';
import { loadKek, loadPreviousKeks } from '../platform/crypto/kek.ts';
import { openKeyring } from '../platform/crypto/keyring.ts';
import { createPool } from '../platform/db/client.ts';
import { resolveDataDir } from '../platform/db/embedded/data-dir.ts';
import { startEmbedded } from '../platform/db/embedded/launcher.ts';
import { allowPlainRole, describeLogin, type Login, untilReachable, withLogin } from '../platform/db/login.ts';
import { checkMigrated, migrateDatabase } from '../platform/db/migrate.ts';
import type { TxDeps } from '../platform/db/tx.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { StartError, type Started } from './startup.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

type Logins = { appUrl: string; ownerUrl?: string | undefined; role?: string | undefined };

export type Opened = {
  tx: TxDeps;
  ownerUrl: string | undefined;
  newId: NewId;
  /** Undefined where nothing of this process lies on the disk. */
  dataDir: string | undefined;
};

const stampOf = (config: Config) => (config.sandbox ? 'sandbox' : 'live');

async function openEmbedded(config: Config, dataDir: string, started: Started): Promise<Logins> {
  const database = await startEmbedded({ dataDir, log: (message) => console.error(message) });
  started.onStop(() => database.stop());
  await migrateDatabase({ ownerUrl: database.ownerUrl, folder: MIGRATIONS, stamp: stampOf(config) });
  return { appUrl: database.appUrl, ownerUrl: database.ownerUrl };
}

/** A privileged login would see everything: a production server does not start, a developer's takes the plain role. */
function refuseInProduction(login: Login): never {
  throw new StartError(
    `DATABASE_URL logs in as ${login.name}, ${login.privilege}, whom row security does not bind: name a plain role that was granted ja_app.`,
  );
}

async function openGiven(config: Config, url: string, log: Log, started: Started): Promise<Logins> {
  const onWait = (code: string) => log.warn('waiting for the database', { code });
  await untilReachable({ url, setting: 'DATABASE_URL', signal: started.signal, onWait });
  const login = await withLogin(url, describeLogin);
  if (config.production && login.privilege) refuseInProduction(login);
  const ownerUrl = config.production ? undefined : (config.ownerUrl ?? (login.privilege ? url : undefined));
  if (ownerUrl) {
    await untilReachable({ url: ownerUrl, setting: 'DATABASE_OWNER_URL', signal: started.signal, onWait });
    await migrateDatabase({ ownerUrl, folder: MIGRATIONS, stamp: stampOf(config) });
  } else {
    await withLogin(url, (client) => checkMigrated(client, MIGRATIONS, stampOf(config)));
  }
  if (login.privilege) {
    await withLogin(url, allowPlainRole);
    console.error(
      `DATABASE_URL logs in as ${login.name}, ${login.privilege}: it migrates, and the service takes the role ja_app; production refuses this.`,
    );
    return { appUrl: url, ownerUrl, role: 'ja_app' };
  }
  const { serves } = await withLogin(url, describeLogin);
  if (!serves) throw new StartError(`DATABASE_URL logs in as ${login.name}, which has no rights: grant it ja_app.`);
  return { appUrl: url, ownerUrl };
}

/** With a database of one's own only this service writes there: PostgreSQL's user need not reach it. */
function ownDirectory(configured: string): string {
  const directory = resolve(ROOT, configured);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
    return directory;
  } catch {
    throw new StartError(`DATA_DIR ${directory} cannot be written: set DATA_DIR to another directory.`);
  }
}

/** Only what needs a place on this disk gets one: the embedded database, the key of a sandbox without KEK_FILE, documents. */
function dataDirOf({ databaseUrl, dataDir, kekFile, s3 }: Config): string | undefined {
  if (databaseUrl !== undefined && dataDir !== undefined) return ownDirectory(dataDir);
  const needed = databaseUrl === undefined || kekFile === undefined || s3 === undefined;
  return needed ? resolveDataDir(dataDir, ROOT) : undefined;
}

/** A new generation of a service key rests for a minute until every process has looked. */
const KEYRING_MS = 20_000;

/** The key that wraps, then those that only open. */
export function keksOf(config: Config, dataDir: string | undefined): Buffer[] {
  const { kekFile, kekPreviousFile } = config;
  const kek = loadKek(kekFile ?? kekFileIn(dataDir ?? ''), kekFile === undefined);
  // 32 random bytes are about 30 different ones; fewer than 16 were typed, or stand in somebody's example.
  if (config.production && new Set(kek).size < 16)
    throw new StartError('KEK_FILE holds a weak key: make one with openssl rand -base64 32.');
  return [kek, ...(kekPreviousFile === undefined ? [] : loadPreviousKeks(kekPreviousFile))];
}

/** Waits for the server as long as it takes; everything opened is closed through `started`, the database last. */
export async function openDatabase(config: Config, log: Log, started: Started): Promise<Opened> {
  const dataDir = dataDirOf(config);
  const logins =
    config.databaseUrl === undefined
      ? await openEmbedded(config, dataDir ?? '', started)
      : await openGiven(config, config.databaseUrl, log, started);
  const onError = (error: Error) => log.warn('database connection lost', errorFields(error));
  const pool = createPool({
    url: logins.appUrl,
    max: config.poolSize,
    onError,
    ...(logins.role && { role: logins.role }),
  });
  started.onStop(() => pool.end());
  const keyring = await openKeyring(pool, keksOf(config, dataDir), config.cryptoSuite);
  const fresh = setInterval(() => void keyring.refresh(pool).catch(() => undefined), KEYRING_MS).unref();
  started.onStop(async () => clearInterval(fresh));
  const newId = createIdGenerator((bytes) => crypto.getRandomValues(bytes));
  const tx: TxDeps = { pool, newId, keyring, sinks: appSinks, handlers, gated: config.sandbox };
  return { tx, ownerUrl: logins.ownerUrl, newId, dataDir };
}
