// Absence: from day to day the substitute finds the work of an absent colleague; permissions and four eyes stay each one's own.
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
let roster: string;
const SECOND = 'intake2.heping';

beforeAll(async () => {
  world = createWorld(service.api, () => addClient(service));
  roster = `/v1/agencies/${await world.agencyOf('head.heping')}/officers`;
  const officer = { code: SECOND, name: '佟佳宁', roles: ['intake'], personKey: 'staff:intake2' };
  expect((await service.api.create('admin', roster, officer)).status).toBe(201);
});

const today = async () => {
  const { body } = await service.api.get('intake.heping', await itemPath(await world.clue()));
  return String(body.createdAt).slice(0, 10);
};

async function itemPath(clue: { id: string }, officer = 'intake.heping'): Promise<string> {
  const { body } = await service.api.get(officer, '/v1/work-items?order=newest&assignee=agency&limit=200');
  const items = (body.items ?? []) as { id: string; resource: { id: string } }[];
  return `/v1/work-items/${items.find((item) => item.resource.id === clue.id)?.id}`;
}

const mine = async (officer: string) => {
  const { body } = await service.api.get(officer, '/v1/work-items?limit=200');
  return (body.items as { resource: { id: string } }[]).map((item) => item.resource.id);
};

const record = async (by: string, absent: string, body: Json) =>
  service.api.decide(by, `${roster}/${await world.officerId(absent)}`, 'absence', body);

test('the substitute finds the work, and no longer once the absence is over', async () => {
  const clue = await world.clue();
  const path = await itemPath(clue);
  const officerId = await world.officerId('intake.heping');
  expect((await service.api.decide('head.heping', path, 'assignment', { officerId })).status).toBe(200);
  expect(await mine(SECOND)).not.toContain(clue.id);
  const substituteOfficerId = await world.officerId(SECOND);
  const day = await today();
  const away = { from: day, until: '2199-12-31', substituteOfficerId };
  const recorded = await record('intake.heping', 'intake.heping', away);
  expect(recorded).toMatchObject({ status: 200, body: { absence: away } });
  expect(await mine(SECOND)).toContain(clue.id);
  expect(await mine('intake.heping')).toContain(clue.id);
  await record('head.heping', 'intake.heping', { from: '2020-01-01', until: '2020-01-31', substituteOfficerId });
  expect(await mine(SECOND)).not.toContain(clue.id);
});

test('who lacks the permission stands in for nothing', async () => {
  const clue = await world.clue();
  const officerId = await world.officerId('intake.heping');
  await service.api.decide('head.heping', await itemPath(clue), 'assignment', { officerId });
  const substituteOfficerId = await world.officerId('finance.heping');
  await record('head.heping', 'intake.heping', { from: '2020-01-01', until: '2199-12-31', substituteOfficerId });
  expect(await mine('finance.heping')).not.toContain(clue.id);
});

test('an absence is recorded by the officer, a head or who keeps the officers, and names a colleague', async () => {
  const substituteOfficerId = await world.officerId(SECOND);
  const body = { from: '2026-11-20', until: '2026-11-27', substituteOfficerId };
  expect(await record('finance.heping', 'intake.heping', body)).toMatchObject({
    status: 403,
    body: { code: 'officer.absence_not_yours' },
  });
  expect((await record('admin', 'intake.heping', body)).status).toBe(200);
  const stranger = await world.officerId('intake.tiexi');
  expect((await record('head.heping', 'intake.heping', { ...body, substituteOfficerId: stranger })).status).toBe(422);
  const self = await record('head.heping', 'intake.heping', {
    ...body,
    until: '2026-11-19',
    substituteOfficerId: await world.officerId('intake.heping'),
  });
  expect((self.body.errors as Json[]).map(({ code }) => code)).toEqual(['substitute.self', 'date.order']);
  const away = await service.api.get('head.tiexi', `${roster}/${substituteOfficerId}`);
  expect(away.status).toBe(404);
});

test('an officer who is suspended holds nobody up', async () => {
  const clue = await world.clue();
  const path = await itemPath(clue);
  const officerId = await world.officerId(SECOND);
  await service.api.decide('head.heping', path, 'assignment', { officerId });
  expect(await mine('intake.heping')).not.toContain(clue.id);
  expect((await service.api.decide('admin', `${roster}/${officerId}`, 'suspension')).status).toBe(200);
  expect(await mine('intake.heping')).toContain(clue.id);
  expect((await service.api.get('head.heping', path)).body).toMatchObject({ status: 'open', assignee: null });
});
