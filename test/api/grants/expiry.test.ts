// A share that has ended: the single resource, what hangs on it, lists and the feed close with it, in the same instant (P-11, S-18).
import { beforeAll, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { core } from '../../support/sweep.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

test('a recipient whose share has ended has nothing of it, as if it had never been', async () => {
  const { id, path } = await world.referral('accepted');
  const agency = await world.agencyOf('civil.heping');
  const get = (address: string) => service.api.get('civil.heping', address);
  const listed = async (address: string) => (await get(address)).body.items?.length;
  await service.eventsSettled();
  expect((await get(path)).status).toBe(200);
  expect(await listed('/v1/referrals')).toBe(1);
  expect(await listed('/v1/events?types=referral.requested')).toBe(1);
  await service.owner.query(`update access set until = now() where agency_id = $1 and resource_id = $2`, [agency, id]);
  const absent = core(await get('/v1/referrals/0198c2a4-7f00-7000-8000-000000000001'));
  for (const below of ['', '/package', '/documents', '/letters/social-assistance-proposal'])
    expect([below, core(await get(`${path}${below}`))]).toEqual([below, absent]);
  expect(await listed('/v1/referrals')).toBe(0);
  expect((await get('/v1/referrals?includeTotal=true')).body.total).toBe(0);
  expect(await listed('/v1/events?types=referral.requested')).toBe(0);
  const answered = await service.api.as('civil.heping', 'POST', `${path}/start`, { body: {}, etag: '"2.x"' });
  expect(core(answered)).toBe(absent);
  expect((await service.api.get('handler.heping', path)).status).toBe(200);
});

test('a relation that nobody knows cannot be stored', async () => {
  const insert = `insert into access (kind, agency_id, resource_id, relation) values ('clue', gen_random_uuid(), gen_random_uuid(), 'friend')`;
  await expect(service.owner.query(insert)).rejects.toMatchObject({ code: '23514' });
});

test('what an agency submitted counts as its own while it sees it', async () => {
  const clue = await world.clue();
  const [subject] = (await service.api.get('wf.heping', clue.path)).body.subjects as { id: string }[];
  expect(subject).toBeDefined();
  const agency = await world.agencyOf('wf.heping');
  await service.owner.query(`update access set until = now() where agency_id = $1 and resource_id = $2`, [
    agency,
    clue.id,
  ]);
  expect((await service.api.get('wf.heping', clue.path)).status).toBe(404);
  const edited = await service.api.as('wf.heping', 'PATCH', clue.path, { body: { hardship: '无' }, etag: '"1.x"' });
  expect(edited.status).toBe(404);
});
