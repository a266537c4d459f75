// The second wall: row security as the plain role of the service, without the filters of the code; and what nobody can change.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { asAgency, attempt, withClient } from '../../support/sql.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();

/** Tables without a row of anybody's business: reference, keys, sinks and the frame's own. All others are guarded. */
const OPEN = [
  'spent_assertions',
  'role_grants',
  'quota_counts',
  'officer_credentials',
  'client_keys',
  'bulk_read_alerts',
  'auth_failures',
  'access',
  'agencies',
  'approval_tiers',
  'assistance_standards',
  'aggregate_heads',
  'audit_checkpoints',
  'audit_keys',
  'audit_leaves',
  'audit_logs',
  'audit_nodes',
  'audit_sealing',
  'business_clock',
  'calendar_days',
  'calendars',
  'clients',
  'counters',
  'deadline_rules',
  'directory_editions',
  'database_stamp',
  'feed_epochs',
  'idempotency_keys',
  'officers',
  // read by no role of the service: its functions keep and ask it
  'sealed_records',
  'signing_keys',
  'view_heads',
];

let world: World;
let heping = '';
let tiexi = '';
let guarded: string[] = [];

beforeAll(async () => {
  world = createWorld(service.api, () => addClient(service));
  await world.line('settled');
  await world.referral('in_progress');
  await world.visit();
  await world.closedAccount();
  heping = await world.agencyOf('handler.heping');
  tiexi = await world.agencyOf('handler.tiexi');
  const { rows } = await withClient(service.database.ownerUrl, (client) =>
    client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
       and not relname = any($1) order by 1`,
      [OPEN],
    ),
  );
  guarded = rows.map((row) => row.name);
}, 60_000);

const asApp = <T>(work: Parameters<typeof withClient<T>>[1]) => withClient(service.database.appUrl, work);

async function counts(agency: string | null, oversight = false): Promise<Record<string, number>> {
  return asApp(async (client) => {
    await asAgency(client, agency, oversight);
    const text = guarded.map((name) => `select '${name}' as name, count(*)::int as n from ${name}`).join(' union all ');
    const { rows } = await client.query<{ name: string; n: number }>(text);
    return Object.fromEntries(rows.map((row) => [row.name, row.n]));
  });
}
const total = (found: Record<string, number>) => Object.values(found).reduce((a, b) => a + b, 0);

describe('row security', () => {
  test('is forced on every table with business in it', async () => {
    const { rows } = await withClient(service.database.ownerUrl, (client) =>
      client.query<{ name: string; on: boolean }>(
        `select relname as name, relrowsecurity and relforcerowsecurity as on from pg_class
         where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = any($1)`,
        [guarded],
      ),
    );
    expect(rows.filter((row) => !row.on).map((row) => row.name)).toEqual([]);
    expect(guarded.length).toBeGreaterThan(20);
  });

  test('the service logs in as a role that it binds', async () => {
    const [row] = await service.pool.query(
      'select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user',
    );
    expect(row).toEqual({ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false });
  });

  test('without a context, with an emptied one, or as another district nothing is there, although nothing filters', async () => {
    const own = await counts(heping);
    for (const table of ['clues', 'assistance_cases', 'funds', 'disbursements', 'referrals', 'visits'])
      expect([table, (own[table] ?? 0) > 0 || table === 'clues']).toEqual([table, true]);
    expect(total(own)).toBeGreaterThan(30);
    expect(total(await counts(null))).toBe(0);
    expect(total(await counts(''))).toBe(0);
    const elsewhere = await counts(tiexi);
    expect(elsewhere).toMatchObject({ assistance_cases: 0, disbursements: 0, referrals: 0, persons: 0, visits: 0 });
    // Tiexi sees its own default fund, how it was endowed and the one fact about it, and nothing else.
    expect(elsewhere).toMatchObject({ funds: 1, audit_records: 1, events: 1 });
    const { ledger_journals: journals = 0, ledger_postings: postings = 0 } = elsewhere;
    expect(total(elsewhere) - 3 - journals - postings).toBe(0);
  });

  test('what is only overseen opens with the right to oversee', async () => {
    const province = await world.agencyOf('supervisor.liaoning');
    expect((await counts(province)).assistance_cases).toBe(0);
    expect((await counts(province, true)).assistance_cases).toBeGreaterThan(0);
  });

  test('an access that has ended shows nothing', async () => {
    const clue = await world.clue('tiexi');
    await withClient(service.database.ownerUrl, (client) =>
      client.query(`insert into access values ('clue', $1, $2, 'partner', now() - interval '1 second')`, [
        heping,
        clue.id,
      ]),
    );
    await asApp(async (client) => {
      await asAgency(client, heping);
      expect((await client.query('select 1 from clues where id = $1', [clue.id])).rowCount).toBe(0);
    });
    expect((await service.api.get('intake.heping', clue.path)).status).toBe(404);
  });

  test('what cannot be seen cannot be changed, and nothing of a record can be deleted', async () => {
    await asApp(async (client) => {
      await asAgency(client, tiexi);
      for (const table of ['assistance_cases', 'disbursements', 'referrals', 'visits', 'monitoring_accounts']) {
        expect([table, await attempt(client, `update ${table} set version = version + 1`)]).toEqual([table, 'done 0']);
        expect([table, await attempt(client, `delete from ${table}`)]).toEqual([table, '42501']);
      }
      await asAgency(client, null);
      expect(
        await attempt(client, `insert into clue_routings values (gen_random_uuid(), 0, $1, null, null)`, [tiexi]),
      ).toBe('42501');
    });
  });
});

describe('evidence', () => {
  test.each(['audit_records', 'events', 'ledger_journals', 'ledger_postings'])(
    '%s can be added to and read, and not changed by the service',
    async (table) => {
      await asApp(async (client) => {
        await asAgency(client, heping);
        for (const sql of [
          `update ${table} set ${table === 'ledger_postings' ? 'line = line' : 'id = id'}`,
          `delete from ${table}`,
          `truncate ${table}`,
        ])
          expect([sql, await attempt(client, sql)]).toEqual([sql, '42501']);
      });
    },
  );

  test('not even the owner changes an audit record', async () => {
    await withClient(service.database.ownerUrl, async (client) => {
      for (const sql of ['update audit_records set type = type', 'delete from audit_records', 'truncate audit_records'])
        expect([sql, await attempt(client, sql)]).toEqual([sql, '42501']);
    });
  });

  test('the service cannot become another role, make a table, or write the stamp', async () => {
    await asApp(async (client) => {
      for (const sql of [
        'set role ja_owner',
        'create table public.mine (id int)',
        'create schema mine',
        `update database_stamp set stamp = 'live'`,
        `insert into feed_epochs (epoch) values (99)`,
        'alter table clues disable row level security',
        'drop policy app_read on clues',
      ])
        expect([sql, await attempt(client, sql)]).toEqual([sql, '42501']);
    });
  });

  test('every fact is one audit record and one event, numbered per resource without a gap', async () => {
    await withClient(service.database.ownerUrl, async (client) => {
      const { rows } = await client.query<{ audited: number; told: number; gaps: number }>(`
        select (select count(*)::int from audit_records where sequence is not null) as audited,
          (select count(*)::int from events) as told,
          (select count(*)::int from (select kind, resource_id from events group by 1, 2
             having max(sequence) <> count(*) or min(sequence) <> 1) g) as gaps`);
      expect(rows[0]?.audited).toBe(rows[0]?.told);
      expect(rows[0]?.gaps).toBe(0);
    });
  });
});
