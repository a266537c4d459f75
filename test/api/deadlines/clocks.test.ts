// Clocks on every party: each starts, stops, pauses and moves with the facts, counts working days and reads as of today (domain §8, §11).
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

/** The morning of a day in Shenyang. */
async function on(day: string): Promise<void> {
  const body = { now: `${day}T09:00:00+08:00` };
  const answer = await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null });
  expect(answer.status).toBe(200);
}

type Clock = Json & { id: string; code: string; party: { agency: { id: string; code: string } } };

async function clocksAt(officer: string, path: string): Promise<Clock[]> {
  const answer = await service.api.get(officer, path);
  expect(answer.status).toBe(200);
  return (answer.body.deadlines ?? answer.body.items) as Clock[];
}

async function clockAt(officer: string, path: string, code: string): Promise<Clock> {
  const found = (await clocksAt(officer, path)).filter((clock) => clock.code === code);
  expect([path, code, found.length]).toEqual([path, code, 1]);
  return found[0] as Clock;
}

test('the finder met its clock or was late; the receiver has five working days, three in the green channel', async () => {
  await on('2026-02-12');
  const known = await world.clue('heping', { foundOn: '2026-02-12' });
  const finder = await clockAt('wf.heping', known.path, 'D-CLUE');
  expect(finder).toMatchObject({ startedOn: '2026-02-12', dueOn: '2026-02-26', status: 'met', workingDays: 5 });
  expect(finder.party.agency.id).toBe(await world.agencyOf('wf.heping'));
  const green = await clockAt('intake.heping', known.path, 'D-ACCEPT-GREEN');
  expect(green).toMatchObject({ startedOn: '2026-02-12', dueOn: '2026-02-24', status: 'on_track', provisional: false });
  expect(green.party.agency.id).toBe(await world.agencyOf('intake.heping'));
  const late = await world.clue('heping', { foundOn: '2026-01-20' });
  expect(await clockAt('wf.heping', late.path, 'D-CLUE')).toMatchObject({ dueOn: '2026-01-27', status: 'met_late' });
  const urgent = await world.clue('heping', { foundOn: '2026-02-12', urgency: 'emergency_medical' });
  expect(await clockAt('wf.heping', urgent.path, 'D-EMERG')).toMatchObject({ dueOn: '2026-02-12', status: 'met' });
  await on('2026-02-13');
  expect(await clockAt('wf.heping', known.path, 'D-ACCEPT-GREEN')).toMatchObject({ status: 'due_soon' });
  await on('2026-02-25');
  expect(await clockAt('wf.heping', known.path, 'D-ACCEPT-GREEN')).toMatchObject({ status: 'overdue' });
});

test('vector of domain §11: ten working days from 2026-02-12 end on 2026-03-04, explained day by day', async () => {
  await on('2026-02-12');
  const known = await world.opened();
  const decide = await clockAt('handler.heping', known.path, 'D-DECIDE');
  expect(decide).toMatchObject({ dueOn: '2026-03-04', workingDays: 10, ruleRef: 'D-DECIDE@2026-11' });
  const { body } = await service.api.get('handler.heping', `/v1/deadlines/${decide.id}`);
  const explain = body.explain as { date: string; counted: boolean; reason: string }[];
  expect(explain[0]).toEqual({ date: '2026-02-13', counted: true, reason: 'workday' });
  expect(explain.at(-1)).toEqual({ date: '2026-03-04', counted: true, reason: 'workday' });
  expect(explain.filter((day) => day.counted)).toHaveLength(10);
  expect(explain.find((day) => day.date === '2026-02-17')).toMatchObject({ counted: false, reason: 'holiday' });
  expect(explain.find((day) => day.date === '2026-02-28')).toMatchObject({ counted: true, reason: 'make_up_workday' });
});

