// P-03: what this service seals is counted in the database; a key that is used up refuses the write, a new generation goes on.
import { expect, test } from '@jest/globals';
import { reportUsedKeys } from '../../../src/keys/jobs.ts';
import { ALARM_USES, LAST_USES, USES_STEP } from '../../../src/platform/crypto/uses.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const submit = (key: string) => service.api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key });
const usesOf = async (name: string) =>
  (await service.owner.query<{ used: string }>(`select used from keyring.key_uses where key = '${name}'`))[0]?.used;

test('steps reach the database; the role of the service cannot take any back', async () => {
  const id = service.tx.keyring.generations('reply')[0]?.id;
  for (let n = 1; n < USES_STEP; n++) service.tx.keyring.uses.count(`reply|${id}`);
  expect((await submit('uses-1')).status).toBe(201);
  for (let n = 0; n < 100 && (await usesOf(`reply|${id}`)) === undefined; n++)
    await new Promise((r) => setTimeout(r, 20));
  expect(Number(await usesOf(`reply|${id}`))).toBe(USES_STEP);
  await expect(service.pool.query('update keyring.key_uses set used = 1')).rejects.toThrow();
  await expect(service.pool.query('delete from keyring.key_uses')).rejects.toThrow();
  expect(await service.pool.query(`select add_key_uses('reply|${id}', -5)::int as n`)).toEqual([{ n: USES_STEP + 1 }]);
});

test('a key that is used up is named in the log, and seals no more', async () => {
  const id = service.tx.keyring.generations('reply')[0]?.id;
  await service.owner.query(`update keyring.key_uses set used = ${ALARM_USES} where key = 'reply|${id}'`);
  const lines: string[] = [];
  const say = (message: string, fields: object = {}) => void lines.push(JSON.stringify({ message, ...fields }));
  expect(await reportUsedKeys(service.pool, { debug: say, info: say, warn: say, error: say })).toBe(1);
  expect(lines.join()).toContain(`reply|${id}`);
  expect((await submit('uses-2')).status).toBe(201);
  await service.owner.query(`update keyring.key_uses set used = ${LAST_USES} where key = 'reply|${id}'`);
  await service.tx.keyring.refresh(service.pool);
  const refused = await submit('uses-3');
  expect(refused.status).toBe(503);
  expect(refused.body).toMatchObject({ code: 'key.exhausted' });
  expect((await service.api.get('wf.heping', '/v1/clues')).status).toBe(200);
});

test('the key of stored replies changes each week; a former one goes when no reply needs it any more', async () => {
  const { keyring } = service.tx;
  const generations = async () =>
    (
      await service.owner.query<{ g: number }>(
        `select generation as g from keyring.service_keys where name = 'reply' order by 1`,
      )
    ).map((row) => row.g);
  const age = (days: number) =>
    service.owner.query(
      `update keyring.service_keys set created_at = created_at - interval '${days} days' where name = 'reply'`,
    );
  await keyring.renewReplies(service.pool);
  expect(await generations()).toEqual([1]);
  await age(8);
  await keyring.renewReplies(service.pool);
  await keyring.renewReplies(service.pool);
  expect(await generations()).toEqual([1, 2]);
  await service.owner.query('delete from keyring.key_uses');
  await age(9);
  await keyring.renewReplies(service.pool);
  expect(await generations()).toEqual([1, 2, 3]);
  await age(3);
  await keyring.renewReplies(service.pool);
  expect(await generations()).toEqual([2, 3]);
  await expect(service.pool.query(`delete from keyring.service_keys where name = 'token'`)).rejects.toThrow();
});
