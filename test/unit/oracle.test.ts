// The oracle of `npm run faults` can fail: each planted loss, double, gap and wrong fen is found and named; a clean run is clean.
import { expect, test } from '@jest/globals';
import { type Attempt, isOpen, type Op } from '../../faults/history.ts';
import { judge } from '../../faults/oracle.ts';
import type { Snapshot } from '../../faults/snapshot-types.ts';

const heard = (status: number | null, change: Partial<Attempt> = {}): Attempt => ({
  ...{ at: 0, ms: 5, status, code: '', retryAfter: false, replayed: false, id: status === 201 ? 'line' : '' },
  digest: status === 201 ? 'd' : '',
  ...change,
});

const op = (attempts: Attempt[]): Op => ({
  ...{ n: 1, flow: 1, fact: 'disbursement.settled', method: 'POST', path: '/', officer: 'finance', key: 'k' },
  ...{ paidFen: 100, attempts },
});

const clean = (): Snapshot => ({
  keys: [{ key: 'k', status: 201, xid: '9' }],
  facts: [fact(1)],
  events: [{ xid: '9', type: 'disbursement.settled', kind: 'disbursement', resourceId: 'line', sequence: 1 }],
  heads: [{ kind: 'disbursement', resourceId: 'line', sequence: 1 }],
  postings: [posting('in_transit', -100n), posting('paid', 100n)],
  funds: [{ id: 'fund', balances: { treasury: 0n, paid: 100n } }],
  reservations: [{ id: 'r', fen: 100n, drawnFen: 100n, releasedFen: 0n, linesFen: 100n }],
  awards: [{ beneficiaryId: 'b', grantedFen: 100n, linesFen: 100n }],
  lines: [{ id: 'line', state: 'settled', fen: 100n, fund: 'fund' }],
  chainFaults: [],
});

function fact(sequence: number, change: Partial<Snapshot['facts'][number]> = {}): Snapshot['facts'][number] {
  const about = { type: 'disbursement.settled', kind: 'disbursement', resourceId: 'line' };
  return { xid: '9', ...about, sequence, officerId: 'o', ...change };
}

function posting(account: string, fen: bigint): Snapshot['postings'][number] {
  return { journal: 'j', fund: 'fund', kind: 'settlement', account, fen, disbursementId: 'line' };
}

const kinds = (ops: readonly Op[], snapshot: Snapshot) => judge(ops, snapshot).differences.map(({ kind }) => kind);
const paid = op([heard(503), heard(201)]);

test('a run without a difference has none, whether it was told at once or by a repeat of the key', () => {
  expect(judge([paid], clean())).toMatchObject({
    acked: 1,
    unacked: 0,
    resolved: 1,
    lost: 0,
    double: 0,
    differences: [],
  });
});

test('a loss: what was acknowledged is not there, or its fact is not', () => {
  expect(kinds([paid], { ...clean(), keys: [] })).toContain('lost');
  expect(kinds([paid], { ...clean(), facts: [], events: [], heads: [] })).toContain('lost');
  expect(judge([paid], { ...clean(), keys: [] }).lost).toBeGreaterThan(0);
});

test('a double: done twice, paid twice, refused and there, or there without a key', () => {
  const twice = { ...clean(), facts: [fact(1), fact(2)] };
  expect(kinds([paid], twice)).toContain('double');
  const again = [posting('in_transit', -100n), posting('paid', 100n)].map((p) => ({ ...p, journal: 'j2' }));
  expect(kinds([paid], { ...clean(), postings: [...clean().postings, ...again] })).toContain('double');
  expect(kinds([op([heard(409, { code: 'disbursement.illegal_transition' })])], clean())).toContain('double');
  expect(kinds([paid], { ...clean(), facts: [fact(1), fact(1, { xid: '10', resourceId: 'other' })] })).toContain(
    'double',
  );
  expect(kinds([op([heard(201), heard(201)])], clean())).toContain('double');
});

test('another answer under the same key, and a command that its key does not resolve', () => {
  expect(kinds([op([heard(201), heard(201, { replayed: true, digest: 'e' })])], clean())).toContain('answer');
  expect(kinds([op([heard(503)])], { ...clean(), keys: [] })).toContain('other');
  expect([isOpen(heard(null)), isOpen(heard(503)), isOpen(heard(409, { code: 'idempotency.in_flight' }))]).toEqual([
    true,
    true,
    true,
  ]);
  expect(isOpen(heard(409, { code: 'case.illegal_transition' }))).toBe(false);
});

test('a gap in an aggregate, a change without an event, a broken chain', () => {
  expect(kinds([paid], { ...clean(), facts: [fact(1), fact(3)] })).toContain('sequence');
  expect(kinds([paid], { ...clean(), heads: [{ kind: 'disbursement', resourceId: 'line', sequence: 2 }] })).toContain(
    'sequence',
  );
  expect(kinds([paid], { ...clean(), events: [] })).toContain('outbox');
  expect(kinds([paid], { ...clean(), chainFaults: ['leaf 3: is missing'] })).toContain('chain');
});

test('money: a journal out of balance, a balance that is no fold, an award overdrawn, a payment nobody was told of', () => {
  expect(kinds([paid], { ...clean(), postings: [posting('paid', 100n)] })).toContain('money');
  expect(kinds([paid], { ...clean(), funds: [{ id: 'fund', balances: { treasury: 0n, paid: 99n } }] })).toContain(
    'money',
  );
  expect(kinds([paid], { ...clean(), funds: [{ id: 'fund', balances: { available: -1n } }] })).toContain('money');
  expect(kinds([paid], { ...clean(), awards: [{ beneficiaryId: 'b', grantedFen: 99n, linesFen: 100n }] })).toContain(
    'money',
  );
  expect(kinds([{ ...paid, paidFen: 0 }], clean())).toContain('double');
  expect(kinds([{ ...paid, paidFen: 200 }], clean())).toContain('lost');
});
