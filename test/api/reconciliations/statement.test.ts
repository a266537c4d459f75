// Bank statements over HTTP: what matches, what does not, what is found once only, and what two people do about it.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { advanceTo, balance, fundPath, grantedCase, moved, ok, planned, yuan } from '../disbursements/flow.ts';

const service = useService();
const DAY = '2026-11-16';
let fundId = '';
let statements = 0;

beforeAll(async () => {
  const body = { now: '2026-11-16T09:00:00+08:00' };
  ok(await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null }));
  fundId = (await fundPath(service.api)).split('/').at(-1) ?? '';
});

type Row = { direction?: string; amount: string; bankReference: string; requestNumber?: string };
const statement = (lines: readonly Row[], change: object = {}) => {
  statements += 1;
  const rows = lines.map(({ amount, ...line }) => ({
    bookedOn: DAY,
    direction: 'debit',
    ...line,
    amount: yuan(amount),
  }));
  return { fundId, statementNumber: `S-${statements}`, from: DAY, to: DAY, lines: rows, ...change };
};
const imported = async (body: object, officer = 'finance.heping') =>
  ok(await service.api.create(officer, '/v1/reconciliations', body)).body;
const exceptionsOf = async (id: unknown) => {
  const { body } = ok(await service.api.get('finance.heping', `/v1/reconciliations/${String(id)}/exceptions`));
  return (body.items ?? []).toReversed() as { id: string; kind: string; disbursementId: string | null }[];
};

async function lineIn(state: 'submitted' | 'settled', bankReference: string) {
  const { api } = service;
  const path = await planned(api, await grantedCase(api));
  const { body } = await advanceTo(api, path, 'submitted');
  if (state === 'settled') ok(await api.decide('finance.heping', path, 'settlement', { paidOn: DAY, bankReference }));
  return { path, id: String(body.id), requestNumber: String(body.requestNumber) };
}

/** The day's payments of the tests before are no concern of this one. */
const kindsOf = (found: readonly { kind: string; disbursementId: string | null }[], mine: readonly string[]) =>
  found.filter((e) => e.kind !== 'missing_at_bank' || mine.includes(String(e.disbursementId))).map((e) => e.kind);

