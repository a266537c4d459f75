// One time only: the same person under the same original case, across agencies and funds; overridden by the level above alone.
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type District, type Known, must } from '../../support/story.ts';
import { asOwner, ok } from '../disbursements/flow.ts';
import { beneficiariesOf, codeOf, createGiven, errorsOf, type Given, GRANT, REFUSE, yuan } from './given.ts';

const service = useService();
let given: Given;
let nth = 0;
beforeAll(() => {
  given = createGiven(service.api);
});

const organ = '沈阳市和平区人民法院';
const linked = (number: string) => ({ type: 'criminal', number, handlingOrgan: organ });
const nextNumber = () => `（2026）辽0102刑初${++nth}号`;

async function opened(district: District, subjects: Json[], number: string, change: Json = {}) {
  const body = { ...given.caseInput(district), subjects, linkedCase: linked(number), ...change };
  return service.api.create(`handler.${district}`, '/v1/assistance-cases', body);
}
async function review(district: District, subjects: Json[], number: string, change: Json = {}): Promise<Known> {
  const known = must(await opened(district, subjects, number, change), '/v1/assistance-cases');
  const handlerOfficerId = await given.officerId(`handler.${district}`);
  return given.story.decide(`head.${district}`, known, 'assignment', { handlerOfficerId });
}
const propose = (known: Known, district: District, change: Json = {}) =>
  service.api.decide(`handler.${district}`, known.path, 'proposal', given.proposal(known, change));
async function granted(district: District, subjects: Json[], number: string): Promise<Known> {
  const known = await review(district, subjects, number);
  ok(await propose(known, district));
  return given.story.decide(`chief.${district}`, known, 'approval', GRANT);
}

test('refused at the opening in another agency and another writing, with agency and day and nothing else', async () => {
  const woman = given.story.subject();
  const number = nextNumber();
  await granted('heping', [woman], number);
  const other = `〔2026〕辽0102刑初 ${nth} 号`;
  const refused = await opened('tiexi', [woman], other);
  expect([codeOf(refused), errorsOf(refused)]).toEqual(['409 aid.given_already', ['/subjects/0 aid.given_already']]);
  expect(refused.text).toContain('沈阳市和平区人民检察院');
  expect(refused.text).not.toContain(woman.idNumber);
  const clue = await given.story.clue('tiexi', { subjects: [woman], linkedCase: linked(other) });
  const accept = (body: Json) => service.api.decide('head.tiexi', clue.path, 'acceptance', body);
  expect(codeOf(await accept({}))).toBe('409 aid.given_already');
  expect((await service.api.get('head.tiexi', clue.path)).body).toMatchObject({ state: 'submitted' });
  expect(ok(await accept({ override: { reason: '伤情恶化，再次致困' } })).body).toMatchObject({ state: 'accepted' });
});

test('an override goes before the level above, stays on record, and is not the last word on others', async () => {
  const woman = given.story.subject();
  const number = nextNumber();
  const first = await granted('heping', [woman], number);
  const known = await review('tiexi', [woman], number, { override: { reason: '伤情恶化' } });
  expect((await service.api.get('handler.tiexi', known.path)).body).toMatchObject({
    aidedReason: '伤情恶化',
    formerAid: [
      { sameCase: true, agency: { code: 'proc-210102' }, kind: 'award', beneficiaryId: beneficiariesOf(known)[0]?.id },
    ],
  });
  const refused = await propose(known, 'tiexi');
  expect([codeOf(refused), errorsOf(refused)]).toEqual(['409 aid.given_already', ['/awards/0 aid.given_already']]);
  const advance = { beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan('100.00') };
  expect(codeOf(await service.api.decide('chief.tiexi', known.path, 'emergency-advance', advance))).toBe(
    '409 aid.given_already',
  );
  const proposed = ok(await propose(known, 'tiexi', { override: { reason: '伤情恶化，确需再次救助' } })).body;
  expect(proposed.pendingApproval).toMatchObject({ reasons: ['once_override'], steps: ['own', 'superior'] });
  ok(await service.api.decide('chief.tiexi', known.path, 'approval', GRANT));
  expect(ok(await service.api.decide('chief.shenyang', known.path, 'approval', GRANT)).body).toMatchObject({
    state: 'granted',
  });
  expect((await service.api.get('supervisor.liaoning', known.path)).body.formerAid).toEqual([]);
  expect((await service.api.get('chief.heping', first.path)).body.formerAid).toMatchObject([{ sameCase: true }]);
});

