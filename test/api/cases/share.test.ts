// Joint shares: asked for by those who handle the case, given by another person of a superior, reserved on its fund, part of the award.
import { expect, test } from '@jest/globals';
import { PDF } from '../../support/fixtures/documents.ts';
import { multipart } from '../../support/multipart.ts';
import { asOwner } from '../disbursements/flow.ts';
import { addOfficer, beneficiariesOf, codeOf, errorsOf, GRANT, REFUSE, yuan } from './given.ts';
import { ok, useSharing } from './sharing.ts';

const sharing = useSharing();
const { service, given, agencies, funds, ask, give, shared, propose, decided } = sharing;
const { balances, movedSince, plan, expectSound } = sharing;

test('the request opens the case to the asked superior, masked, and to nobody else', async () => {
  const known = await given.underReview();
  expect((await service.api.get('chief.shenyang', known.path)).status).toBe(404);
  expect((await give(known, 'shenyang', '100.00')).status).toBe(404);
  expect((await ask(known, 'shenyang', '100.00', {}, 'handler.tiexi')).status).toBe(404);
  expect((await ask(known, 'shenyang', '100.00', {}, 'finance.heping')).status).toBe(403);
  expect((await ask(known, 'shenyang', '0.00')).status).toBe(422);
  const below = await ask(known, 'heping', '100.00');
  expect([codeOf(below), errorsOf(below)]).toEqual([
    '422 request.reference_unknown',
    ['/agencyId agency.not_superior'],
  ]);
  const paper = ok(
    await service.api.as('handler.heping', 'POST', `${known.path}/documents`, multipart({ kind: 'other' }, PDF)),
  );
  expect(ok(await ask(known, 'shenyang', '100.00')).body.shares).toMatchObject([{ status: 'requested', amount: null }]);
  const seen = ok(await service.api.get('chief.shenyang', known.path));
  expect(seen.body).toMatchObject({ facts: null, shares: [{ status: 'requested', requestedAmount: yuan('100.00') }] });
  expect(seen.text).not.toContain('李秀兰');
  expect((await service.api.get('chief.shenyang', `/v1/documents/${String(paper.body.id)}/content`)).status).toBe(404);
  expect(seen.body.availableActions).toContainEqual(expect.objectContaining({ action: 'joint-share', allowed: true }));
  const waiting = async (officer: string) =>
    (await service.api.get(officer, '/v1/work-items?assignee=agency')).body.items?.filter(
      (item) => (item.resource as { id: string }).id === known.id && item.action === 'joint-share',
    ).length;
  expect(await waiting('chief.shenyang')).toBe(1);
  expect((await service.api.get('chief.liaoning', known.path)).status).toBe(404);
  expect(codeOf(await give(known, 'shenyang', '100.00', {}, 'head.shenyang'))).toBe('403 auth.forbidden');
  expect(codeOf(await give(known, 'heping', '100.00'))).toBe('403 share.not_asked');
  ok(await give(known, 'shenyang', '100.00'));
  expect(await waiting('chief.shenyang')).toBe(0);
  expect(codeOf(await give(known, 'shenyang', '100.00'))).toBe('403 share.not_asked');
});

test('only its own money, never more than asked, never more than there is', async () => {
  const known = await given.underReview();
  ok(await ask(known, 'shenyang', '6000.00'));
  expect(await give(known, 'shenyang', '6000.01')).toMatchObject({
    status: 409,
    body: { code: 'share.beyond_request', limit: '6000.00' },
  });
  expect(errorsOf(await give(known, 'shenyang', '1.00', { agencyId: agencies.liaoning }))).toEqual([
    '/agencyId agency.not_own',
  ]);
  for (const fundId of [funds.liaoning, funds.heping, known.id])
    expect(codeOf(await give(known, 'shenyang', '1.00', { fundId }))).toBe('422 request.reference_unknown');
  const [former] = await asOwner(service, 'select available_fen from funds where id = $1', [funds.shenyang]);
  const set =
    'update funds set treasury_fen = treasury_fen + available_fen - $2, available_fen = $2 where id = $1 returning id';
  await asOwner(service, set, [funds.shenyang, 500_000]);
  const before = await balances();
  expect(await give(known, 'shenyang', '6000.00')).toMatchObject({
    status: 409,
    body: { code: 'fund.insufficient', missing: '1000.00' },
  });
  expect((await service.api.get('handler.heping', known.path)).body.shares).toMatchObject([{ status: 'requested' }]);
  const dry = await service.api.decide('chief.shenyang', known.path, 'joint-share?dryRun=true', {
    ...{ agencyId: agencies.shenyang, amount: yuan('5000.00'), fundId: funds.shenyang },
  });
  expect(dry).toMatchObject({ status: 200, body: { shares: [{ status: 'given', fundId: funds.shenyang }] } });
  expect((await movedSince(before)).shenyang).toEqual([0, 0, 0, 0]);
  ok(await give(known, 'shenyang', '5000.00'));
  expect((await movedSince(before)).shenyang).toEqual([-5000, 5000, 0, 0]);
  ok(await service.api.decide('handler.heping', known.path, 'withdrawal', { reason: '本人撤回' }));
  await asOwner(service, set, [funds.shenyang, former?.available_fen]);
});

