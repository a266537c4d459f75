// Every command against what it left: acknowledged = there exactly once, refused = not there, left open = a mistake of the run.
import { type Attempt, isAcked, isOpen, type Op } from './history.ts';
import type { Difference } from './oracle-types.ts';
import type { FactRow, KeyRow, Snapshot } from './snapshot-types.ts';

const grouped = <T>(rows: readonly T[], nameOf: (row: T) => string): Map<string, T[]> => Map.groupBy(rows, nameOf);

const told = (op: Op): Attempt | undefined => op.attempts.find(({ status }) => status !== null && status < 300);

function ackedDifferences(op: Op, rows: readonly KeyRow[], facts: readonly FactRow[]): Difference[] {
  const id = `operation ${op.n} (${op.key})`;
  const answer = told(op);
  const [row] = rows;
  if (!row) return [{ kind: 'lost', id, what: `${op.fact} was acknowledged and its key is not there` }];
  const found: Difference[] = [];
  if (rows.length > 1) found.push({ kind: 'double', id, what: `its key was kept ${rows.length} times` });
  if (row.status !== answer?.status)
    found.push({ kind: 'answer', id, what: `was answered ${answer?.status}, ${row.status} is kept` });
  const mine = facts.filter((fact) => fact.type === op.fact && fact.resourceId === answer?.id);
  if (mine.length === 0)
    found.push({ kind: 'lost', id, what: `${op.fact} of ${answer?.id} is not in its transaction` });
  if (mine.length > 1)
    found.push({ kind: 'double', id, what: `${op.fact} of ${answer?.id} is there ${mine.length} times` });
  return found;
}

/** A repeat of the key tells the same again: status, id and body. */
function answerDifferences(op: Op): Difference[] {
  const answers = op.attempts.filter(({ status }) => status !== null && status < 300);
  const different = new Set(answers.map(({ status, id, digest }) => `${status} ${id} ${digest}`)).size;
  const first = answers.filter(({ replayed }) => !replayed).length;
  const id = `operation ${op.n} (${op.key})`;
  return [
    ...(different > 1 ? [{ kind: 'answer' as const, id, what: `${different} different answers under one key` }] : []),
    ...(first > 1 ? [{ kind: 'double' as const, id, what: `was carried out ${first} times` }] : []),
  ];
}

function unackedDifferences(op: Op, rows: readonly KeyRow[]): Difference[] {
  const id = `operation ${op.n} (${op.key})`;
  const last = op.attempts.at(-1);
  if (last === undefined || isOpen(last))
    return [{ kind: 'other', id, what: `${op.fact} was not resolved by its key` }];
  return rows.length > 0
    ? [{ kind: 'double', id, what: `was refused with ${last.status} and is there all the same` }]
    : [];
}

/** How often each fact of each resource stands there, against how often a client was told so. */
function countDifferences(ops: readonly Op[], snapshot: Snapshot): Difference[] {
  const wanted = new Map<string, number>();
  for (const op of ops.filter(isAcked)) {
    const name = `${op.fact} of ${told(op)?.id}`;
    wanted.set(name, (wanted.get(name) ?? 0) + 1);
  }
  const known = new Set(ops.map((op) => op.fact));
  const byKey = new Map(ops.map((op) => [op.key, op.fact]));
  const cause = new Map(snapshot.keys.map((row) => [row.xid, byKey.get(row.key)]));
  // What follows from another command in its own transaction nobody is told of: the first visit, planned with the payment.
  const own = (fact: FactRow) => (cause.get(fact.xid) ?? fact.type) === fact.type;
  const there = grouped(
    snapshot.facts.filter((fact) => known.has(fact.type) && fact.officerId !== null && own(fact)),
    (fact) => `${fact.type} of ${fact.resourceId}`,
  );
  const names = new Set([...wanted.keys(), ...there.keys()]);
  return [...names].flatMap((name): Difference[] => {
    const [asked, found] = [wanted.get(name) ?? 0, there.get(name)?.length ?? 0];
    if (asked === found) return [];
    return [{ kind: found > asked ? 'double' : 'lost', id: name, what: `told ${asked} times, there ${found} times` }];
  });
}

/** What an officer changed stands beside the key of a command of this history; anything else was done behind the clients' backs. */
function strangers(ops: readonly Op[], snapshot: Snapshot): Difference[] {
  const sent = new Set(ops.map((op) => op.key));
  const keyed = new Set(snapshot.keys.map((row) => row.xid));
  const unsent = snapshot.keys
    .filter((row) => !sent.has(row.key))
    .map((row): Difference => ({ kind: 'double', id: row.key, what: 'a key that no client sent' }));
  const unkeyed = snapshot.facts
    .filter((fact) => fact.officerId !== null && !keyed.has(fact.xid))
    .map(
      (fact): Difference => ({
        kind: 'double',
        id: fact.resourceId,
        what: `${fact.type} without the key of a command`,
      }),
    );
  return [...unsent, ...unkeyed];
}

export function differencesOfOps(ops: readonly Op[], snapshot: Snapshot): Difference[] {
  const rows = grouped(snapshot.keys, (row) => row.key);
  const facts = grouped(snapshot.facts, (fact) => fact.xid);
  const each = ops.flatMap((op) => {
    const mine = rows.get(op.key) ?? [];
    if (!isAcked(op)) return unackedDifferences(op, mine);
    return [...ackedDifferences(op, mine, facts.get(mine[0]?.xid ?? '') ?? []), ...answerDifferences(op)];
  });
  return [...each, ...countDifferences(ops, snapshot), ...strangers(ops, snapshot)];
}