test('the same person under another case is shown, not stopped; a family is stopped only where all were aided', async () => {
  const woman = given.story.subject();
  const number = nextNumber();
  await granted('heping', [woman], number);
  const elsewhere = await review('tiexi', [woman], nextNumber());
  expect((await service.api.get('handler.tiexi', elsewhere.path)).body.formerAid).toMatchObject([{ sameCase: false }]);
  ok(await propose(elsewhere, 'tiexi'));
  const family = await review('tiexi', [woman, given.story.subject()], number);
  const child = beneficiariesOf(family)[1]?.id;
  expect(errorsOf(await propose(family, 'tiexi'))).toEqual(['/awards/0 aid.given_already']);
  ok(await propose(family, 'tiexi', { awards: [{ beneficiaryId: child, amount: yuan('5000.00') }] }));
});

test('two agencies grant at once: one is paid, the other learns why not', async () => {
  const woman = given.story.subject();
  const number = nextNumber();
  const places = ['heping', 'tiexi'] as const;
  const cases = [];
  for (const place of places) {
    const known = await review(place, [woman], number);
    ok(await propose(known, place));
    cases.push(known);
  }
  const answers = await Promise.all(
    cases.map((known, i) => service.api.decide(`chief.${places[i]}`, known.path, 'approval', GRANT)),
  );
  expect(answers.map(codeOf).sort()).toEqual(['200 ', '409 aid.given_already']);
  const rows = await asOwner(
    service,
    'select count(*)::int as n from case_aids where freed_on is null and case_id = any($1)',
    [cases.map(({ id }) => id)],
  );
  expect(rows).toEqual([{ n: 1 }]);
});

test('freed by the revocation; an advance counts until the case gets no aid', async () => {
  const woman = given.story.subject();
  const number = nextNumber();
  const first = await granted('heping', [woman], number);
  ok(await service.api.decide('chief.heping', first.path, 'revocation', { reason: '查明不符合条件' }));
  const second = await review('tiexi', [woman], number);
  const advance = { beneficiaryId: beneficiariesOf(second)[0]?.id, amount: yuan('1000.00') };
  ok(await service.api.decide('chief.tiexi', second.path, 'emergency-advance', advance));
  expect(codeOf(await opened('heping', [woman], number))).toBe('409 aid.given_already');
  ok(await propose(second, 'tiexi'));
  ok(await service.api.decide('chief.tiexi', second.path, 'approval', REFUSE));
  expect((await service.api.get('chief.tiexi', second.path)).body.advances).toMatchObject([{ status: 'to_recover' }]);
  expect((await opened('heping', [woman], number)).status).toBe(201);
});

test('a correction of the original case does not slip past the wall', async () => {
  const woman = given.story.subject();
  const number = nextNumber();
  await granted('heping', [woman], number);
  const other = await granted('tiexi', [woman], nextNumber());
  const body = { pointer: '/linkedCase/number', value: number, reason: '案号录入错误' };
  ok(await service.api.decide('handler.tiexi', other.path, 'correction', body));
  const { items = [] } = (await service.api.get('chief.tiexi', `${other.path}/corrections`)).body;
  const path = `${other.path}/corrections/${String(items[0]?.id)}`;
  const { etag } = await service.api.get('chief.tiexi', other.path);
  const answer = await service.api.as('chief.tiexi', 'POST', `${path}/confirmation`, { body: {}, etag });
  expect(codeOf(answer)).toBe('409 aid.given_already');
});