test('a returned clue stops the receiver until it is supplemented, and rerouting carries the clock over', async () => {
  await on('2026-11-16');
  let known = await world.clue();
  expect(await clockAt('intake.heping', known.path, 'D-ACCEPT-GREEN')).toMatchObject({ dueOn: '2026-11-19' });
  await on('2026-11-17');
  known = await world.decide('intake.heping', known, 'return', { reason: '请补充', missing: ['赔偿执行情况'] });
  await on('2026-11-25');
  expect(await clockAt('intake.heping', known.path, 'D-ACCEPT-GREEN')).toMatchObject({ status: 'paused' });
  known = await world.decide('wf.heping', known, 'supplement', { facts: '赔偿未执行。' });
  const running = await clockAt('intake.heping', known.path, 'D-ACCEPT-GREEN');
  expect(running).toMatchObject({ dueOn: '2026-11-27', status: 'due_soon' });
  const { body } = await service.api.get('intake.heping', `/v1/deadlines/${running.id}`);
  expect(body.pauses).toEqual([{ from: '2026-11-17', until: '2026-11-25', cause: 'clue.returned' }]);
  expect((body.explain as Json[]).filter(({ reason }) => reason === 'paused')).toHaveLength(8);
  const agencyId = await world.agencyOf('intake.tiexi');
  known = await world.decide('intake.heping', known, 'rerouting', { agencyId, reason: '由铁西区检察院办理' });
  const moved = await clockAt('intake.tiexi', known.path, 'D-ACCEPT-GREEN');
  expect(moved).toMatchObject({ id: running.id, dueOn: '2026-11-27' });
  expect(moved.party.agency.id).toBe(agencyId);
  await world.decide('intake.tiexi', known, 'rejection', { reasonCode: 'other', reason: '不属于救助范围' });
  expect(await clockAt('wf.heping', known.path, 'D-ACCEPT-GREEN')).toMatchObject({
    status: 'met',
    endedBy: 'clue.rejected',
  });
  const feedback = await clockAt('wf.heping', known.path, 'D-FEEDBACK');
  expect([feedback.party.agency.id, feedback.status]).toEqual([agencyId, 'on_track']);
});

test('from the acceptance to the money: decide, apply, notify, pay, visit; the case lists them all', async () => {
  await on('2026-11-16');
  const clue = await world.clue();
  const accepted = await world.decide('intake.heping', clue, 'acceptance', {});
  const path = `/v1/assistance-cases/${String(accepted.body.assistanceCaseId)}`;
  expect(await clockAt('head.heping', path, 'D-ACCEPT-GREEN')).toMatchObject({ status: 'met' });
  expect(await clockAt('head.heping', path, 'D-DECIDE')).toMatchObject({ dueOn: '2026-11-30', status: 'on_track' });

  const line = await world.line('submitted');
  const casePath = `/v1/assistance-cases/${String(line.body.assistanceCaseId)}`;
  const all = await clocksAt('handler.heping', `${casePath}/deadlines`);
  expect(all.map((c) => [c.code, c.status]).sort()).toEqual([
    ['D-DECIDE', 'met'],
    ['D-FIN', 'met'],
  ]);
  await on('2026-11-18');
  const told = { receivedOn: '2026-11-17', documentNumber: '沈财〔2026〕1号' };
  let paying = await world.decide('finance.heping', line, 'appropriation', told);
  const item = `/v1/deadlines?agencyId=${await world.agencyOf('finance.heping')}`;
  expect((await clocksAt('finance.heping', item))[0]).toMatchObject({
    code: 'D-NOTIFY',
    startedOn: '2026-11-17',
    dueOn: '2026-11-19',
    subject: { kind: 'disbursement', id: line.id },
  });
  paying = await world.decide('handler.heping', paying, 'notification', { toldOn: '2026-11-18', channel: 'phone' });
  expect((await clocksAt('finance.heping', item)).slice(0, 2)).toMatchObject([
    { code: 'D-PAY', startedOn: '2026-11-18', dueOn: '2026-11-25', status: 'on_track' },
    { code: 'D-NOTIFY', status: 'met', endedOn: '2026-11-18' },
  ]);
  await world.decide('finance.heping', paying, 'settlement', { paidOn: '2026-11-18', bankReference: 'B1' });
  const after = await clocksAt('wf.heping', `/v1/deadlines?limit=1`);
  expect(after[0]).toMatchObject({ code: 'D-VISIT', dueOn: '2027-02-18', workingDays: null, provisional: false });
  const codes = (await clocksAt('handler.heping', `${casePath}/deadlines`)).map((c) => [c.code, c.status]);
  expect(codes.sort()).toEqual([
    ['D-DECIDE', 'met'],
    ['D-FIN', 'met'],
    ['D-NOTIFY', 'met'],
    ['D-PAY', 'met'],
    ['D-VISIT', 'on_track'],
  ]);
});

