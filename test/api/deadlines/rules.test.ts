// Rules and calendar as data (ADR 0025): what the database was seeded with, new editions, and deadlines that a new plan moves.
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { importPlans, recountDeadlines } from '../../../src/deadlines/jobs.ts';
import { weekdayOf } from '../../../src/kernel/civil-date.ts';
import { coveredYears, calendarDays as packaged } from '../../../src/reference/calendar.ts';
import { factsOf } from '../../../src/reference/deadline-clocks.ts';
import { deadlineRules } from '../../../src/reference/deadline-rules.ts';
import type { Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
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

type Rule = Json & { code: string; n: number; unit: string; testCases: { startedOn: string; dueOn: string }[] };

async function rules(query = ''): Promise<Rule[]> {
  const { body } = await service.api.get('wf.heping', `/v1/deadline-rules?limit=200${query}`);
  return body.items as Rule[];
}

const evaluate = (body: Json, officer = 'wf.heping') =>
  service.api.as(officer, 'POST', '/v1/deadline-rules/evaluations', { body, key: null });

const add = (body: Json, officer = 'admin') => service.api.as(officer, 'POST', '/v1/deadline-rules', { body });

const DECIDE = { code: 'D-DECIDE', n: 7, unit: 'working_day', basis: '辽宁省实施办法', mark: 'assumption' };

async function decideClock(district: 'heping' | 'tiexi' = 'heping'): Promise<Json & { id: string }> {
  const { path } = await world.opened(district);
  const { body } = await service.api.get(`handler.${district}`, `${path}/deadlines`);
  return body.items?.[0] as Json & { id: string };
}

describe('seeded', () => {
  test('the rules of domain §8, each with basis, mark and facts; every example comes out', async () => {
    const found = await rules();
    const seeded = deadlineRules.map((rule) => {
      const { starts, stops } = factsOf(rule.code);
      return { ...rule, startFacts: starts, stopFacts: stops, edition: '2026-11', regionCode: null, validFrom: null };
    });
    const byCode = new Map(found.map((rule) => [rule.code, rule]));
    expect(found).toHaveLength(seeded.length);
    for (const rule of seeded) expect(byCode.get(rule.code)).toMatchObject(rule);
    for (const { code, testCases } of found) {
      expect(testCases.length).toBeGreaterThan(0);
      for (const { startedOn, dueOn } of testCases)
        expect([code, startedOn, (await evaluate({ code, startedOn })).body.dueOn]).toEqual([code, startedOn, dueOn]);
    }
  });

  test.each([
    ['D-ACCEPT', '2023-02-21', '2023-02-28'],
    ['D-DECIDE', '2023-02-21', '2023-03-07'],
    ['D-ACCEPT', '2023-01-18', '2023-01-30'],
    ['D-DECIDE', '2026-02-12', '2026-03-04'],
    ['D-NOTIFY', '2026-09-29', '2026-10-08'],
  ])('vector of domain §11: %s from %s is due on %s', async (code, startedOn, dueOn) => {
    const { body } = await evaluate({ code, startedOn });
    const days = body.explain as { date: string; counted: boolean }[];
    expect(body).toMatchObject({ dueOn, provisional: false, calendarVersion: 'chinese-days@1.5.7' });
    expect(days.filter(({ counted }) => counted)).toHaveLength((body.rule as Rule).n);
    expect(days.at(-1)).toMatchObject({ date: dueOn, counted: true });
  });

  test('every day of every planned year is as chinese-days has it, and 2026 as holiday-calendar has it', async () => {
    const rows = await service.owner.query<{ day: string; isWorkday: boolean; name: string | null }>(
      'select day::text as day, is_workday as "isWorkday", name from calendar_days order by day',
    );
    const wanted = coveredYears.flatMap((year) => packaged(year) ?? []);
    expect(rows).toEqual(wanted.map(({ day, isWorkday, name }) => ({ day, isWorkday, name })));
    const load = createRequire(import.meta.url);
    const { dates } = load('holiday-calendar/data/CN/2026.json') as { dates: { date: string; type: string }[] };
    const other = new Map(dates.map(({ date, type }) => [date, type]));
    const { body } = await service.api.get('wf.heping', '/v1/calendars/2026');
    const days = body.days as { date: string; isWorkday: boolean }[];
    expect(days).toHaveLength(365);
    for (const { date, isWorkday } of days)
      expect([date, isWorkday]).toEqual([
        date,
        other.has(date) ? other.get(date) === 'transfer_workday' : weekdayOf(date) <= 5,
      ]);
  });

  test('a day after the last plan is provisional', async () => {
    const { body } = await evaluate({ code: 'D-DECIDE', startedOn: '2026-12-28' });
    expect(body).toMatchObject({ dueOn: '2027-01-11', provisional: true });
    expect((await service.api.get('wf.heping', '/v1/calendars/2027')).body).toMatchObject({
      provisional: true,
      edition: 0,
    });
  });
});

describe('a new edition', () => {
  test('counts in its region from its day on; what runs keeps its rule', async () => {
    await on('2026-03-02');
    const running = await decideClock();
    const made = await add({
      ...DECIDE,
      regionCode: '210102',
      testCases: [{ startedOn: '2026-03-02', dueOn: '2026-03-11' }],
    });
    expect(made).toMatchObject({
      status: 201,
      body: { edition: '2026-03-02.2', validFrom: '2026-03-02', regionCode: '210102' },
    });
    expect(
      (await service.api.get('wf.heping', String(made.headers.location).replace('http://service.test', ''))).body,
    ).toEqual(made.body);
    expect(await decideClock()).toMatchObject({
      dueOn: '2026-03-11',
      workingDays: 7,
      ruleRef: 'D-DECIDE@2026-03-02.2',
    });
    expect(await decideClock('tiexi')).toMatchObject({ dueOn: '2026-03-16', ruleRef: 'D-DECIDE@2026-11' });
    const kept = await service.api.get('handler.heping', `/v1/deadlines/${running.id}`);
    expect(kept.body).toMatchObject({
      dueOn: '2026-03-16',
      ruleRef: 'D-DECIDE@2026-11',
      rule: { n: 10, mark: 'secondary' },
    });
    expect((await evaluate({ code: 'D-DECIDE', startedOn: '2026-03-02', regionCode: '210102' })).body.dueOn).toBe(
      '2026-03-11',
    );
    expect(
      (await evaluate({ code: 'D-DECIDE', startedOn: '2026-03-01', regionCode: '210102' })).body.rule,
    ).toMatchObject({ n: 10 });
    const later = { ...DECIDE, n: 5, regionCode: '210102', validFrom: '2026-06-01', validTo: '2026-06-30' };
    expect((await add(later)).status).toBe(201);
    const n = async (startedOn: string) =>
      ((await evaluate({ code: 'D-DECIDE', startedOn, regionCode: '210102' })).body.rule as Rule).n;
    expect([await n('2026-05-31'), await n('2026-06-01'), await n('2026-06-30'), await n('2026-07-01')]).toEqual([
      7, 5, 5, 7,
    ]);
  });

  test('is refused where its own examples fail, its facts are no facts of the clock, or nobody may', async () => {
    const refused = async (change: Json, officer = 'admin') => {
      const { status, body } = await add({ ...DECIDE, ...change }, officer);
      return [
        status,
        (body.errors as { pointer: string; code: string }[] | undefined)?.map((e) => `${e.pointer} ${e.code}`) ??
          body.code,
      ];
    };
    const before = (await rules()).length;
    expect(
      await refused({
        testCases: [
          { startedOn: '2026-03-02', dueOn: '2026-03-11' },
          { startedOn: '2026-03-02', dueOn: '2026-03-12' },
        ],
      }),
    ).toEqual([422, ['/testCases/1/dueOn test_case.failed']]);
    expect(await refused({ startFacts: ['case.granted'], stopFacts: ['clue.accepted'] })).toEqual([
      422,
      ['/startFacts/0 fact.unknown', '/stopFacts/0 fact.unknown'],
    ]);
    expect(await refused({ code: 'D-NONE' })).toEqual([422, ['/code code.unknown']]);
    expect(await refused({ validFrom: '2026-03-02', validTo: '2026-03-01' })).toEqual([
      422,
      ['/validTo date.before_start'],
    ]);
    expect(await refused({ regionCode: '999999' })).toEqual([422, ['/regionCode region.unknown']]);
    for (const officer of ['chief.heping', 'supervisor.liaoning', 'auditor.liaoning', 'wf.heping'])
      expect(await refused({}, officer)).toEqual([403, 'auth.forbidden']);
    expect((await service.api.as('admin', 'POST', '/v1/deadline-rules?dryRun=true', { body: DECIDE })).status).toBe(
      200,
    );
    expect((await rules()).length).toBe(before);
  });

  test('a rule that starts nothing starts no clock', async () => {
    await on('2026-03-02');
    expect((await add({ ...DECIDE, regionCode: '210106', startFacts: [] })).status).toBe(201);
    const { path } = await world.opened('tiexi');
    expect((await service.api.get('handler.tiexi', `${path}/deadlines`)).body.items).toEqual([]);
  });

  test('the evaluation leaves out pauses and adds an extension; pauses out of order are refused', async () => {
    const question = { code: 'D-DECIDE', startedOn: '2026-11-16', regionCode: '210200' };
    const pauses = [{ from: '2026-11-18', until: '2026-11-25' }];
    expect((await evaluate({ ...question, pauses })).body.dueOn).toBe('2026-12-07');
    expect((await evaluate({ ...question, extensionDays: 5 })).body.dueOn).toBe('2026-12-07');
    expect((await evaluate({ ...question, pauses: [{ from: '2026-11-15', until: '2026-11-25' }] })).status).toBe(422);
    expect((await evaluate({ ...question, pauses: [{ from: '2026-11-25', until: '2026-11-18' }] })).status).toBe(422);
    expect((await evaluate({ ...question, code: 'D-NONE' })).status).toBe(422);
    expect((await evaluate({ ...question, startedOn: '2199-12-31' })).status).toBe(400);
    expect((await evaluate({ ...question, code: 'D-VISIT', startedOn: '2099-12-31' })).body.dueOn).toBe('2100-03-31');
  });
});

test('administrators who add editions at once each get their own', async () => {
  const rule = { ...DECIDE, regionCode: '210300' };
  const added = await Promise.all(Array.from({ length: 5 }, () => add(rule)));
  expect(added.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
  expect(new Set(added.map(({ body }) => body.edition)).size).toBe(5);
});

describe('the calendar', () => {
  const plan = {
    year: 2027,
    source: '国办发明电〔2026〕9号（测试）',
    holidays: ['2027-01-01', '2027-01-02', '2027-01-03', '2027-01-04'].map((date) => ({ date, name: '元旦' })),
    makeUpWorkdays: [{ date: '2027-01-09', name: '元旦' }],
  };
  const publish = (body: Json, officer = 'admin') => service.api.as(officer, 'POST', '/v1/calendars', { body });
  const override = (year: number, body: Json, officer = 'admin') =>
    service.api.as(officer, 'POST', `/v1/calendars/${year}/overrides`, { body });
  const told = async (id: string) => {
    await service.eventsSettled();
    const { body } = await service.api.get('handler.tiexi', '/v1/events?types=deadline.recomputed&limit=200');
    return (body.items ?? []).filter(({ subject }) => subject === `deadline/${id}`).length;
  };

  test('when the plan arrives the provisional day is counted again and announced; an override moves it once more', async () => {
    await on('2026-12-28');
    const startFacts = ['case.opened'];
    expect((await add({ ...DECIDE, n: 10, regionCode: '210106', startFacts })).status).toBe(201);
    const clock = await decideClock('tiexi');
    expect(clock).toMatchObject({ dueOn: '2027-01-11', provisional: true, calendarVersion: 'chinese-days@1.5.7' });
    expect((await publish(plan, 'chief.heping')).status).toBe(403);
    expect((await publish({ ...plan, holidays: [{ date: '2026-01-01', name: '元旦' }] })).status).toBe(422);
    expect((await publish({ ...plan, makeUpWorkdays: [{ date: '2027-01-05', name: '元旦' }] })).status).toBe(422);
    expect((await override(2027, { source: '测试', days: [{ date: '2027-01-04', isWorkday: false }] })).body.code).toBe(
      'calendar.unpublished',
    );
    const idle = Array.from({ length: 31 }, (_, i) => ({
      date: `2026-03-${String(i + 1).padStart(2, '0')}`,
      isWorkday: false,
    }));
    expect((await override(2026, { source: '误录', days: idle })).body.errors).toMatchObject([
      { code: 'calendar.standstill' },
    ]);
    const made = await publish(plan);
    expect(made).toMatchObject({
      status: 201,
      body: { year: 2027, provisional: false, edition: 1, source: plan.source },
    });
    expect((await publish(plan)).body.code).toBe('calendar.published');
    const seen = async () => (await service.api.get('handler.tiexi', `/v1/deadlines/${clock.id}`)).body;
    expect(await seen()).toMatchObject({ dueOn: '2027-01-12', provisional: false, calendarVersion: 'calendar-2027.1' });
    expect((await seen()).explain).toContainEqual({ date: '2027-01-09', counted: true, reason: 'make_up_workday' });
    expect(await told(clock.id)).toBe(1);
    const day = { date: '2027-01-05', isWorkday: false, name: '临时调整' };
    expect((await override(2027, { source: '省政府通知（测试）', days: [day] })).body).toMatchObject({ edition: 2 });
    expect(await seen()).toMatchObject({ dueOn: '2027-01-13', provisional: false, calendarVersion: 'calendar-2027.2' });
    expect(await told(clock.id)).toBe(2);
    expect((await service.api.get('wf.heping', '/v1/calendars/2027')).body).toMatchObject({
      edition: 2,
      source: '省政府通知（测试）',
    });
    expect(await recountDeadlines(service.tx)).toBe(0);
    expect(await told(clock.id)).toBe(2);
  });

  test('what the worker finds of an older calendar it counts again; a plan that the package brings is taken once', async () => {
    await on('2026-12-28');
    const clock = await decideClock('tiexi');
    await service.owner.query(
      `update deadlines set calendar_version = 'older', due_on = due_on + 1, provisional = true where id = '${clock.id}'`,
    );
    expect(await recountDeadlines(service.tx)).toBe(1);
    expect((await service.api.get('handler.tiexi', `/v1/deadlines/${clock.id}`)).body).toMatchObject({
      dueOn: clock.dueOn,
    });
    expect(await told(clock.id)).toBe(1);
    expect(await importPlans(service.tx)).toBe(0);
    await service.owner.query('delete from calendar_days where year = 2026');
    await service.owner.query('delete from calendars where year = 2026');
    const added = await Promise.all([importPlans(service.tx), importPlans(service.tx)]);
    expect(added.sort()).toEqual([0, 1]);
    expect((await service.api.get('wf.heping', '/v1/calendars/2026')).body).toMatchObject({
      workdayCount: 248,
      edition: 1,
    });
  });
});
