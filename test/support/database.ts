// A database of its own for a suite, cloned from the seeded template (copying files is faster than migrating).
import pg from 'pg';
import { urlOf } from './settings.ts';

export type TestDatabase = { name: string; appUrl: string; ownerUrl: string; superUrl: string; drop(): Promise<void> };

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the test run has no database`);
  return value;
}

async function asSuperuser(run: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: setting('TEST_SUPER_URL') });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}

/** One at a time: a template may not be cloned twice at once. */
const CLONE_LOCK = 4_242;

export async function createDatabase(): Promise<TestDatabase> {
  const name = `t_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await asSuperuser(async (client) => {
    await client.query(`select pg_advisory_lock(${CLONE_LOCK})`);
    await client.query(`create database ${name} template judicial_assistance owner ja_owner`);
    await client.query(`revoke connect, temporary on database ${name} from public`);
    await client.query(`grant connect on database ${name} to ja_app`);
  });
  return {
    name,
    appUrl: urlOf(setting('TEST_APP_URL'), name),
    ownerUrl: urlOf(setting('TEST_OWNER_URL'), name),
    superUrl: urlOf(setting('TEST_SUPER_URL'), name),
    drop: () =>
      asSuperuser(async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  };
}