test('the department answers from the day of sending; the sender waits and is in charge', async () => {
  await on('2026-11-16');
  const known = await world.referral();
  const own = await clocksAt('civil.heping', '/v1/deadlines?status=on_track');
  expect(own[0]).toMatchObject({ code: 'D-DEPT', dueOn: '2026-11-30', subject: { kind: 'referral', id: known.id } });
  // Which case it came from is the sender's, here as on the referral itself.
  expect(own[0]?.assistanceCaseId).toBeNull();
  const sent = await clocksAt('handler.heping', `/v1/deadlines?agencyId=${await world.agencyOf('civil.heping')}`);
  expect(sent[0]).toMatchObject({ id: own[0]?.id, assistanceCaseId: known.body.assistanceCaseId });
  expect(known.body.assistanceCaseId).toEqual(expect.any(String));
  await on('2026-12-01');
  const late = await clocksAt('civil.heping', '/v1/deadlines?status=overdue');
  expect(late[0]?.id).toBe(own[0]?.id);
  await world.decide('civil.heping', known, 'acceptance', {});
  expect((await clocksAt('civil.heping', '/v1/deadlines?status=met_late'))[0]?.id).toBe(own[0]?.id);
});

test('beyond the published plans a day is provisional; asked documents stop the decision', async () => {
  await on('2026-12-28');
  let known = await world.underReview();
  const decide = await clockAt('handler.heping', known.path, 'D-DECIDE');
  expect(decide).toMatchObject({ dueOn: '2027-01-11', provisional: true });
  known = await world.decide('handler.heping', known, 'document-request', { items: ['判决书'], reason: '缺材料' });
  expect(await clockAt('handler.heping', known.path, 'D-DECIDE')).toMatchObject({ status: 'paused' });
  await world.decide('handler.heping', known, 'withdrawal', { reason: '本人撤回' });
  expect(await clockAt('handler.heping', known.path, 'D-DECIDE')).toMatchObject({ status: 'met' });
});

test('a case notice has to be confirmed by the Federation', async () => {
  await on('2026-11-16');
  const known = await world.line('settled');
  const casePath = `/v1/assistance-cases/${String(known.body.assistanceCaseId)}`;
  const closing = await service.api.decide('handler.heping', casePath, 'closure', { summary: '救助金已发放' });
  expect(closing.status).toBe(200);
  const waiting = (await clocksAt('wf.heping', '/v1/deadlines')).filter((clock) => clock.code === 'D-NOTICE');
  expect(waiting[0]).toMatchObject({ dueOn: '2026-11-23', status: 'on_track', subject: { kind: 'notice' } });
  expect(waiting[0]?.party.agency.id).toBe(await world.agencyOf('wf.heping'));
  expect(await clockAt('handler.heping', `${casePath}/deadlines`, 'D-REFER')).toMatchObject({ dueOn: '2026-11-23' });
  const notice = String((waiting[0]?.subject as { id: string } | undefined)?.id);
  const receipt = await service.api.decide('wf.heping', `/v1/case-notices/${notice}`, 'receipt', {});
  expect(receipt.status).toBe(200);
  const after = await service.api.get('wf.heping', `/v1/deadlines/${String(waiting[0]?.id)}`);
  expect(after.body).toMatchObject({ status: 'met', endedBy: 'notice.received' });
});

