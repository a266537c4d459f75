// What the tests of joint shares start from: three levels with their funds, asking, giving, paying, and what must always hold.
import { beforeAll, expect } from '@jest/globals';
import type { Answer, Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { asOwner, ok } from '../disbursements/flow.ts';
import { beneficiariesOf, createGiven, type Given, GRANT, yuan } from './given.ts';

export type Place = 'heping' | 'shenyang' | 'liaoning';
export { ok };

const PAYEE = { type: 'self', name: '李秀兰', bankName: '中国银行沈阳南湖支行', accountNumber: '6222020012345678901' };
export const SETTLEMENT = { paidOn: '2026-11-16', bankReference: 'SHARE' };

/** Rows that break what must hold of every balance, reservation, line and grant. */
const UNSOUND = `with fold as (select fund_id, account, sum(amount_fen) as fen from ledger_postings group by 1, 2)
     select
       (select count(*) from funds f join fold x on x.fund_id = f.id where x.fen <> case x.account when 'available' then available_fen
          when 'reserved' then reserved_fen when 'in_transit' then in_transit_fen when 'paid' then paid_fen when 'treasury' then treasury_fen
          when 'custody' then custody_fen when 'receivable' then receivable_fen else written_off_fen end)::int as unfolded,
       (select count(*) from funds f where reserved_fen <> coalesce((select sum(amount_fen - released_fen) from fund_reservations r
          where r.fund_id = f.id), 0) - coalesce((select sum(d.amount_fen) from disbursements d where d.fund_id = f.id
          and d.state in ('submitted', 'unknown', 'settled', 'receipt_confirmed', 'receipt_disputed', 'in_custody', 'recovering', 'recovered', 'written_off')), 0))::int as unreserved,
       (select count(*) from fund_reservations r where drawn_fen <> coalesce((select sum(d.amount_fen) from disbursements d
          where d.beneficiary_id = r.beneficiary_id and d.fund_id = r.fund_id and d.state <> 'voided'), 0))::int as undrawn,
       (select count(*) from case_beneficiaries b where granted_fen < coalesce((select sum(d.amount_fen) from disbursements d
          where d.beneficiary_id = b.id and d.state <> 'voided'), 0))::int as beyond,
       (select count(*) from disbursements d join funds f on f.id = d.fund_id
          where f.agency_id <> coalesce(d.share_agency_id, d.agency_id))::int as foreign_money`;

/** A service of its own at a fixed day; `agencies` and `funds` are known once its tests run. */
export function useSharing() {
  const service = useService();
  const given = {} as Given;
  const agencies = {} as Record<Place, string>;
  const funds = {} as Record<Place, string>;
  beforeAll(async () => {
    Object.assign(given, createGiven(service.api));
    const body = { now: '2026-11-16T09:00:00+08:00' };
    expect((await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null })).status).toBe(200);
    for (const place of ['heping', 'shenyang', 'liaoning'] as const) {
      const me = await service.api.get(`chief.${place}`, '/v1/me');
      agencies[place] = (me.body.agency as { id: string }).id;
      funds[place] = String((await service.api.get(`finance.${place}`, '/v1/funds')).body.items?.[0]?.id);
    }
  });

  let requests = 0;

  const ask = (known: Known, place: Place, amount: string, change: Json = {}, officer = 'handler.heping') =>
    service.api.decide(officer, known.path, 'joint-share-request', {
      ...{ agencyId: agencies[place], amount: yuan(amount) },
      ...change,
    });

  const give = (known: Known, place: Place, amount: string, change: Json = {}, officer = `chief.${place}`) =>
    service.api.decide(officer, known.path, 'joint-share', {
      ...{ agencyId: agencies[place], amount: yuan(amount) },
      ...change,
    });

  async function shared(amounts: Partial<Record<Place, string>>, known?: Known): Promise<Known> {
    const found = known ?? (await given.underReview());
    for (const [place, amount] of Object.entries(amounts) as [Place, string][]) {
      ok(await ask(found, place, amount));
      ok(await give(found, place, amount));
    }
    return found;
  }

  async function propose(known: Known, amount: string): Promise<void> {
    const awards = beneficiariesOf(known).map((b) => ({ beneficiaryId: b.id, amount: yuan(amount) }));
    ok(await service.api.decide('handler.heping', known.path, 'proposal', given.proposal(known, { awards })));
  }

  async function decided(known: Known, amount: string, decision: Json = GRANT): Promise<Answer> {
    await propose(known, amount);
    return service.api.decide('chief.heping', known.path, 'approval', decision);
  }

  /** available, reserved, in transit and paid of the three funds. */
  async function balances(): Promise<Record<Place, number[]>> {
    const of = async (place: Place) => {
      const { body } = await service.api.get(`finance.${place}`, `/v1/funds/${funds[place]}/balance`);
      return ['available', 'reserved', 'inTransit', 'posted'].map((n) =>
        Number((body[n] as { amount: string }).amount),
      );
    };
    return { heping: await of('heping'), shenyang: await of('shenyang'), liaoning: await of('liaoning') };
  }

  async function movedSince(before: Record<Place, number[]>): Promise<Record<Place, number[]>> {
    const now = await balances();
    const diff = (place: Place) => now[place].map((n, i) => Math.round((n - (before[place][i] ?? 0)) * 100) / 100);
    return { heping: diff('heping'), shenyang: diff('shenyang'), liaoning: diff('liaoning') };
  }

  const plan = (known: Known, amount: string, change: Json = {}): Promise<Answer> => {
    requests += 1;
    return service.api.create('handler.heping', `${known.path}/disbursements`, {
      ...{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount), kind: 'lump', payee: PAYEE },
      requestNumber: `SHARE-${requests}`,
      ...change,
    });
  };

  const planned = async (known: Known, amount: string, change: Json = {}) =>
    `/v1/disbursements/${String(ok(await plan(known, amount, change)).body.id)}`;

  async function pay(line: string, place: Place): Promise<void> {
    ok(await service.api.decide('head.heping', line, 'authorisation', {}));
    ok(await service.api.decide(`finance.${place}`, line, 'submission', {}));
    ok(await service.api.decide(`finance.${place}`, line, 'settlement', SETTLEMENT));
  }

  /** Each balance is the fold of its entries, no reservation beyond itself, no line drawn twice, paid and pending within the grant. */
  async function expectSound(): Promise<void> {
    const [row] = await asOwner(service, UNSOUND);
    expect(row).toEqual({ unfolded: 0, unreserved: 0, undrawn: 0, beyond: 0, foreign_money: 0 });
  }

  const known = { service, given, agencies, funds };
  return { ...known, ask, give, shared, propose, decided, balances, movedSince, plan, planned, pay, expectSound };
}