describe('a statement', () => {
  test('matches by our number, by that of the bank, and by amount and day; what does not match is an exception', async () => {
    const { api } = service;
    const byNumber = await lineIn('settled', 'R-1');
    await lineIn('settled', 'R-2');
    const missing = await lineIn('settled', 'R-3');
    const pending = await lineIn('submitted', '');
    const other = await lineIn('settled', 'R-5');
    ok(
      await api.create('finance.heping', `/v1/funds/${fundId}/allocations`, {
        ...{ amount: yuan('777.77'), documentNumber: 'DOC-1', receivedOn: DAY },
      }),
    );
    const body = statement([
      { amount: '20000.00', bankReference: 'B-1', requestNumber: byNumber.requestNumber },
      { amount: '20000.00', bankReference: 'R-2' },
      { amount: '20000.00', bankReference: 'B-4', requestNumber: pending.requestNumber },
      { amount: '19999.99', bankReference: 'B-5', requestNumber: other.requestNumber },
      { amount: '20000.00', bankReference: 'B-6', requestNumber: byNumber.requestNumber },
      { amount: '4.56', bankReference: 'B-7' },
      { amount: '777.77', bankReference: 'DOC-1', direction: 'credit' },
      { amount: '3.33', bankReference: 'B-9', direction: 'credit' },
    ]);
    const first = await imported(body);
    expect(first).toMatchObject({ state: 'open', lines: 8, matched: 3, repeated: 0, exceptions: 6, openExceptions: 6 });
    const found = await exceptionsOf(first.id);
    expect(kindsOf(found, [missing.id])).toEqual([
      ...['unconfirmed_payment', 'amount_mismatch', 'duplicate_payment', 'unknown_payment', 'unknown_receipt'],
      'missing_at_bank',
    ]);
    expect(found.at(-1)?.disbursementId).toBe(missing.id);
    const again = await api.create('finance.heping', '/v1/reconciliations', body);
    expect([again.status, again.body.id]).toEqual([200, first.id]);
    const changed = await api.create('finance.heping', '/v1/reconciliations', { ...body, lines: body.lines.slice(1) });
    expect(changed).toMatchObject({ status: 409, body: { code: 'reconciliation.statement_taken' } });
    const overlapping = await imported(statement([], { lines: body.lines.slice(0, 4) }));
    expect(overlapping).toMatchObject({ lines: 4, matched: 0, repeated: 4 });
    expect((await api.get('finance.tiexi', `/v1/reconciliations/${String(first.id)}`)).status).toBe(404);
    expect((await api.create('finance.tiexi', '/v1/reconciliations', statement([]))).status).toBe(422);
  });

  test('may be CSV; what is wrong in it is told row by row', async () => {
    const { api } = service;
    const paid = await lineIn('settled', 'C-1');
    const head = 'bookedOn,direction,amount,bankReference,requestNumber';
    const csv = `\uFEFF${head}\r\n${DAY},debit,"20000.00",C-1,${paid.requestNumber}\r\n${DAY},debit,1.00,C-2,\r\n`;
    const made = await imported(statement([], { lines: undefined, csv }));
    expect(made).toMatchObject({ lines: 2, matched: 1 });
    const bad = async (text: string) =>
      (await api.create('finance.heping', '/v1/reconciliations', statement([], { lines: undefined, csv: text }))).body;
    expect(await bad('a,b\n1,2')).toMatchObject({ errors: [{ code: 'csv.header' }] });
    expect(await bad(`${head}\n${DAY},debit,1.00`)).toMatchObject({ errors: [{ code: 'csv.fields' }] });
    const errors = (await bad(`${head}\n2026-11-15,up,1.0,x y,`)).errors as { code: string }[];
    expect(errors.map((e) => e.code)).toEqual([
      ...['amount.not_positive', 'date.outside', 'reference.malformed', 'direction.unknown'],
    ]);
    const day = ((await bad(`${head}\n2026-02-30,debit,1.00,C-3,`)).errors as { code: string }[]).map((e) => e.code);
    expect(day).toEqual(['date.outside']);
    const long = `${head}\n${`${DAY},debit,1.00,C-4,\n`.repeat(5001)}`;
    expect(await bad(long)).toMatchObject({ errors: [{ code: 'lines.too_many' }] });
    const both = await api.create('finance.heping', '/v1/reconciliations', statement([], { csv }));
    expect(both).toMatchObject({ status: 422, body: { errors: [{ code: 'lines.one_form' }] } });
  });
});

