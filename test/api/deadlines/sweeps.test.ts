// A due day that comes near, passes and is reported: over HTTP, in order, once, whoever sweeps (issue 5 section 1, ADR 0025).
import { beforeAll, expect, test } from '@jest/globals';
import { sweepDeadlines } from '../../../src/deadlines/jobs.ts';
import { startJobs } from '../../../src/platform/jobs.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

async function on(day: string, time = '09:00:00'): Promise<void> {
  const body = { now: `${day}T${time}+08:00` };
  const answer = await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null });
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
}

/** Time passes, and nobody has swept yet: as on a live database. */
async function passTo(day: string): Promise<void> {
  const now = Date.parse(`${day}T09:00:00+08:00`);
  await service.owner.query(
    'update business_clock set shift_ms = $1 - (extract(epoch from clock_timestamp()) * 1000)::bigint',
    [now],
  );
}

type Told = Json & { type: string; subject: string; data: Record<string, string> };

async function eventsOf(officer: string, deadlineId: string): Promise<Told[]> {
  await service.eventsSettled();
  const found: Told[] = [];
  let after = '';
  for (;;) {
    const { body } = await service.api.get(officer, `/v1/events?limit=200${after && `&after=${after}`}`);
    found.push(...((body.items ?? []) as Told[]));
    if ((body.items ?? []).length === 0) break;
    after = encodeURIComponent(String(body.nextCursor));
  }
  return found.filter(({ subject }) => subject === `deadline/${deadlineId}`);
}
const typesOf = (events: readonly Told[]) => events.map(({ type }) => type);

const ALL = ['deadline.due_soon', 'deadline.overdue', 'deadline.escalated'];

async function clockOf(officer: string, path: string, code: string): Promise<{ id: string } & Json> {
  const { body } = await service.api.get(officer, path);
  const clocks = (body.deadlines ?? body.items) as ({ id: string; code: string } & Json)[];
  const found = clocks.find((clock) => clock.code === code);
  if (!found) throw new Error(`${path} has no ${code}`);
  return found;
}

test('moved across a due day: reminder, breach and report in order, seen by source, receiver and superior, once', async () => {
  await on('2026-11-16');
  const clue = await world.clue();
  const clock = await clockOf('intake.heping', clue.path, 'D-ACCEPT-GREEN');
  await on('2026-11-16', '18:00:00');
  expect(await eventsOf('intake.heping', clock.id)).toEqual([]);
  await on('2026-11-17');
  expect(typesOf(await eventsOf('intake.heping', clock.id))).toEqual(['deadline.due_soon']);
  await on('2026-11-19');
  expect(typesOf(await eventsOf('intake.heping', clock.id))).toEqual(['deadline.due_soon']);
  await on('2026-11-20');
  const told = await eventsOf('intake.heping', clock.id);
  expect(typesOf(told)).toEqual(ALL);
  const city = await world.agencyOf('head.shenyang');
  expect(told[2]?.data).toMatchObject({ escalatedToId: city, subjectId: clue.id });
  expect(typesOf(await eventsOf('wf.heping', clock.id))).toEqual(ALL);
  expect(typesOf(await eventsOf('head.shenyang', clock.id))).toEqual(expect.arrayContaining(['deadline.escalated']));
  expect(await eventsOf('head.tiexi', clock.id)).toEqual([]);
  await on('2026-11-16');
  await on('2026-11-27');
  expect(typesOf(await eventsOf('intake.heping', clock.id))).toEqual(ALL);
});

test('one leap over everything tells the same three, of each clock in the order of the days', async () => {
  await on('2026-03-02');
  const clue = await world.clue('heping', { foundOn: '2026-03-02' });
  const clock = await clockOf('intake.heping', clue.path, 'D-ACCEPT-GREEN');
  const opened = await world.opened('tiexi');
  const decide = await clockOf('handler.tiexi', opened.path, 'D-DECIDE');
  await on('2026-06-01');
  expect(typesOf(await eventsOf('intake.heping', clock.id))).toEqual(ALL);
  expect(typesOf(await eventsOf('handler.tiexi', decide.id))).toEqual(ALL);
});

