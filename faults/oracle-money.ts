// The money (M-02, M-03): every journal adds up to nothing, balances are the fold of their postings, nobody is paid twice or beyond the award.
import { isAcked, type Op } from './history.ts';
import type { Difference } from './oracle-types.ts';
import type { Snapshot } from './snapshot-types.ts';

const money = (id: string, what: string): Difference => ({ kind: 'money', id, what });

function journals({ postings }: Snapshot): Difference[] {
  return [...Map.groupBy(postings, (posting) => posting.journal)].flatMap(([id, sides]) => {
    const sum = sides.reduce((total, side) => total + side.fen, 0n);
    return sum === 0n ? [] : [money(id, `a journal that adds up to ${sum} fen`)];
  });
}

/** Whoever gives has less than nothing: the treasury stands outside the fund. */
const OUTSIDE = 'treasury';

function balances({ postings, funds }: Snapshot): Difference[] {
  const byFund = Map.groupBy(postings, (posting) => posting.fund);
  return funds.flatMap((fund) => {
    const fold = new Map<string, bigint>();
    for (const { account, fen } of byFund.get(fund.id) ?? []) fold.set(account, (fold.get(account) ?? 0n) + fen);
    return Object.entries(fund.balances).flatMap(([account, fen]) => {
      const found: Difference[] = [];
      if ((fold.get(account) ?? 0n) !== fen)
        found.push(money(fund.id, `${account} says ${fen} fen, its postings add up to ${fold.get(account) ?? 0n}`));
      if (account !== OUTSIDE && fen < 0n) found.push(money(fund.id, `${account} is overdrawn: ${fen} fen`));
      return found;
    });
  });
}

function limits({ awards, reservations }: Snapshot): Difference[] {
  return [
    ...awards
      .filter((award) => award.linesFen > award.grantedFen)
      .map((award) =>
        money(award.beneficiaryId, `paid and pending ${award.linesFen} fen exceed the ${award.grantedFen} fen granted`),
      ),
    ...reservations
      .filter((r) => r.drawnFen + r.releasedFen > r.fen || r.drawnFen !== r.linesFen)
      .map((r) =>
        money(r.id, `reserved ${r.fen}, drawn ${r.drawnFen}, released ${r.releasedFen}, lines ${r.linesFen} fen`),
      ),
  ];
}

const PAID = new Set(['settled', 'receipt_confirmed', 'receipt_disputed', 'in_custody']);

/** A line that was paid has one settlement of its amount; a second one is a double payment. */
function settlements({ postings, lines }: Snapshot): Difference[] {
  const settled = Map.groupBy(
    postings.filter((posting) => posting.kind === 'settlement' && posting.fen > 0n),
    (posting) => posting.disbursementId ?? '',
  );
  return lines.flatMap((line): Difference[] => {
    const mine = settled.get(line.id) ?? [];
    if (mine.length > 1) return [{ kind: 'double', id: line.id, what: `was paid ${mine.length} times` }];
    const paid = mine[0]?.fen ?? 0n;
    const due = PAID.has(line.state) ? line.fen : paid;
    return paid === due ? [] : [money(line.id, `is ${line.state} with ${paid} of ${line.fen} fen paid`)];
  });
}

/** What clients were told is paid, against what left the funds since the run began. */
function total(ops: readonly Op[], { postings }: Snapshot): Difference[] {
  const told = ops.filter(isAcked).reduce((sum, op) => sum + BigInt(op.paidFen), 0n);
  const paid = postings
    .filter((posting) => posting.kind === 'settlement' && posting.fen > 0n)
    .reduce((sum, posting) => sum + posting.fen, 0n);
  if (told === paid) return [];
  return [
    { kind: paid > told ? 'double' : 'lost', id: 'payments', what: `${told} fen told as paid, ${paid} fen paid` },
  ];
}

export const differencesOfMoney = (ops: readonly Op[], snapshot: Snapshot): Difference[] => [
  ...journals(snapshot),
  ...balances(snapshot),
  ...limits(snapshot),
  ...settlements(snapshot),
  ...total(ops, snapshot),
];
