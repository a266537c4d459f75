// An account opens once per person, when aid is considered, given or asked for (ADR 0008), and shows both owners the same.
import { describe, expect, test } from '@jest/globals';
import { addMonths, civilDateOf } from '../../../src/kernel/civil-date.ts';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { createGiven as createCaseGiven, GRANT, yuan } from '../cases/given.ts';
import { asOwner } from '../disbursements/flow.ts';
import { actionOf, createGiven } from './given.ts';

const service = useService({ poolSize: 16 });
const today = () => civilDateOf(new Date());

describe('opening', () => {
  test('each beneficiary with a grant gets an account that is due for a first visit', async () => {
    const { api } = service;
    const { aided, accountOf } = createGiven(api);
    const { c, personId, account } = await aided(2);
    expect(account.body).toMatchObject({
      state: 'open',
      version: 2,
      person: { id: personId, name: '李*', idNumber: expect.stringContaining('****') },
      assistanceCaseIds: [c.id],
      grantedAmount: yuan('20000.00'),
      paidAmount: yuan('0.00'),
      riskLevel: null,
      nextAction: { kind: 'first_visit', dueOn: addMonths(today(), 3) },
      owners: [{ agency: { code: 'proc-210102' } }, { agency: { code: 'wf-210102' } }],
      referrals: [],
      visits: [],
      closureConsents: [],
    });
    expect(account.body.number).toMatch(/^MA-210102-\d{4}-\d+$/);
    const other = await accountOf(c.beneficiaries[1]?.personId ?? '');
    expect(other.id).not.toBe(account.id);
  });

  test('a referral of a routed clue opens one for the receiving procuratorate and its Federation', async () => {
    const { api } = service;
    const { routed, read } = createGiven(api);
    const { account, referral } = await routed();
    expect(account.body).toMatchObject({
      assistanceCaseIds: [],
      grantedAmount: yuan('0.00'),
      nextAction: { kind: 'referral_response', dueOn: referral.body.respondBy },
      referrals: [{ id: referral.id, state: 'requested', agency: { code: 'civ-210102' }, measures: ['MCA3'] }],
      owners: [{ agency: { code: 'proc-210102' } }, { agency: { code: 'wf-210102' } }],
    });
    expect((await read('wf.heping', account.path)).body).toMatchObject({ id: account.id });
  });

  test('a visit planned before the grant comes with the case', async () => {
    const { api } = service;
    const { plannedVisit, accountOf } = createGiven(api);
    const { proposed, story } = createCaseGiven(api);
    const c = await proposed('heping', {}, 1);
    const visit = await plannedVisit(c, { plannedOn: '2027-03-01' });
    await story.decide('chief.heping', c, 'approval', GRANT);
    const [b] = c.body.beneficiaries as { personId: string }[];
    const { body } = await accountOf(b?.personId ?? '');
    expect(body).toMatchObject({ visits: [{ id: visit.id }], nextAction: { kind: 'visit', dueOn: '2027-03-01' } });
  });
});

describe('one open account per person', () => {
  test('ten grants and referrals at once open one', async () => {
    const { api } = service;
    const { story, request, accountOf } = createGiven(api);
    const { officerId } = createCaseGiven(api);
    const person = story.subject();
    const handlerOfficerId = await officerId('handler.heping');
    const linked = (n: number) => ({ ...sampleClue().linkedCase, number: `沈和检刑诉〔2026〕${900 + n}号` });

    async function pending(n: number): Promise<Known> {
      const body = { ...story.clueInput(), subjects: [person], linkedCase: linked(n) };
      const clue = must(await api.create('wf.heping', '/v1/clues', body), '/v1/clues');
      const accepted = await story.decide('head.heping', clue, 'acceptance', { handlerOfficerId });
      const path = `/v1/assistance-cases/${String(accepted.body.assistanceCaseId)}`;
      const seen = await api.get('handler.heping', path);
      const [b] = seen.body.beneficiaries as { id: string }[];
      const awards = [{ beneficiaryId: b?.id, amount: yuan('1000.00') }];
      const proposal = { eligibilityCode: 'E1', exclusions: [], awards, opinion: '建议救助' };
      return story.decide('handler.heping', { id: path, path, body: seen.body }, 'proposal', proposal);
    }
    async function unrouted(n: number): Promise<{ clue: Known; referrals: Json[] }> {
      const body = { ...story.clueInput(), subjects: [person], linkedCase: linked(n) };
      const clue = must(await api.create('wf.heping', '/v1/clues', body), '/v1/clues');
      const [subject] = clue.body.subjects as { id: string }[];
      return { clue, referrals: [await request('civil', [subject?.id ?? ''])] };
    }
    const cases = [];
    const clues = [];
    for (let n = 0; n < 5; n++) {
      cases.push(await pending(n));
      clues.push(await unrouted(10 + n));
    }
    await Promise.all([
      ...cases.map((c) => story.decide('chief.heping', c, 'approval', GRANT)),
      ...clues.map(({ clue, referrals }) =>
        story.decide('intake.heping', clue, 'social-assistance-routing', { reason: '转社会救助', referrals }),
      ),
    ]);
    const beneficiaries = cases.flatMap((c) => c.body.beneficiaries as { personId: string }[]);
    const [personId = '', ...others] = new Set(beneficiaries.map((b) => b.personId));
    expect(others).toEqual([]);
    const rows = await asOwner(service, 'select id from monitoring_accounts where person_id = $1', [personId]);
    expect(rows).toHaveLength(1);
    const { body } = await accountOf(personId);
    expect(body).toMatchObject({ grantedAmount: yuan('5000.00'), version: 20 });
    expect(body.assistanceCaseIds).toHaveLength(5);
    expect(body.referrals).toHaveLength(5);
  }, 120_000);
});