test('the superior finds it among its work, reads the clock and not the case, takes it up once; the end is told', async () => {
  await on('2026-03-02');
  const opened = await world.opened();
  const clock = await clockOf('handler.heping', opened.path, 'D-DECIDE');
  await on('2026-04-01');
  const path = `/v1/deadlines/${clock.id}`;
  const work = async (officer: string) => {
    const { body } = await service.api.get(officer, '/v1/work-items?assignee=agency&kind=deadline&limit=200');
    return (body.items ?? []).filter((item) => (item.resource as Json).id === clock.id);
  };
  expect(await work('head.shenyang')).toMatchObject([{ action: 'supervision', kind: 'deadline' }]);
  expect(await work('head.heping')).toEqual([]);
  expect((await service.api.get('head.shenyang', opened.path)).status).toBe(404);
  const seen = await service.api.get('head.shenyang', path);
  expect(seen.body).toMatchObject({ status: 'overdue', subject: { kind: 'case', id: opened.id }, notes: [] });
  const done = { reason: '已约谈承办人，限期作出决定' };
  for (const [officer, status] of [
    ['head.tiexi', 404],
    ['head.heping', 403],
    ['head.shenyang', 200],
  ] as const) {
    const { etag } = await service.api.get('head.heping', path);
    const send = {
      body: done,
      etag: officer === 'head.heping' ? etag : (await service.api.get(officer, path)).etag || etag,
    };
    expect([officer, (await service.api.as(officer, 'POST', `${path}/supervision`, send)).status]).toEqual([
      officer,
      status,
    ]);
  }
  expect(await work('head.shenyang')).toEqual([]);
  expect((await service.api.get('handler.heping', path)).body.notes).toMatchObject([
    { action: 'supervision', ...done },
  ]);
  expect((await service.api.decide('head.shenyang', path, 'supervision', done)).status).toBe(403);
  const items = await service.api.get('head.heping', '/v1/work-items?assignee=agency&kind=case&limit=200');
  const own = (items.body.items ?? []).find((item) => (item.resource as Json).id === opened.id);
  expect(own).toMatchObject({ dueOn: clock.dueOn, urgent: true });
  await world.decide('handler.heping', await world.read('handler.heping', opened.path), 'withdrawal', {
    reason: '申请人撤回',
  });
  expect(typesOf(await eventsOf('head.shenyang', clock.id)).slice(-2)).toEqual([
    'deadline.supervised',
    'deadline.ended',
  ]);
  expect((await service.api.get('head.shenyang', path)).body).toMatchObject({ status: 'met_late' });
});

test('two workers at once: each effect of each clock once, also with a third that comes later', async () => {
  await on('2026-01-05');
  const clues = await Promise.all(Array.from({ length: 12 }, () => world.clue('heping', { foundOn: '2026-01-05' })));
  const clocks = await Promise.all(clues.map(({ path }) => clockOf('intake.heping', path, 'D-ACCEPT-GREEN')));
  await passTo('2026-01-20');
  const log = createLog(
    'error',
    (line) => void service.logLines.push(line),
    () => new Date(),
  );
  const run = async () => void (await sweepDeadlines(service.tx));
  const workers = [1, 2].map(() => startJobs([{ name: 'sweep-deadlines', everyMs: 20, run }], log));
  await new Promise((resolve) => setTimeout(resolve, 400));
  await Promise.all(workers.map((worker) => worker.stop()));
  await Promise.all([sweepDeadlines(service.tx), sweepDeadlines(service.tx), sweepDeadlines(service.tx)]);
  for (const { id } of clocks) expect(typesOf(await eventsOf('intake.heping', id))).toEqual(ALL);
  expect(service.logLines.filter((line) => line.includes('job failed'))).toEqual([]);
});

