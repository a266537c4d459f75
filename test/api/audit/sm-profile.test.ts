// The SM profile (CRYPTO_SUITE=S2; A-03, P-04): facts and views chained in SM3, every key of the service sealed by it, verified offline.
import { expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { sealEverything } from '../../support/sealed.ts';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';
import { readExport, recordsOf, verifyRecords } from '../../support/tamper.ts';
import { createWorld } from '../../support/world.ts';

const service = useService({ env: { CRYPTO_SUITE: 'S2' } });

test('chains facts and views in SM3, also where many look at the same moment', async () => {
  const since = await service.owner.query<{ n: number }>('select count(*)::int as n from audit_records');
  const world = createWorld(service.api, () => addClient(service));
  const clue = await world.clue('heping');
  const answers = await Promise.all(Array.from({ length: 10 }, () => service.api.get('intake.heping', clue.path)));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  await sealEverything(service);
  const records = await withClient(service.database.ownerUrl, recordsOf);
  const views = records.filter((record) => record.viewSequence !== null && record.alg === 'sm3');
  expect(views.length).toBeGreaterThanOrEqual(10);
  expect(Math.max(...views.map((record) => record.viewSequence ?? 0))).toBeGreaterThanOrEqual(10);
  expect(records.slice(since[0]?.n).filter((record) => record.alg !== 'sm3')).toEqual([]);
  expect(verifyRecords(records, await readExport(service))).toBeUndefined();
});

test('seals the keys that sign', async () => {
  const suites = await service.owner.query<{ name: string; suite: string }>(
    `select 'signing' as name, convert_from(substring(private_sealed for 2), 'UTF8') as suite from signing_keys
     union all select 'audit', convert_from(substring(private_sealed for 2), 'UTF8') from audit_keys order by 1`,
  );
  expect(suites).toEqual([
    { name: 'audit', suite: 'S2' },
    { name: 'signing', suite: 'S2' },
  ]);
});
