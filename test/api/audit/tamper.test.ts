// whatever a superuser does to the evidence is found offline, and the first bad leaf is named; untouched it verifies.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { sealEverything } from '../../support/sealed.ts';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';
import {
  ATTACKS,
  addBackdated,
  drill,
  type Export,
  readExport,
  recordsOf,
  verifyRecords,
} from '../../support/tamper.ts';
import { createWorld } from '../../support/world.ts';

const service = useService();
let kept: Export;

const all = () => withClient(service.database.ownerUrl, recordsOf);

beforeAll(async () => {
  const world = createWorld(service.api, () => addClient(service));
  await world.granted();
  await sealEverything(service);
  await world.clue('heping');
  await sealEverything(service);
  kept = await readExport(service);
}, 60_000);

test('what nobody touched verifies', async () => {
  const records = await all();
  expect(records.length).toBeGreaterThan(15);
  expect(verifyRecords(records, kept)).toBeUndefined();
  expect(verifyRecords(records, { checkpoints: kept.checkpoints })).toBeUndefined();
});

describe.each(ATTACKS.map((attack) => [attack.name, attack] as const))('%s', (_name, attack) => {
  test('is found, at its place', async () => {
    for (const k of [3, 11]) {
      const { expected, found, coarse } = await drill(service, attack, k, kept);
      expect(found?.leafIndex).toBe(expected);
      // Without the exported leaves the stretch between two checkpoints is named.
      expect(coarse?.leafIndex).toBeLessThanOrEqual(expected);
    }
  });
});

test('a back-dated record that is added properly is found once it is sealed', async () => {
  const before = (await all()).length;
  await addBackdated(service, '0198c2a4-7f00-7000-8000-000000000002', '2026-01-01T00:00:00.000Z');
  await sealEverything(service);
  const fault = verifyRecords(await all(), await readExport(service));
  expect(fault).toMatchObject({
    leafIndex: before,
    what: expect.stringContaining('an older checkpoint does not have it'),
  });
});
