// The dossier: everything about a case in one document, for its team and who decides; and what was granted in like cases.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { PDF } from '../../support/fixtures/documents.ts';
import { multipart } from '../../support/multipart.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { addOfficer, beneficiariesOf, codeOf, createGiven, GRANT, yuan } from './given.ts';

const service = useService();

function files() {
  const { api } = service;
  const given = createGiven(api);
  const { story, officerId, proposal } = given;
  const read = (officer: string, known: Known) => api.get(officer, `${known.path}/dossier`);

  /** A case that came from a clue, was paid, referred, visited, corrected and closed. */
  async function whole(): Promise<Known> {
    const handlerOfficerId = await officerId('handler.heping');
    const clue = await story.decide('head.heping', await story.clue(), 'acceptance', { handlerOfficerId });
    const path = `/v1/assistance-cases/${String(clue.body.assistanceCaseId)}`;
    const known: Known = { id: path.slice(-36), path, body: (await api.get('handler.heping', path)).body };
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    await story.decide('chief.heping', known, 'approval', GRANT);
    const [beneficiary] = beneficiariesOf(known);
    const payee = { type: 'self', name: '李秀兰', bankName: '中国银行', accountNumber: '6222020012345678901' };
    const input = { beneficiaryId: beneficiary?.id, amount: yuan('20000.00'), kind: 'lump', payee };
    const body = { ...input, requestNumber: story.reference('DO') };
    const line = must(await api.create('handler.heping', `${path}/disbursements`, body), '/v1/disbursements');
    await story.decide('head.heping', line, 'authorisation');
    await story.decide('finance.heping', line, 'submission');
    await story.decide('finance.heping', line, 'settlement', { paidOn: '2026-01-15', bankReference: 'B-1' });
    const referral = {
      agencyId: await story.agencyOf('civil.heping'),
      personIds: [beneficiary?.personId],
      measures: ['MCA3'],
      proposal: '建议给予临时救助',
      legalBasis: 'statutory_duty',
    };
    must(await api.create('handler.heping', `${path}/referrals`, referral), '/v1/referrals');
    const correction = { pointer: '/hardship', value: '无业。', reason: '核对' };
    await story.decide('handler.heping', known, 'correction', correction);
    await story.decide('handler.heping', known, 'closure', { summary: '救助完毕', advice: '关注就学' });
    return known;
  }

  return { api, ...given, read, whole };
}

/** Every list of actions anywhere in the document. */
function actionsIn(node: unknown): unknown[] {
  if (Array.isArray(node)) return node.flatMap(actionsIn);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, member]) => (name === 'availableActions' ? [member] : actionsIn(member)));
}

describe('the dossier', () => {
  test('holds every part of the case, oldest first, and no actions', async () => {
    const { api, read, whole } = files();
    const known = await whole();
    const upload = multipart({ kind: 'application' }, PDF);
    must(await api.as('handler.heping', 'POST', `${known.path}/documents`, upload), '/v1/documents');
    const { status, body } = await read('handler.heping', known);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      assistanceCaseId: known.id,
      number: known.body.number,
      generatedBy: { code: 'handler.heping' },
      generatedAt: expect.stringMatching(/^\d{4}-/),
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      truncated: [],
      case: { state: 'closed', closureSummary: '救助完毕', hardship: '无业。' },
      advice: '关注就学',
      clue: { assistanceCaseId: known.id },
      decisions: [{ outcome: 'granted' }],
      history: [{ pointer: '/hardship', newValue: '无业。' }],
      corrections: [{ state: 'applied', reason: '核对' }],
      notices: [{ state: 'sent', assistanceCaseId: known.id }],
      disbursements: [{ state: 'settled', amount: yuan('20000.00') }],
      referrals: [{ measures: ['MCA3'], state: 'requested' }],
      visits: [{ state: 'planned', assistanceCaseId: known.id }],
      accounts: [{ personId: beneficiariesOf(known)[0]?.personId, number: expect.stringMatching(/^MA-/) }],
      documents: [{ parent: { kind: 'case', id: known.id }, document: { kind: 'application' } }],
    });
    const types = (body.timeline as Json[]).map((entry) => entry.type);
    expect([types[0], types.at(-1)]).toEqual(['case.opened', 'case.closed']);
    const actions = actionsIn(body);
    expect(actions.length).toBeGreaterThan(3);
    expect(actions.every((list) => Array.isArray(list) && list.length === 0)).toBe(true);
    expect(JSON.stringify(body)).not.toContain('6222020012345678901');
  });

  test('is for the team and who decides; each reading is on record', async () => {
    const { api, read, granted } = files();
    const known = await granted();
    const views = async () => {
      const sql = `select count(*)::int as n from audit_records where type = 'person.viewed' and purpose = 'case.dossier'`;
      return (await service.owner.query<{ n: number }>(sql))[0]?.n ?? 0;
    };
    const before = await views();
    for (const officer of ['handler.heping', 'head.heping', 'chief.heping'])
      expect([officer, (await read(officer, known)).status]).toEqual([officer, 200]);
    expect((await views()) - before).toBe(3);
    await addOfficer(service.database.ownerUrl, {
      code: 'colleague.heping',
      like: 'handler.heping',
      roles: ['handler'],
      personKey: 'colleague',
    });
    expect(codeOf(await read('colleague.heping', known))).toBe('403 case.not_assigned');
    for (const officer of ['finance.heping', 'supervisor.liaoning', 'wf.heping', 'intake.heping'])
      expect([officer, (await read(officer, known)).status]).toEqual([officer, 403]);
    expect((await read('handler.tiexi', known)).status).toBe(404);
    expect((await views()) - before).toBe(3);
    expect((await api.get('handler.heping', known.path)).status).toBe(200);
  });

  test('says by its hash whether anything has changed for the same reader', async () => {
    const { story, read, granted } = files();
    const known = await granted();
    const hash = async () => (await read('handler.heping', known)).body.contentHash;
    const first = await hash();
    expect(await hash()).toBe(first);
    await story.decide('handler.heping', known, 'correction', {
      pointer: '/hardship',
      value: '无业。',
      reason: '核对',
    });
    expect(await hash()).not.toBe(first);
  });
});

