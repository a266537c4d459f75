// The ledger: balances always equal the fold of their entries, grants never take more than there is, entries never change.
import { describe, expect, test } from '@jest/globals';
import { serviceActor } from '../../../src/agencies/service.ts';
import { applyPostings, type FundAccount, NO_BALANCE, postedOf } from '../../../src/funds/domain.ts';
import { moveFunds } from '../../../src/funds/service.ts';
import { parseYuan } from '../../../src/kernel/money.ts';
import { writeTx } from '../../../src/platform/db/tx.ts';
import { useService } from '../../support/service.ts';
import {
  asOwner,
  balance,
  fundPath,
  grant,
  grantedCase,
  ok,
  planned,
  proposedCase,
  yuan,
} from '../disbursements/flow.ts';

const service = useService();

/** The same walk on every run: a small linear congruential generator. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

type Entry = { position: number; account: FundAccount; amount_fen: string };

/** Of all funds: postings of every journal add up to zero, and the balances are their sum. */
async function expectTrialBalance(): Promise<void> {
  const [found] = await asOwner(
    service,
    `select
       (select coalesce(sum(amount_fen), 0) from ledger_postings)::text as total,
       (select count(*) from (select from ledger_postings group by journal_id having sum(amount_fen) <> 0) x)::int as crooked,
       (select count(*) from ledger_journals j where legs <> (select count(*) from ledger_postings p where p.journal_id = j.id))::int as bare,
       (select count(*) from funds f, lateral (values ('treasury', treasury_fen), ('available', available_fen), ('reserved', reserved_fen),
          ('in_transit', in_transit_fen), ('paid', paid_fen), ('custody', custody_fen), ('receivable', receivable_fen),
          ('written_off', written_off_fen)) b (account, fen)
        where b.fen <> coalesce((select sum(amount_fen) from ledger_postings p where p.fund_id = f.id and p.account = b.account), 0))::int as unfolded`,
  );
  expect(found).toEqual({ total: '0', crooked: 0, bare: 0, unfolded: 0 });
}

async function expectFold(fundId: string): Promise<void> {
  await expectTrialBalance();
  const entries = (await asOwner(
    service,
    `select position, account, p.amount_fen from ledger_journals j join ledger_postings p on p.journal_id = j.id
     where j.fund_id = $1 order by position, line`,
    [fundId],
  )) as Entry[];
  expect(entries.map((entry) => entry.position)).toEqual(entries.map((_, i) => 1 + Math.floor(i / 2)));
  const fold = applyPostings(
    NO_BALANCE,
    entries.map(({ account, amount_fen }) => ({ account, amountFen: BigInt(amount_fen) })),
  );
  const told = await service.api.get('finance.heping', `/v1/funds/${fundId}/verification`);
  expect(told.body).toMatchObject({ agrees: true });
  const shown = (await balance(service.api)).map((text) => parseYuan(text));
  expect([fold.available, fold.reserved, fold.in_transit, postedOf(fold)]).toEqual(shown);
  const now = await service.api.get('finance.heping', `/v1/funds/${fundId}/balance?asOf=2199-01-01T00:00:00Z`);
  const asOf = ['available', 'reserved', 'inTransit', 'posted'].map(
    (name) => (now.body[name] as { amount: string }).amount,
  );
  expect(asOf.map((text) => parseYuan(text))).toEqual(shown);
}

/** Steps with the officers who may take them; most are refused in the state the line happens to be in. */
const STEPS = [
  ['head.heping', 'authorisation', {}],
  ['finance.heping', 'submission', {}],
  ['finance.heping', 'settlement', { paidOn: '2026-01-15', bankReference: 'BOC-1' }],
  ['finance.heping', 'failure', { reason: '退票' }],
  ['finance.heping', 'failure', { reason: '待查', outcome: 'unknown' }],
  ['handler.heping', 'void', {}],
  ['handler.heping', 'receipt-confirmation', { outcome: 'received' }],
  ['chief.heping', 'recovery', { reason: '追回' }],
  ['finance.heping', 'recovery', { reason: '入账', amount: { amount: '100.00', currency: 'CNY' } }],
  ['finance.heping', 'recovery', { reason: '入账' }],
  ['finance.heping', 'write-off', { reason: '无法追回' }],
  ['chief.heping', 'write-off', { reason: '同意核销' }],
] as const;