describe('who sees it', () => {
  test('the Federation sees the account and what hangs on it, and not the case', async () => {
    const { api } = service;
    const { aided, refer, plannedVisit, read } = createGiven(api);
    const { c, personId, account } = await aided();
    const referral = await refer(c);
    const visit = await plannedVisit(c);
    const { body } = await read('wf.heping', account.path);
    expect(body).toMatchObject({
      referrals: [{ id: referral.id }],
      visits: [{ id: visit.id }],
      person: { name: '李*' },
    });
    expect([403, 404]).toContain((await api.get('wf.heping', c.path)).status);
    expect((await api.get('wf.heping', referral.path)).status).toBe(404);
    expect((await api.get('wf.heping', `/v1/persons/${personId}`)).status).toBe(200);
    const list = await api.get('wf.heping', `/v1/monitoring-accounts?personId=${personId}`);
    expect(list.body.items).toMatchObject([{ id: account.id, personId }]);
    expect(list.text).not.toContain('李');
  });

  test('strangers find nothing, oversight reads without reasons, departments lack the permission', async () => {
    const { api } = service;
    const { aided, story } = createGiven(api);
    const { account } = await aided();
    await story.decide('wf.heping', account, 'escalation', { reason: '丈夫出狱后威胁' });
    for (const officer of ['handler.tiexi', 'wf.tiexi', 'wf.shenyang', 'handler.shenyang'])
      expect((await api.get(officer, account.path)).status).toBe(404);
    expect((await api.get('civil.heping', account.path)).status).toBe(403);
    const { body } = await api.get('supervisor.liaoning', account.path);
    expect(body).toMatchObject({ state: 'escalated', escalationReason: null, person: { name: '李*' } });
    expect((await api.get('handler.heping', account.path)).body.escalationReason).toBe('丈夫出狱后威胁');
    const events = await asOwner(service, 'select data::text from events where resource_id = $1', [account.id]);
    expect(JSON.stringify(events)).not.toContain('出狱');
  });

  test('a second procuratorate that aids the person sees the account and leaves it with its owners', async () => {
    const { api } = service;
    const { story, accountOf } = createGiven(api);
    const { officerId, caseInput, proposal } = createCaseGiven(api);
    const person = story.subject();
    const path = '/v1/assistance-cases';
    for (const district of ['heping', 'tiexi'] as const) {
      const linkedCase = { ...sampleClue().linkedCase, number: `沈检刑诉〔2026〕${district.length}号` };
      const body = { ...caseInput(district), linkedCase, subjects: [person] };
      const c = must(await api.create(`handler.${district}`, path, body), path);
      const handlerOfficerId = await officerId(`handler.${district}`);
      await story.decide(`head.${district}`, c, 'assignment', { handlerOfficerId });
      await story.decide(`handler.${district}`, c, 'proposal', proposal(c));
      const done = await story.decide(`chief.${district}`, c, 'approval', GRANT);
      const [b] = done.body.beneficiaries as { personId: string }[];
      const { body: account } = await accountOf(b?.personId ?? '', `handler.${district}`);
      expect(account.owners).toMatchObject([{ agency: { code: 'proc-210102' } }, { agency: { code: 'wf-210102' } }]);
      expect(actionOf(account, 'escalation')?.allowed).toBe(district === 'heping');
      const entries = `/v1/monitoring-accounts/${String(account.id)}/entries`;
      const entry = await api.create(`handler.${district}`, entries, { text: '已告知' });
      expect(entry.status).toBe(district === 'heping' ? 201 : 403);
      expect((await api.get(`wf.${district}`, entries)).status).toBe(district === 'heping' ? 200 : 404);
    }
  });

  test('who only knows the number and files, accepts or passes on a clue sees no account of another procuratorate', async () => {
    const { api } = service;
    const { story, request, aided } = createGiven(api);
    const { account } = await aided();
    const shared = story.subject();
    const opened = await story.decide(
      'intake.heping',
      await story.clue('heping', { subjects: [shared] }),
      'acceptance',
    );
    const known = `/v1/assistance-cases/${String(opened.body.assistanceCaseId)}`;
    const [b] = (await api.get('handler.heping', known)).body.beneficiaries as { personId: string }[];
    const list = `/v1/monitoring-accounts?personId=${b?.personId ?? ''}`;
    const number = { name: '王试探', idType: 'citizen_id', idNumber: shared.idNumber };
    const routed = await story.clue('tiexi', { subjects: [number], linkedCase: null });
    const [subject] = routed.body.subjects as { id: string }[];
    const civil = { ...(await request('civil', [subject?.id ?? ''])), agencyId: await story.agencyOf('civil.tiexi') };
    await story.decide('intake.tiexi', routed, 'social-assistance-routing', {
      reason: '无关联案件',
      referrals: [civil],
    });
    await story.decide('intake.tiexi', await story.clue('tiexi', { subjects: [number] }), 'acceptance');
    const [found] = (await api.get('handler.heping', list)).body.items ?? [];
    for (const officer of ['intake.tiexi', 'handler.tiexi', 'head.tiexi', 'wf.tiexi']) {
      expect((await api.get(officer, list)).body.items).toEqual([]);
      for (const id of [found?.id, account.id])
        expect((await api.get(officer, `/v1/monitoring-accounts/${String(id)}`)).status).toBe(404);
    }
  });
});