test('sweeps that meet the answers tell everything or nothing of a clock, and hold nobody up', async () => {
  await on('2026-01-05');
  const clues = await Promise.all(Array.from({ length: 8 }, () => world.clue('heping', { foundOn: '2026-01-05' })));
  const clocks = await Promise.all(clues.map(({ path }) => clockOf('intake.heping', path, 'D-ACCEPT-GREEN')));
  await passTo('2026-01-20');
  const answer = { reasonCode: 'other', reason: '不属于救助范围' };
  const [, , ...answers] = await Promise.all([
    sweepDeadlines(service.tx),
    sweepDeadlines(service.tx),
    ...clues.map(({ path }) => service.api.decide('intake.heping', path, 'rejection', answer)),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(clues.map(() => 200));
  for (const { id } of clocks) {
    const told = typesOf(await eventsOf('intake.heping', id));
    expect([[], [...ALL, 'deadline.ended']]).toContainEqual(told);
  }
});

test('a new due day is reminded of anew; one that stays is not', async () => {
  await on('2026-03-02');
  const opened = await world.opened();
  const clock = await clockOf('handler.heping', opened.path, 'D-DECIDE');
  await on('2026-03-13');
  const path = `/v1/deadlines/${clock.id}`;
  await service.api.decide('head.heping', path, 'pause', { reason: '等待鉴定' });
  await service.api.decide('head.heping', path, 'resumption', { reason: '当日恢复' });
  expect(await sweepDeadlines(service.tx)).toBeGreaterThan(0);
  expect(await sweepDeadlines(service.tx)).toBe(0);
  const soon = async () =>
    typesOf(await eventsOf('handler.heping', clock.id)).filter((type) => type === 'deadline.due_soon');
  expect(await soon()).toHaveLength(1);
  const body = { workingDays: 10, requestedByOfficerId: await world.officerId('handler.heping'), reason: '案情复杂' };
  expect((await service.api.decide('chief.heping', path, 'extension', body)).status).toBe(200);
  await on('2026-03-27');
  expect(await soon()).toHaveLength(2);
});

test('a department that does not answer: its sender is told to remind it or to ask another, and can', async () => {
  await on('2026-03-02');
  const referral = await world.referral('requested');
  const clock = await clockOf(
    'handler.heping',
    `/v1/deadlines?agencyId=${await world.agencyOf('civil.heping')}&limit=1`,
    'D-DEPT',
  );
  expect(clock).toMatchObject({ startedOn: '2026-03-02', dueOn: '2026-03-16', workingDays: 10 });
  await on('2026-03-17');
  expect(typesOf(await eventsOf('civil.heping', clock.id))).toEqual(ALL);
  const { body } = await service.api.get('handler.heping', '/v1/work-items?assignee=agency&kind=referral&limit=200');
  const mine = (body.items ?? []).filter((item) => (item.resource as Json).id === referral.id);
  expect(mine.map(({ action }) => action)).toEqual(['reminder']);
  const reminded = await world.decide('handler.heping', referral, 'reminder');
  const onward = { agencyId: await world.agencyOf('education.heping'), measures: ['EDU2'], reason: '民政局逾期未答复' };
  const forwarded = await world.decide('handler.heping', reminded, 'forwarding', onward);
  expect(forwarded.body.state).toBe('cancelled');
  expect((await service.api.get('civil.heping', `/v1/deadlines/${clock.id}`)).body).toMatchObject({
    status: 'met_late',
  });
});

test('what a department has accepted it delivers in time; a hold stops that clock', async () => {
  await on('2026-03-02');
  const referral = await world.referral('on_hold');
  const path = `/v1/deadlines?agencyId=${await world.agencyOf('civil.heping')}&limit=2`;
  const clock = await clockOf('handler.heping', path, 'D-DELIVER');
  expect(clock).toMatchObject({ dueOn: '2026-04-14', status: 'paused', workingDays: 30 });
  await on('2026-03-09');
  await world.decide('civil.heping', referral, 'resumption');
  expect(await clockOf('handler.heping', path, 'D-DELIVER')).toMatchObject({ dueOn: '2026-04-21', status: 'on_track' });
  expect(
    (await service.api.decide('head.heping', `/v1/deadlines/${clock.id}`, 'pause', { reason: '等待' })).status,
  ).toBe(200);
});

test('each agency answers for its own clocks in the summary', async () => {
  await on('2025-03-03');
  const late = await world.clue('heping', { foundOn: '2025-02-03' });
  const open = await world.clue('heping', { foundOn: '2025-03-03' });
  await world.decide('intake.heping', late, 'rejection', { reasonCode: 'other', reason: '不属于救助范围' });
  await on('2025-04-01');
  const query = '/v1/statistics/summary?from=2025-01-01&to=2025-12-31&regionCode=210102';
  const { body } = await service.api.get('supervisor.liaoning', query);
  const of = async (officer: string) => {
    const id = await world.agencyOf(officer);
    return (body.byAgency as Json[]).find((row) => (row.agency as Json).id === id);
  };
  expect(open.body.state).toBe('submitted');
  expect(await of('wf.heping')).toMatchObject({ due: 2, met: 1, metLate: 1, overdue: 0 });
  expect(await of('intake.heping')).toMatchObject({ due: 3, met: 1, metLate: 0, overdue: 2 });
  expect(body.deadlines).toMatchObject({ due: 5, met: 2, metLate: 1, overdue: 2, waived: 0 });
});
