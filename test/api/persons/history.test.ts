// What a person was given by any agency: for agencies with a case of their own, without a name or contact datum, every look on record.
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { beneficiariesOf, createGiven, type Given, GRANT, yuan } from '../cases/given.ts';

const service = useService();
let given: Given;
beforeAll(() => {
  given = createGiven(service.api);
});

const history = (officer: string, personId: string) =>
  service.api.get(officer, `/v1/persons/${personId}/assistance-history`);

const MEMBERS = [
  'agency',
  'decidedOn',
  'grantedAmount',
  'kind',
  'lastOn',
  'measure',
  'openedOn',
  'paidAmount',
  'resource',
  'state',
];

test("agency, dates, kind, amounts and state across agencies; a case of one's own is the key", async () => {
  const { api } = service;
  const { story, caseInput, officerId, proposal } = given;
  const subject = story.subject();
  const open = async (district: 'heping' | 'tiexi') => {
    const given = caseInput(district);
    const linkedCase = { ...(given.linkedCase as object), number: `〔2026〕${district}号` };
    const body = { ...given, linkedCase, subjects: [subject] };
    const { body: made } = await api.create(`handler.${district}`, '/v1/assistance-cases', body);
    return { id: String(made.id), path: `/v1/assistance-cases/${String(made.id)}`, body: made };
  };
  const first = await open('tiexi');
  const personId = beneficiariesOf(first)[0]?.personId ?? '';
  expect((await history('handler.heping', personId)).status).toBe(404);
  const handlerOfficerId = await officerId('handler.tiexi');
  const assigned = await story.decide('head.tiexi', first, 'assignment', { handlerOfficerId });
  const proposed = await story.decide('handler.tiexi', assigned, 'proposal', proposal(assigned));
  await story.decide('chief.tiexi', proposed, 'approval', GRANT);

  const second = await open('heping');
  expect(beneficiariesOf(second)[0]?.personId).toBe(personId);
  const answer = await history('handler.heping', personId);
  expect(answer.body.items).toMatchObject([
    { kind: 'judicial_assistance', agency: { code: 'proc-210102' }, state: 'opened', resource: { id: second.id } },
    {
      kind: 'judicial_assistance',
      agency: { code: 'proc-210106' },
      state: 'granted',
      grantedAmount: yuan('20000.00'),
      paidAmount: yuan('0.00'),
      decidedOn: expect.stringMatching(/^\d{4}-/),
      resource: null,
    },
  ]);
  for (const item of answer.body.items ?? []) expect(Object.keys(item).sort()).toEqual(MEMBERS);
  for (const told of [first.id, '李', subject.phone, subject.idNumber, '样例路', '被害人'])
    expect(answer.text).not.toContain(told);
  const looks = await service.owner.query<{ agency: string; data: Json }>(
    `select a.code as agency, r.data from audit_records r join agencies a on a.id = r.agency_id
     where r.type = 'person.history_read' and r.resource_id = $1`,
    [personId],
  );
  expect(looks).toEqual([{ agency: 'proc-210102', data: { found: true } }]);

  // The Federation owns the account with Tiexi and sees the person, but has no case; its role has no such permission.
  expect((await api.get('wf.tiexi', `/v1/persons/${personId}`)).status).toBe(200);
  expect((await history('wf.tiexi', personId)).status).toBe(403);
  await story.decide('head.heping', second, 'withdrawal', { reason: '本人撤回' });
  expect((await history('handler.heping', personId)).body.code).toBe('person.no_own_case');
  expect((await history('head.tiexi', personId)).status).toBe(200);
});
