// npm run migrate: brings a given database up to date as its owner and stamps it; `-- --check` only says what the server lacks.
import { readMigrationConfig } from '../platform/config.ts';
import { untilReachable, withLogin } from '../platform/db/login.ts';
import { migrateDatabase } from '../platform/db/migrate.ts';
import { lacksOf, versionOf } from '../platform/db/server-check.ts';
import { MIGRATIONS } from './database.ts';
import { runOnce, StartError } from './startup.ts';

/** A database container that was started beside this one is up by then. */
const PATIENCE_MS = 60_000;

await runOnce(async ({ signal }) => {
  const { ownerUrl, sandbox, setting } = readMigrationConfig(process.env);
  const onWait = (code: string) => console.error(`Waiting for the server of ${setting} (${code}).`);
  await untilReachable({ url: ownerUrl, setting, signal, onWait, giveUpAfterMs: PATIENCE_MS });
  const [lacks, version] = await withLogin(ownerUrl, async (client) => [
    await lacksOf(client),
    await versionOf(client),
  ]);
  if (lacks.length > 0) throw new StartError(`The server of ${setting} lacks ${lacks.join('; ')}.`);
  if (process.argv.includes('--check')) {
    console.log(`The server (PostgreSQL ${version}) has what is needed.`);
    return;
  }
  const stamp = sandbox ? 'sandbox' : 'live';
  await migrateDatabase({ ownerUrl, folder: MIGRATIONS, stamp });
  console.log(`The database is up to date and stamped ${stamp}.`);
});
