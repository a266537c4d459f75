// The ledger: balances always equal the fold of their entries, grants never take more than there is, entries never change.
import { describe, expect, test } from '@jest/globals';
import { serviceActor } from '../../../src/agencies/service.ts';
import { applyMovement, NO_BALANCE } from '../../../src/funds/domain.ts';
import { moveFunds } from '../../../src/funds/service.ts';
import { parseYuan } from '../../../src/kernel/money.ts';
import { writeTx } from '../../../src/platform/db/tx.ts';
import { useService } from '../../support/service.ts';
import { asOwner, balance, fundPath, grant, grantedCase, ok, planned, proposedCase } from '../disbursements/flow.ts';

const service = useService();

/** The same walk on every run: a small linear congruential generator. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

type Entry = { from_account: string; to_account: string; amount_fen: string };

async function expectFold(fundId: string): Promise<void> {
  const entries = (await asOwner(
    service,
    'select from_account, to_account, amount_fen, position from fund_entries where fund_id = $1 order by position',
    [fundId],
  )) as (Entry & { position: number })[];
  expect(entries.map((entry) => entry.position)).toEqual(entries.map((_, i) => i + 1));
  const fold = entries.reduce(
    (sum, e) =>
      applyMovement(sum, {
        from: e.from_account as 'paid',
        to: e.to_account as 'paid',
        amountFen: BigInt(e.amount_fen),
      }),
    NO_BALANCE,
  );
  const shown = (await balance(service.api)).map((text) => parseYuan(text));
  expect([fold.available, fold.reserved, fold.inTransit, fold.paid]).toEqual(shown);
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
  ['finance.heping', 'recovery', { reason: '入账' }],
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
    await expect(conn.client.query('update fund_entries set amount_fen = 1')).rejects.toMatchObject({ code: '42501' });
    await expect(conn.client.query('delete from fund_entries')).rejects.toMatchObject({ code: '42501' });
    conn.release(true);
    for (const text of ['update fund_entries set amount_fen = 1', 'delete from fund_entries', 'truncate fund_entries'])
      await expect(asOwner(service, text)).rejects.toMatchObject({ code: '42501' });
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
          tx.record({ type: 'fund.set_aside', kind: 'fund', id: fundId });
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
    const found = await proposedCase(api, ['60000000.00']);
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