describe('comparable cases', () => {
  type Files = ReturnType<typeof files>;
  const awarded = async (of: Files, amount: string, district: 'heping' | 'tiexi' = 'heping'): Promise<Known> => {
    const { story, underReview, proposal } = of;
    const known = await underReview(district);
    const awards = [{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount) }];
    await story.decide(`handler.${district}`, known, 'proposal', proposal(known, { eligibilityCode: 'E3', awards }));
    return story.decide(`chief.${district}`, known, 'approval', GRANT);
  };

  test('median and quartiles over the city from five cases on, nothing below that', async () => {
    const of = files();
    const { api, underReview } = of;
    for (const amount of ['10000.00', '20000.00']) await awarded(of, amount);
    for (const amount of ['30000.00', '40000.00']) await awarded(of, amount, 'tiexi');
    const known = await underReview();
    const ask = async (query: string) =>
      (await api.get('handler.heping', `${known.path}/comparable-cases?eligibilityCode=E3${query}`)).body;
    expect(await ask('')).toEqual({
      basis: { eligibilityCode: 'E3', categories: ['W2'], regionCode: '210100', year: expect.any(Number) },
      suppressed: true,
      cases: null,
      lowerQuartile: null,
      median: null,
      upperQuartile: null,
      range: null,
    });
    const last = await awarded(of, '50000.00');
    expect(await ask('&scope=province')).toMatchObject({
      basis: { regionCode: '210000' },
      suppressed: false,
      cases: 5,
      lowerQuartile: yuan('20000.00'),
      median: yuan('30000.00'),
      upperQuartile: yuan('40000.00'),
    });
    expect(await ask('')).toMatchObject({ range: { from: yuan('8000.00'), to: yuan('100000.00') } });
    const propose = (amount: string, change = {}, query = '?dryRun=true') => {
      const awards = [{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount) }];
      const body = of.proposal(known, { eligibilityCode: 'E3', awards, ...change });
      return api.decide('handler.heping', known.path, `proposal${query}`, body);
    };
    const range = { from: yuan('8000.00'), to: yuan('100000.00') };
    // Whoever decides sees that a sum is unlike the others, and why: the opinion that every proposal has, or words of their own.
    const outside = { '7999.99': range, '8000.00': null, '100000.00': null, '100000.01': range };
    for (const [amount, outsideRange] of Object.entries(outside))
      expect((await propose(amount)).body).toMatchObject({ proposal: { outsideRange, amountReason: null } });
    expect((await propose('100000.01', { eligibilityCode: 'E4' })).body).toMatchObject({
      proposal: { outsideRange: null },
    });
    const reasoned = await propose('150000.00', { amountReason: '需长期康复治疗' });
    expect(reasoned.body).toMatchObject({ proposal: { amountReason: '需长期康复治疗', outsideRange: range } });
    expect((await api.get('handler.heping', known.path)).body.state).toBe('under_review');
    expect(await ask('&scope=county')).toMatchObject({ suppressed: true, basis: { regionCode: '210102' } });
    expect(await ask('&year=2024')).toMatchObject({ suppressed: true });
    const own = await api.get('chief.heping', `${last.path}/comparable-cases`);
    expect(own.body).toMatchObject({ suppressed: true, basis: { eligibilityCode: 'E3' } });
    // One case more does not tell its own award: the count moves in fives, the amounts in thousands.
    await awarded(of, '40300.00', 'tiexi');
    expect(await ask('')).toMatchObject({ cases: 5, median: yuan('35000.00'), upperQuartile: yuan('40000.00') });
    const unknown = await api.get('handler.heping', `${known.path}/comparable-cases?eligibilityCode=E99`);
    expect(codeOf(unknown)).toBe('422 request.rule_violated');
    expect((await api.get('handler.tiexi', `${known.path}/comparable-cases`)).status).toBe(404);
  });
});
