// The short lists in the view of a case: what each reader may read and sees, newest first, the same after a decision (contract §3).
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';
import { createGiven as createFollowed } from '../accounts/given.ts';
import { advanceTo, planned } from '../disbursements/flow.ts';
import type { GrantedCase } from '../referrals/given.ts';
import { createGiven, yuan } from './given.ts';

const service = useService();
const NAMES = ['disbursements', 'referrals', 'visits'] as const;
type Lists = Record<(typeof NAMES)[number], Json[]>;
const listsOf = (body: Json) => Object.fromEntries(NAMES.map((name) => [name, body[name]])) as Lists;

async function read(officer: string, path: string): Promise<Json> {
  const { status, body } = await service.api.get(officer, path);
  expect(status).toBe(200);
  return body;
}

/** Two lines, the first of them settled; one accepted referral; the visit that arose from them. */
async function paidAndReferred(): Promise<GrantedCase> {
  const { aided, refer, story } = createFollowed(service.api);
  const { c } = await aided();
  const granted = { ...c, beneficiaries: c.beneficiaries.map((b) => b.id) };
  const first = await planned(service.api, granted, '5000.00');
  await planned(service.api, granted, '15000.00', { kind: 'instalment' });
  await advanceTo(service.api, first, 'settled');
  await story.decide('civil.heping', await refer(c), 'acceptance');
  return c;
}

describe('the lists of a paid and referred case', () => {
  test('stand in the view of its handler, newest first, as the lists of their own say', async () => {
    const c = await paidAndReferred();
    const body = await read('handler.heping', c.path);
    const { disbursements, referrals, visits } = listsOf(body);
    const beneficiaryId = c.beneficiaries[0]?.id;
    expect(disbursements).toMatchObject([
      { state: 'reserved', beneficiaryId, kind: 'instalment', amount: yuan('15000.00') },
      { state: 'settled', beneficiaryId, kind: 'lump', amount: yuan('5000.00') },
    ]);
    expect(referrals).toMatchObject([{ state: 'accepted', measures: ['MCA3'] }]);
    expect(visits).toMatchObject([{ state: 'planned', doneOn: null }]);
    for (const name of NAMES) {
      const { items = [] } = (await service.api.get('handler.heping', `${c.path}/${name}`)).body;
      expect(items).toMatchObject(listsOf(body)[name].map(({ id, number, state }) => ({ id, number, state })));
    }
  });

  test('finance reads the payments, and nothing of referrals and visits', async () => {
    const c = await paidAndReferred();
    const { disbursements } = listsOf(await read('handler.heping', c.path));
    const body = await read('finance.heping', c.path);
    expect(listsOf(body)).toEqual({ disbursements, referrals: [], visits: [] });
  });

  test('a supervisor of the province reads what the handler reads', async () => {
    const c = await paidAndReferred();
    const lists = listsOf(await read('handler.heping', c.path));
    expect(listsOf(await read('supervisor.liaoning', c.path))).toEqual(lists);
  });

  test('a row that the caller does not see is left out, whatever the permission', async () => {
    const c = await paidAndReferred();
    const { referrals, ...others } = listsOf(await read('handler.heping', c.path));
    const agency = await createFollowed(service.api).story.agencyOf('handler.heping');
    const ids = [...referrals, ...others.disbursements.slice(0, 1)].map((row) => String(row.id));
    await withClient(service.database.superUrl, (client) =>
      client.query('delete from access where agency_id = $1 and resource_id = any($2::uuid[])', [agency, ids]),
    );
    const lists = listsOf(await read('handler.heping', c.path));
    expect(lists).toEqual({ ...others, disbursements: others.disbursements.slice(1), referrals: [] });
  });
});

test('the answer to a decision has the members of the view', async () => {
  const { aided, refer, story } = createFollowed(service.api);
  const { c } = await aided();
  await refer(c);
  const revoked = await story.decide('chief.heping', c, 'revocation', { reason: '查明以虚假材料骗取救助' });
  expect(revoked.body.referrals).toMatchObject([{ measures: ['MCA3'] }]);
  expect(revoked.body).toEqual(await read('chief.heping', c.path));
});

test('a case that was just opened has three empty lists', async () => {
  const { body } = await createGiven(service.api).opened();
  expect(listsOf(body)).toEqual({ disbursements: [], referrals: [], visits: [] });
});

test('a list holds the latest fifty; the ETag follows them', async () => {
  const { aided, referMany } = createFollowed(service.api);
  const { c } = await aided();
  const before = await service.api.get('handler.heping', c.path);
  const sent = await referMany(c, 51);
  const after = await service.api.get('handler.heping', c.path);
  const ids = listsOf(after.body).referrals.map((row) => row.id);
  expect(ids).toHaveLength(50);
  expect(ids).toEqual([...ids].sort().reverse());
  expect(sent.map((referral) => referral.id)).toEqual(expect.arrayContaining(ids));
  expect(ids).toContain(
    sent
      .map((referral) => referral.id)
      .sort()
      .at(-1),
  );
  expect(after.body.version).toBe(before.body.version);
  expect(after.headers.etag).not.toBe(before.headers.etag);
});
