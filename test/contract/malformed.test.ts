// 2,000 malformed requests from a printed seed: no 5xx, and every error is a problem document of the catalogue (S-26..S-31).
import { expect, test } from '@jest/globals';
import { runMalformed } from '../support/malformed/run.ts';
import { sampleClue } from '../support/samples.ts';
import { useService } from '../support/service.ts';
import { naughtyStrings } from '../support/vectors.ts';

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

test('naughty strings in the texts of a clue are taken as texts, or refused as such (S-25)', async () => {
  const wrong: string[] = [];
  // Every fifth of them; the probe S-25 puts them into every field of every operation.
  for (const text of naughtyStrings().filter((_, i) => i % 5 === 0)) {
    const sample = sampleClue();
    const subjects = [{ ...sample.subjects[0], name: text.slice(0, 60), address: text.slice(0, 150) }];
    const body = { ...sample, facts: text, hardship: text, subjects };
    const answer = await service.api.as('wf.heping', 'POST', '/v1/clues?dryRun=true', { body });
    const told = /syntax error|relation "|postgres|node_modules/i.test(JSON.stringify(answer.body.detail ?? ''));
    if (![200, 400, 422].includes(answer.status) || told) wrong.push(`${JSON.stringify(text)}: ${answer.text}`);
  }
  expect(wrong).toEqual([]);
}, 60_000);