describe('the ledger of a fund', () => {
  test('folds to the balance after a random walk', async () => {
    const { api } = service;
    const fundId = (await fundPath(api)).split('/').at(-1) ?? '';
    const pick = generator(20_230_221);
    const cases = [await grantedCase(api, ['9000.00', '700.07']), await grantedCase(api)];
    const lines: string[] = [];
    for (const found of cases)
      for (const amount of ['1000.01', '2500.00', '333.33']) lines.push(await planned(api, found, amount));
    for (let i = 0; i < 150; i++) {
      const [officer, verb, body] = STEPS[pick(STEPS.length)] ?? STEPS[0];
      const answer = await api.decide(officer, lines[pick(lines.length)] ?? '', verb, body);
      expect([200, 403, 409]).toContain(answer.status);
    }
    await expectFold(fundId);
    for (const found of cases) ok(await api.decide('chief.heping', found.path, 'revocation', { reason: '撤销' }));
    await expectFold(fundId);
    const [drawn] = await asOwner(
      service,
      `select count(*)::int as wrong from fund_reservations r where r.drawn_fen <> (
         select coalesce(sum(d.amount_fen), 0) from disbursements d
         where d.beneficiary_id = r.beneficiary_id and d.fund_id = r.fund_id and d.state <> 'voided')`,
    );
    expect(drawn?.wrong).toBe(0);
  });

  test('cannot be changed by the service, nor by the owner of the database', async () => {
    const asService = service.pool;
    const conn = await asService.connect();
    const refused = { code: '42501' };
    for (const table of ['ledger_journals', 'ledger_postings']) {
      const changes = [
        `update ${table} set line = 1`,
        `update ${table} set kind = kind`,
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ];
      for (const text of changes.filter((one) => !one.includes(table === 'ledger_journals' ? 'line' : 'kind'))) {
        await expect(conn.client.query(text)).rejects.toMatchObject(refused);
        await expect(asOwner(service, text)).rejects.toMatchObject(refused);
      }
    }
    await expect(conn.client.query('update funds set available_fen = available_fen')).rejects.toMatchObject(refused);
    await expect(conn.client.query('update funds set entries = 1')).rejects.toMatchObject(refused);
    conn.release(true);
  });
});

describe('a fund that covers only one of two grants', () => {
  test('two approvals on different cases give one 200 and one 409 with the missing amount', async () => {
    const { api } = service;
    const [available] = await balance(api);
    const fundId = (await fundPath(api)).split('/').at(-1) ?? '';
    const setAside = (parseYuan(String(available)) ?? 0n) - 3_000_000n;
    await writeTx(
      service.tx,
      { actor: serviceActor(), requestId: 'test', language: 'zh', dryRun: false, oversight: true },
      {
        verb: async (tx) => {
          tx.ctx.scope = tx.ctx.actor.agency.id;
          await moveFunds(tx, fundId, { kind: 'reservation', amountFen: setAside, caseId: null, disbursementId: null });
          tx.record({ type: 'fund.reserved', kind: 'fund', id: fundId });
        },
        finish: async () => undefined,
      },
    );
    const cases = [await proposedCase(api, ['20000.00']), await proposedCase(api, ['20000.00'])];
    const answers = await Promise.all(cases.map(({ path }) => api.decide('chief.heping', path, 'approval', grant)));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
    const refused = answers.find((a) => a.status === 409);
    expect(refused?.body).toMatchObject({ code: 'fund.insufficient', missing: '10000.00' });
    expect((await balance(api))[0]).toBe('10000.00');
    await expectFold(fundId);
  });

  test('a grant that fails leaves the case pending and no decision number behind', async () => {
    const { api } = service;
    // The test before has left 10,000 yuan.
    const found = await proposedCase(api, ['20000.00']);
    const refused = await api.decide('chief.heping', found.path, 'approval', grant);
    expect(refused).toMatchObject({ status: 409, body: { code: 'fund.insufficient' } });
    const seen = await api.get('chief.heping', found.path);
    expect(seen.body).toMatchObject({ state: 'pending_approval', decision: null });
  });

  test('a proposal cannot name a fund of another procuratorate', async () => {
    const { api } = service;
    const { body } = await api.get('finance.tiexi', '/v1/funds');
    const foreign = String(body.items?.[0]?.id);
    for (const fundId of [foreign, '0198c2a4-7f00-7000-8000-000000000001'])
      await expect(proposedCase(api, ['100.00'], fundId)).rejects.toThrow(/request\.reference_unknown/);
  });
});

