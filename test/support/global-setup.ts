// Starts one throwaway PostgreSQL for the run and makes the migrated, seeded template that every suite clones.

import { appSinks, handlers } from '../../src/app.ts';
import { createIdGenerator } from '../../src/kernel/ids.ts';
import { openKeyring } from '../../src/platform/crypto/keyring.ts';
import { createPool } from '../../src/platform/db/client.ts';
import { startEmbedded } from '../../src/platform/db/embedded/launcher.ts';
import { throwawayDataDir } from '../../src/platform/db/embedded/throwaway.ts';
import { migrateDatabase } from '../../src/platform/db/migrate.ts';
import { seedReference } from '../../src/sandbox/seed.ts';
import { MIGRATIONS, TEST_KEK, urlOf } from './settings.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const database = await startEmbedded({ dataDir: throwawayDataDir(), throwaway: true });
  process.env.TEST_SUPER_URL = database.superUrl;
  process.env.TEST_OWNER_URL = database.ownerUrl;
  process.env.TEST_APP_URL = database.appUrl;
  await migrateDatabase({ ownerUrl: database.ownerUrl, folder: MIGRATIONS, stamp: 'sandbox' });
  const pool = createPool({ url: urlOf(database.appUrl, 'judicial_assistance'), max: 2 });
  const keyring = await openKeyring(pool, TEST_KEK);
  const newId = createIdGenerator((bytes) => crypto.getRandomValues(bytes));
  await seedReference({ pool, keyring, newId, sinks: appSinks, handlers });
  await pool.end();
  return () => database.stop();
}
