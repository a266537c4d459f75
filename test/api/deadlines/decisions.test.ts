// Decisions about a clock: who may, what they do to the due day, and who is told why.
import { beforeAll, expect, test } from '@jest/globals';
import type { Answer, Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

async function on(day: string): Promise<void> {
  const body = { now: `${day}T09:00:00+08:00` };
  expect((await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null })).status).toBe(200);
}

/** The path of the clock by which Heping decides on a new case. */
async function decideClock(): Promise<string> {
  const { path } = await world.opened();
  const { body } = await service.api.get('head.heping', `${path}/deadlines`);
  return `/v1/deadlines/${String(body.items?.[0]?.id)}`;
}

const REASON = { reason: '等待鉴定意见' };
const decide = (officer: string, path: string, verb: string, body: Json = REASON): Promise<Answer> =>
  service.api.decide(officer, path, verb, body);

test('paused and resumed by the head: the days between do not count', async () => {
  await on('2026-11-16');
  const path = await decideClock();
  expect((await service.api.get('head.heping', path)).body.dueOn).toBe('2026-11-30');
  await on('2026-11-18');
  const paused = await decide('head.heping', path, 'pause');
  expect(paused).toMatchObject({ status: 200, body: { status: 'paused', dueOn: '2026-11-30' } });
  const again = await decide('head.heping', path, 'pause');
  expect(again).toMatchObject({ status: 409, body: { code: 'deadline.illegal_transition' } });
  await on('2026-11-25');
  const resumed = await decide('head.heping', path, 'resumption');
  expect(resumed).toMatchObject({ status: 200, body: { status: 'on_track', dueOn: '2026-12-07' } });
  expect(resumed.body.notes).toEqual([
    { action: 'pause', on: '2026-11-18', ...REASON },
    { action: 'resumption', on: '2026-11-25', ...REASON },
  ]);
});

test('extended by the chief on the request of another person, up to a limit', async () => {
  await on('2026-11-16');
  const path = await decideClock();
  const requestedByOfficerId = await world.officerId('handler.heping');
  const own = await world.officerId('chief.heping');
  const body = { ...REASON, workingDays: 5, requestedByOfficerId };
  expect(await decide('chief.heping', path, 'extension', { ...body, requestedByOfficerId: own })).toMatchObject({
    status: 403,
    body: { code: 'decision.four_eyes' },
  });
  const foreign = await world.officerId('handler.tiexi');
  const unknown = await decide('chief.heping', path, 'extension', { ...body, requestedByOfficerId: foreign });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'request.reference_unknown' } });
  const extended = await decide('chief.heping', path, 'extension', body);
  expect(extended).toMatchObject({ status: 200, body: { dueOn: '2026-12-07', workingDays: 15, extensionDays: 5 } });
  for (let total = 65; total <= 245; total += 60)
    expect((await decide('chief.heping', path, 'extension', { ...body, workingDays: 60 })).status).toBe(200);
  const beyond = await decide('chief.heping', path, 'extension', { ...body, workingDays: 6 });
  expect(beyond).toMatchObject({ status: 409, body: { code: 'deadline.extension_limit' } });
});

test('waived by the chief: the clock has ended, and what answers it later changes nothing', async () => {
  const path = await decideClock();
  const waived = await decide('chief.heping', path, 'waiver');
  expect(waived).toMatchObject({ status: 200, body: { status: 'waived', endedBy: 'deadline.waived' } });
  const { body } = await service.api.get('head.heping', path);
  const actions = (body.availableActions as { action: string; allowed: boolean }[]).map((a) => [a.action, a.allowed]);
  expect(actions).toEqual([
    ['pause', false],
    ['resumption', false],
    ['supervision', false],
  ]);
  const subject = body.subject as { id: string };
  await world.decide(
    'handler.heping',
    { ...(await world.read('handler.heping', `/v1/assistance-cases/${subject.id}`)) },
    'withdrawal',
    REASON,
  );
  expect((await service.api.get('head.heping', path)).body.status).toBe('waived');
});

test('the clock of a department is for the procuratorate that waits for it; the department reads why', async () => {
  const referral = await world.referral();
  const { body } = await service.api.get('civil.heping', '/v1/deadlines?status=on_track&limit=1');
  const path = `/v1/deadlines/${String(body.items?.[0]?.id)}`;
  expect(body.items?.[0]?.subject).toEqual({ kind: 'referral', id: referral.id });
  expect(await decide('civil.heping', path, 'pause')).toMatchObject({ status: 403 });
  expect(await decide('head.tiexi', path, 'pause')).toMatchObject({ status: 404 });
  expect((await decide('head.heping', path, 'pause')).status).toBe(200);
  const seen = await service.api.get('civil.heping', path);
  expect(seen.body.notes).toMatchObject([{ action: 'pause', ...REASON }]);
});

test('whoever does not see the subject sees no clock, with or without a list; reasons are sealed', async () => {
  const path = await decideClock();
  await decide('head.heping', path, 'pause', { reason: '仅本院知悉的原因' });
  const id = path.split('/').at(-1);
  expect((await service.api.get('head.tiexi', path)).status).toBe(404);
  expect((await service.api.get('wf.heping', path)).status).toBe(404);
  const { body } = await service.api.get('head.tiexi', '/v1/deadlines?limit=200&includeTotal=true');
  expect(body).toMatchObject({ items: [], total: 0 });
  const overseen = await service.api.get('supervisor.liaoning', path);
  expect(overseen).toMatchObject({ status: 200, body: { notes: [] } });
  const { rows } = await withClient(service.database.ownerUrl, (client) =>
    client.query<{ text: string }>(`select deadlines::text as text from deadlines where id = $1`, [id]),
  );
  expect(rows[0]?.text).not.toContain(Buffer.from('仅本院知悉').toString('hex'));
});