test('asked anew for less, only the difference goes back; an award below the shares is refused', async () => {
  const before = await balances();
  const known = await shared({ shenyang: '30000.00' });
  const answer = await decided(known, '20000.00');
  expect(answer).toMatchObject({ status: 409, body: { code: 'award.below_shares', limit: '30000.00' } });
  ok(await ask(known, 'shenyang', '20000.00'));
  ok(await give(known, 'shenyang', '12000.00'));
  expect((await movedSince(before)).shenyang).toEqual([-12_000, 12_000, 0, 0]);
  ok(await service.api.decide('chief.heping', known.path, 'approval', GRANT));
  expect(await movedSince(before)).toMatchObject({ heping: [-8000, 8000, 0, 0], shenyang: [-12_000, 12_000, 0, 0] });
  expect(codeOf(await ask(known, 'liaoning', '1.00'))).toBe('409 case.illegal_transition');
  ok(await service.api.decide('chief.heping', known.path, 'revocation', { reason: '撤销' }));
  expect(await movedSince(before)).toMatchObject({ heping: [0, 0, 0, 0], shenyang: [0, 0, 0, 0] });
  expect((await service.api.get('handler.heping', known.path)).body.shares).toMatchObject([{ status: 'released' }]);
});

test('who asks, handles, proposes or decides gives no share; who gave one does not decide', async () => {
  const known = await given.underReview();
  const people = await asOwner(service, `select code, person_key from officers where code like '%.heping'`);
  const keyOf = (code: string) => String(people.find((row) => row.code === code)?.person_key);
  const twice = (code: string, of: string) =>
    addOfficer(service.database.ownerUrl, { code, like: 'chief.shenyang', roles: ['chief'], personKey: keyOf(of) });
  await twice('twice-handler.shenyang', 'handler.heping');
  await twice('twice-head.shenyang', 'head.heping');
  await twice('twice-chief.shenyang', 'chief.heping');
  ok(await ask(known, 'shenyang', '5000.00', {}, 'head.heping'));
  for (const officer of ['twice-handler.shenyang', 'twice-head.shenyang'])
    expect(codeOf(await give(known, 'shenyang', '5000.00', {}, officer))).toBe('403 decision.four_eyes');
  ok(await give(known, 'shenyang', '5000.00', {}, 'twice-chief.shenyang'));
  await propose(known, '20000.00');
  expect(codeOf(await service.api.decide('chief.heping', known.path, 'approval', GRANT))).toBe(
    '403 decision.four_eyes',
  );
  const [row] = await asOwner(service, 'select shares_given_by from assistance_cases where id = $1', [known.id]);
  expect(row?.shares_given_by).toEqual([keyOf('chief.heping')]);
});

test('refused: the share goes back, and after a reconsideration it is asked and given anew', async () => {
  const before = await balances();
  const known = await shared({ liaoning: '10000.00' });
  ok(await ask(known, 'shenyang', '100.00'));
  ok(await decided(known, '20000.00', REFUSE));
  expect(await movedSince(before)).toMatchObject({ liaoning: [0, 0, 0, 0], shenyang: [0, 0, 0, 0] });
  expect((await service.api.get('handler.heping', known.path)).body.shares).toMatchObject([
    { status: 'released' },
    { status: 'released' },
  ]);
  ok(await service.api.decide('handler.heping', known.path, 'reconsideration', { newFacts: '新的事实' }));
  expect(codeOf(await give(known, 'liaoning', '1.00'))).toBe('403 share.not_asked');
  await shared({ liaoning: '5000.00' }, known);
  ok(await ask(known, 'shenyang', '100.00'));
  await propose(known, '20000.00');
  const granted = ok(await service.api.decide('chief.shenyang', known.path, 'approval', GRANT));
  expect(granted.body.shares).toMatchObject([{ status: 'given', amount: yuan('5000.00') }, { status: 'lapsed' }]);
  expect(await movedSince(before)).toMatchObject({ heping: [-15_000, 15_000, 0, 0], liaoning: [-5000, 5000, 0, 0] });
  await expectSound();
});

test('several beneficiaries: the share names its person, and of each the parts make the award', async () => {
  const before = await balances();
  const known = await given.underReview('heping', 2);
  const [first, second] = beneficiariesOf(known).map((b) => b.id);
  expect(errorsOf(await ask(known, 'shenyang', '100.00'))).toEqual(['/beneficiaryId beneficiary.required']);
  ok(await ask(known, 'shenyang', '7000.00', { beneficiaryId: first }));
  ok(await ask(known, 'shenyang', '3000.00', { beneficiaryId: second }));
  expect(errorsOf(await give(known, 'shenyang', '3000.00'))).toEqual(['/beneficiaryId beneficiary.required']);
  ok(await give(known, 'shenyang', '7000.00', { beneficiaryId: first }));
  ok(await give(known, 'shenyang', '3000.00'));
  ok(await decided(known, '20000.00'));
  expect(await movedSince(before)).toMatchObject({
    heping: [-30_000, 30_000, 0, 0],
    shenyang: [-10_000, 10_000, 0, 0],
  });
  expect(codeOf(await plan(known, '3000.01', { beneficiaryId: second, fundId: funds.shenyang }))).toBe(
    '409 award.cap_exceeded',
  );
  await expectSound();
});

test('two shares of one fund that covers only one: one 200, one 409 with what is missing', async () => {
  const cases = [await given.underReview(), await given.underReview()];
  for (const known of cases) ok(await ask(known, 'liaoning', '4000.00'));
  const [former] = await asOwner(service, 'select available_fen from funds where id = $1', [funds.liaoning]);
  const set =
    'update funds set treasury_fen = treasury_fen + available_fen - $2, available_fen = $2 where id = $1 returning id';
  await asOwner(service, set, [funds.liaoning, 500_000]);
  const answers = await Promise.all(cases.map((known) => give(known, 'liaoning', '4000.00')));
  expect(answers.map(codeOf).sort()).toEqual(['200 ', '409 fund.insufficient']);
  expect(answers.find((a) => a.status === 409)?.body.missing).toBe('3000.00');
  const left = Number(former?.available_fen) - 400_000;
  await asOwner(service, set, [funds.liaoning, left]);
  await expectSound();
});
