// P-13, S-13, S-14: for the officer from whom a person is kept there is nothing of that person, by whatever address, list or body (ADR 0023).
import { beforeAll, expect, test } from '@jest/globals';
import { addDays, civilDateOf } from '../../../src/kernel/civil-date.ts';
import { Api } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { core } from '../../support/sweep.ts';
import { beneficiariesOf, createWorld } from '../../support/world.ts';

const service = useService();
const ABSENT = '0198c2a4-7f00-7000-8000-000000000001';
const BLOCKED = 'deputy.heping';
const LISTS = [
  'assistance-cases',
  'disbursements',
  'referrals',
  'visits',
  'monitoring-accounts',
  'deadlines',
  'events',
];

let known: Known;
let line: Known;
let referralId = '';
let visitId = '';
let personId = '';
let accountId = '';
/** Tokens of after the rule: what is remembered of a caller lives five seconds. */
let api: Api;

beforeAll(async () => {
  const world = createWorld(service.api, () => addClient(service));
  line = await world.line('submitted');
  const id = String(line.body.assistanceCaseId);
  const path = `/v1/assistance-cases/${id}`;
  known = { id, path, body: (await service.api.get('handler.heping', path)).body };
  personId = String(beneficiariesOf(known)[0]?.personId);
  const sent = await service.api.create('handler.heping', `${path}/referrals`, await world.referralInput(known));
  referralId = String(sent.body.id);
  const visit = { plannedOn: addDays(civilDateOf(new Date(Date.now())), 20), mode: 'office', personIds: [personId] };
  visitId = String((await service.api.create('handler.heping', `${path}/visits`, visit)).body.id);
  const [row] = await service.owner.query<{ id: string }>('select id from monitoring_accounts where person_id = $1', [
    personId,
  ]);
  accountId = String(row?.id);
  const rule = await service.api.as('handler.heping', 'PUT', `/v1/persons/${personId}/safe-contact`, {
    headers: { 'if-none-match': '*' },
    body: {
      reasonCode: 'domestic_violence',
      reviewOn: addDays(civilDateOf(new Date(Date.now())), 30),
      blockedPersons: [{ name: '副检察长', officerId: await world.officerId(BLOCKED) }],
    },
  });
  expect([rule.status, rule.text.slice(0, 200)]).toEqual([201, expect.anything()]);
  api = new Api(service.app);
}, 60_000);

test('no address shows it: the bytes of what is absent', async () => {
  const addresses = [
    known.path,
    ...['timeline', 'decisions', 'history', 'corrections', 'disbursements', 'referrals', 'visits', 'deadlines'].map(
      (name) => `${known.path}/${name}`,
    ),
    `${known.path}/documents`,
    line.path,
    `${line.path}/documents`,
    `/v1/referrals/${referralId}`,
    `/v1/referrals/${referralId}/documents`,
    `/v1/visits/${visitId}`,
    `/v1/visits/${visitId}/documents`,
    `/v1/monitoring-accounts/${accountId}`,
    `/v1/monitoring-accounts/${accountId}/timeline`,
    `/v1/monitoring-accounts/${accountId}/entries`,
    `/v1/persons/${personId}`,
  ];
  for (const address of addresses) {
    const hidden = await api.get(BLOCKED, address);
    const absent = await api.get(BLOCKED, address.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, ABSENT));
    expect([address, hidden.status, core(hidden)]).toEqual([address, 404, core(absent)]);
    expect([address, (await api.get('handler.heping', address)).status]).toEqual([address, 200]);
  }
});

test('no list and no event names it, though a colleague finds it there', async () => {
  const ids = [known.id, line.id, referralId, visitId, accountId, personId];
  const named = async (officer: string) => {
    const pages = await Promise.all(
      LISTS.map((name) => api.get(officer, `/v1/${name}?limit=${name === 'events' ? 100 : 200}`)),
    );
    expect(pages.map(({ status }) => status)).toEqual(LISTS.map(() => 200));
    const text = pages.map((page) => page.text).join('');
    return ids.filter((id) => text.includes(id));
  };
  expect(await named(BLOCKED)).toEqual([]);
  expect(await named('chief.heping')).toEqual(ids);
});

test('no act reaches it, and none says that it is there', async () => {
  const revocation = { body: { reason: '错误' }, etag: '"5.x"' };
  const acts = [known.path, `/v1/assistance-cases/${ABSENT}`].map((path) =>
    api.as(BLOCKED, 'POST', `${path}/revocation`, revocation),
  );
  const [hidden, absent] = await Promise.all(acts);
  expect([hidden?.status, hidden && core(hidden)]).toEqual([404, absent && core(absent)]);
  for (const id of [known.id, ABSENT]) {
    const body = { subject: { kind: 'case', id }, reasonCode: 'imminent_danger', reason: '紧急' };
    const asked = await api.create(BLOCKED, '/v1/break-glass-grants', body);
    expect([asked.status, asked.body.code]).toEqual([422, 'request.reference_unknown']);
    const hold = { subject: { kind: 'case', id }, reasonCode: 'litigation', reason: '诉讼' };
    const held = await api.create(BLOCKED, '/v1/legal-holds', hold);
    expect([held.status, held.body.code]).toEqual([422, 'request.reference_unknown']);
  }
});