test('one notice of what lacks, once: counted from the opening; the next visit is due six months after one that plans none', async () => {
  await on('2026-03-02');
  const known = await world.opened();
  await on('2026-03-10');
  const items = { items: ['户口簿'], reason: '核实家庭收入' };
  const assigned = await world.decide('head.heping', known, 'assignment', {
    handlerOfficerId: await world.officerId('handler.heping'),
  });
  const asked = await world.decide('handler.heping', assigned, 'document-request', items);
  const notice = { startedOn: '2026-03-02', dueOn: '2026-03-09', endedOn: '2026-03-10', status: 'met_late' };
  expect(await clockAt('handler.heping', `${known.path}/deadlines`, 'D-SUPP')).toMatchObject(notice);
  const here = await world.decide('handler.heping', asked, 'document-receipt', {});
  await world.decide('handler.heping', here, 'document-request', items);
  expect(await clockAt('handler.heping', `${known.path}/deadlines`, 'D-SUPP')).toMatchObject(notice);
});

test('the next visit is due six months after one that plans none, until one is planned', async () => {
  await on('2026-03-02');
  const visit = await world.visit();
  const path = `/v1/assistance-cases/${String(visit.body.assistanceCaseId)}`;
  await on('2026-03-10');
  const record = {
    doneOn: '2026-03-09',
    riskLevel: 'low',
    livingConditions: '稳定',
    useOfFunds: '学费',
    measures: [],
    needs: [],
  };
  await world.decide('handler.heping', visit, 'record', record);
  const next = { startedOn: '2026-03-09', dueOn: '2026-09-09' };
  const clock = () => clockAt('handler.heping', `${path}/deadlines`, 'D-VISIT-NEXT');
  expect(await clock()).toMatchObject({ ...next, status: 'on_track' });
  const plan = { plannedOn: '2026-06-12', mode: 'home' };
  expect((await service.api.create('handler.heping', `${path}/visits`, plan)).status).toBe(201);
  expect(await clock()).toMatchObject({ ...next, status: 'met', endedBy: 'visit.planned' });
});

test('the next action of an account and the review of a break-glass grant go by the rule and the calendar in force', async () => {
  await on('2026-11-16');
  const escalated = async (district: 'heping' | 'tiexi') => {
    const known = await world.account(district);
    const officer = `handler.${district}`;
    const after = await world.decide(officer, known, 'escalation', { reason: '暴力风险上升' });
    return after.body.nextAction;
  };
  const meet = {
    code: 'D-MEET',
    n: 5,
    unit: 'working_day',
    basis: '省级规定',
    mark: 'assumption',
    regionCode: '210106',
  };
  expect((await service.api.as('admin', 'POST', '/v1/deadline-rules', { body: meet })).status).toBe(201);
  expect(await escalated('heping')).toEqual({ kind: 'escalation_decision', dueOn: '2026-12-16' });
  expect(await escalated('tiexi')).toEqual({ kind: 'escalation_decision', dueOn: '2026-11-23' });
  const source = '国务院办公厅临时通知';
  const days = [{ date: '2026-11-20', isWorkday: false, name: '临时放假' }];
  const body = { source, days };
  const changed = await service.api.as('admin', 'POST', '/v1/calendars/2026/overrides', { body });
  expect([changed.status, changed.text.slice(0, changed.status < 300 ? 0 : 300)]).toEqual([201, '']);
  expect(await escalated('tiexi')).toEqual({ kind: 'escalation_decision', dueOn: '2026-11-24' });
  const hidden = await world.opened('tiexi');
  const reason = { subject: { kind: 'case', id: hidden.id }, reasonCode: 'imminent_danger', reason: '紧急' };
  const grant = await service.api.create('chief.heping', '/v1/break-glass-grants', reason);
  expect([grant.status, grant.text.slice(0, grant.status < 300 ? 0 : 300)]).toEqual([201, '']);
  expect(grant.body.reviewDueOn).toBe('2026-11-24');
});
