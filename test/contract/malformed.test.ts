// 2,000 malformed requests from a printed seed: no 5xx, and every error is a problem document of the catalogue (S-26..S-31).
import { expect, test } from '@jest/globals';
import { runMalformed } from '../support/malformed/run.ts';
import { useService } from '../support/service.ts';

const service = useService();
const seed = Number(process.env.FUZZ_SEED ?? 20_261_123);

test('malformed requests are refused properly', async () => {
  const report = await runMalformed(service, seed, 2000);
  process.stdout.write(`malformed: seed ${report.seed}, answers ${JSON.stringify(report.statuses)}\n`);
  expect(report.faults).toEqual([]);
  // They were malformed in many ways, and the service is still there.
  for (const status of [400, 401, 404, 405, 409, 412, 415, 422, 428])
    expect(report.statuses[status]).toBeGreaterThan(0);
  expect((await service.api.request('GET', '/readyz')).status).toBe(200);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
}, 300_000);