describe('a seeded error', () => {
  /** As the owner of the database who takes the triggers down would do it. */
  const forged = async (text: string, undo: string, fundId: string) => {
    const quiet = (sql: string) =>
      `alter table ledger_postings disable trigger user; ${sql}; alter table ledger_postings enable trigger user`;
    await asOwner(service, quiet(text));
    const { body } = await service.api.get('finance.heping', `/v1/funds/${fundId}/verification`);
    await asOwner(service, quiet(undo));
    return body;
  };

  test('in a balance, in the postings or in both is found in every account', async () => {
    const { api } = service;
    const fundId = (await fundPath(api)).split('/').at(-1) ?? '';
    const of = `where fund_id = '${fundId}'`;
    const columns = ['available', 'reserved', 'in_transit', 'paid', 'custody', 'receivable', 'written_off'];
    for (const column of columns) {
      const move = (fen: number) =>
        `update funds set ${column}_fen = ${column}_fen + ${fen}, treasury_fen = treasury_fen - ${fen} where id = '${fundId}'`;
      expect([column, await forged(move(1), move(-1), fundId)]).toMatchObject([column, { agrees: false }]);
    }
    const leg = (fen: number) =>
      `update ledger_postings set amount_fen = amount_fen + ${fen} * sign(amount_fen)::bigint
         where journal_id = (select id from ledger_journals ${of} and position = 1);
       update funds set available_fen = available_fen + ${fen}, treasury_fen = treasury_fen - ${fen} where id = '${fundId}'`;
    const body = await forged(leg(1), leg(-1), fundId);
    expect(body).toMatchObject({ agrees: false });
    expect((await api.get('finance.heping', `/v1/funds/${fundId}/verification`)).body.agrees).toBe(true);
  });
});

describe('twenty payers on one budget', () => {
  test('spend what there is and not a fen more, and the database refuses what the service would let through', async () => {
    const { api } = service;
    const opened = ok(await api.create('finance.heping', '/v1/funds', { code: 'narrow', name: '并发测试专户' }));
    const fundId = String(opened.body.id);
    const paper = { amount: yuan('10000.00'), documentNumber: 'N-1', receivedOn: '2026-01-01' };
    ok(await api.create('finance.heping', `/v1/funds/${fundId}/allocations`, paper));
    const cases = [];
    for (let i = 0; i < 20; i++) cases.push(await proposedCase(api, ['999.99'], fundId));
    const answers = await Promise.all(cases.map(({ path }) => api.decide('chief.heping', path, 'approval', grant)));
    expect(answers.filter((a) => a.status === 200).length).toBe(10);
    expect(answers.filter((a) => a.status === 409).every((a) => a.body.code === 'fund.insufficient')).toBe(true);
    const { body } = await api.get('finance.heping', `/v1/funds/${fundId}/balance`);
    expect(body).toMatchObject({ available: yuan('0.10'), reserved: yuan('9999.90') });
    const post = `insert into ledger_journals (id, fund_id, position, kind, legs, occurred_at)
        values ('0198c2a4-7f00-7000-8000-00000000000a', '${fundId}', 0, 'reservation', 2, now());
      insert into ledger_postings values ('0198c2a4-7f00-7000-8000-00000000000a', 1, '${fundId}', 'available', `;
    const over = `${post} -11), ('0198c2a4-7f00-7000-8000-00000000000a', 2, '${fundId}', 'reserved', 11)`;
    await expect(asOwner(service, over)).rejects.toMatchObject({ constraint: 'funds_available_fen_check' });
    const crooked = `${post} -5), ('0198c2a4-7f00-7000-8000-00000000000a', 2, '${fundId}', 'reserved', 6)`;
    await expect(asOwner(service, crooked)).rejects.toMatchObject({ constraint: 'ledger_journals_balanced' });
    const bare = post.slice(0, post.indexOf('insert into ledger_postings'));
    await expect(asOwner(service, `begin; ${bare} commit`)).rejects.toMatchObject({
      constraint: 'ledger_journals_balanced',
    });
    await expectTrialBalance();
  });
});