describe('an exception', () => {
  test('of an unknown outcome is settled by finance’s proposal and the chief’s approval, once', async () => {
    const { api } = service;
    const pending = await lineIn('submitted', '');
    ok(await api.decide('finance.heping', pending.path, 'failure', { reason: '待查', outcome: 'unknown' }));
    const before = await balance(api);
    const row = { amount: '20000.00', bankReference: 'U-1', requestNumber: pending.requestNumber };
    const made = await imported(statement([row]));
    const [exception] = (await exceptionsOf(made.id)).filter((e) => e.kind === 'unconfirmed_payment');
    const path = `/v1/reconciliations/${String(made.id)}/exceptions/${exception?.id}`;
    const settle = { outcome: 'settle', note: '银行回单' };
    expect((await api.decide('handler.heping', path, 'resolution', settle)).status).toBe(403);
    expect((await api.decide('head.heping', path, 'resolution', settle)).status).toBe(403);
    const odd = await api.decide('finance.heping', path, 'resolution', { ...settle, outcome: 'return' });
    expect(odd).toMatchObject({ status: 409, body: { code: 'exception.outcome_not_possible' } });
    expect(ok(await api.decide('finance.heping', path, 'resolution', settle)).body.state).toBe('proposed');
    expect(await moved(api, before)).toEqual([0, 0, 0, 0]);
    const own = await api.decide('finance.heping', path, 'resolution', settle);
    expect(own).toMatchObject({ status: 403, body: { code: 'decision.four_eyes' } });
    expect(ok(await api.decide('chief.heping', path, 'resolution', settle)).body.state).toBe('resolved');
    expect(await moved(api, before)).toEqual([0, 0, -20000, 20000]);
    const line = await api.get('finance.heping', pending.path);
    expect(line.body).toMatchObject({ state: 'settled', settlement: { bankReference: 'U-1', paidOn: DAY } });
    const twice = await api.decide('chief.heping', path, 'resolution', settle);
    expect(twice).toMatchObject({ status: 409, body: { code: 'exception.illegal_transition' } });
    // The bank says it once more in the next statement: another payment, and no match.
    const next = await imported(statement([{ ...row, bankReference: 'U-2' }]));
    expect((await exceptionsOf(next.id))[0]).toMatchObject({ kind: 'duplicate_payment', disbursementId: pending.id });
    const late = await api.decide('finance.heping', pending.path, 'failure', { reason: '晚到的失败' });
    expect(late).toMatchObject({ status: 409, body: { code: 'disbursement.illegal_transition' } });
  });

  test('is resolved once, however many approve it at the same moment', async () => {
    const { api } = service;
    const pending = await lineIn('submitted', '');
    const before = await balance(api);
    const row = { amount: '20000.00', bankReference: 'P-1', requestNumber: pending.requestNumber };
    const made = await imported(statement([row]));
    const [exception] = await exceptionsOf(made.id);
    const path = `/v1/reconciliations/${String(made.id)}/exceptions/${exception?.id}`;
    const settle = { outcome: 'settle', note: '银行回单' };
    ok(await api.decide('finance.heping', path, 'resolution', settle));
    const dry = await api.as('chief.heping', 'POST', `${path}/resolution?dryRun=true`, {
      ...{ body: settle, etag: (await api.get('chief.heping', path)).etag, key: null },
    });
    expect([dry.status, await moved(api, before)]).toEqual([200, [0, 0, 0, 0]]);
    const paid = { paidOn: DAY, bankReference: 'P-1' };
    const answers = await Promise.all([
      ...['head.heping', 'chief.heping', 'chief.heping', 'head.heping'].map((o) =>
        api.decide(o, path, 'resolution', settle),
      ),
      ...[1, 2].map(() => api.decide('finance.heping', pending.path, 'settlement', paid)),
    ]);
    expect(answers.map((a) => a.status).every((status) => [200, 409, 412].includes(status))).toBe(true);
    expect(answers.filter((a) => a.status === 200).length).toBe(1);
    expect(await moved(api, before)).toEqual([0, 0, -20000, 20000]);
  });

  test('of a return is booked as a recovery of two people; others are explained by two', async () => {
    const { api } = service;
    const paid = await lineIn('settled', 'T-1');
    const before = await balance(api);
    const back = { direction: 'credit', amount: '20000.00', bankReference: 'T-9', requestNumber: paid.requestNumber };
    const made = await imported(
      statement([{ amount: '20000.00', bankReference: 'T-1' }, back, { amount: '9.99', bankReference: 'X' }]),
    );
    const found = await exceptionsOf(made.id);
    const pathOf = (kind: string) =>
      `/v1/reconciliations/${String(made.id)}/exceptions/${found.find((e) => e.kind === kind)?.id}`;
    const booked = { outcome: 'return', note: '账户已销户，银行退回' };
    ok(await api.decide('finance.heping', pathOf('returned_payment'), 'resolution', booked));
    ok(await api.decide('head.heping', pathOf('returned_payment'), 'resolution', booked));
    expect(await moved(api, before)).toEqual([20000, 0, 0, -20000]);
    expect((await api.get('chief.heping', paid.path)).body).toMatchObject({ state: 'recovered' });
    const said = { outcome: 'explain', note: '银行手续费' };
    ok(await api.decide('finance.heping', pathOf('unknown_payment'), 'resolution', said));
    ok(await api.decide('chief.heping', pathOf('unknown_payment'), 'resolution', said));
    expect(await moved(api, before)).toEqual([20000, 0, 0, -20000]);
    const { body } = await api.get('chief.heping', `/v1/reconciliations/${String(made.id)}`);
    expect(Number(body.openExceptions)).toBe(found.length - 2);
  });
});
