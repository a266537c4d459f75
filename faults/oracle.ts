// The oracle (R-0, Jepsen style): folds what clients heard and what the database holds after healing, and lists every difference by id.

import { isAcked, type Op } from './history.ts';
import { differencesOfFacts } from './oracle-facts.ts';
import { differencesOfMoney } from './oracle-money.ts';
import { differencesOfOps } from './oracle-ops.ts';
import type { Difference, Verdict } from './oracle-types.ts';
import type { Snapshot } from './snapshot-types.ts';

export type { Difference, Verdict } from './oracle-types.ts';

/** Pure: the same history and the same snapshot give the same verdict. */
export function judge(ops: readonly Op[], snapshot: Snapshot): Verdict {
  const differences: Difference[] = [
    ...differencesOfOps(ops, snapshot),
    ...differencesOfFacts(snapshot),
    ...differencesOfMoney(ops, snapshot),
    ...snapshot.chainFaults.map((what): Difference => ({ kind: 'chain', id: 'audit', what })),
  ];
  const count = (kind: Difference['kind']) => differences.filter((difference) => difference.kind === kind).length;
  const acked = ops.filter(isAcked).length;
  return {
    operations: ops.length,
    acked,
    unacked: ops.length - acked,
    /** Commands whose first answer never came or was no answer, and which a repeat of the key resolved. */
    resolved: ops.filter((op) => isAcked(op) && op.attempts.length > 1).length,
    lost: count('lost'),
    double: count('double'),
    differences,
  };
}
