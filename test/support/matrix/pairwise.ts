// The small form of the matrix: of each operation some officers, so that over all operations every role meets every relation.
import type { Op } from '../contract.ts';
import type { Fixture } from '../fixtures/fixture.ts';
import type { MatrixActor } from './actors.ts';
import type { Expectations } from './expectation.ts';
import { relationOf, type Standing } from './subject.ts';

/** What is asked here and must change nothing: a write that knows no dry run, and what touches all data. */
const hasEffect = (op: Op, fixture: Fixture) => fixture.last === true || (op.method !== 'GET' && !op.dryRun);

/** `turn` moves the choice from operation to operation. */
export function pairwise(
  op: Op,
  fixture: Fixture,
  standing: Standing | undefined,
  actors: readonly MatrixActor[],
  expectations: Expectations,
  turn: number,
): MatrixActor[] {
  const answers = actors.map((actor) => {
    const relation = relationOf(standing, actor);
    return { actor, relation, expected: expectations.of(op.id, actor.role, relation) };
  });
  const groups = new Map<string, MatrixActor[]>();
  for (const { actor, relation, expected } of answers) {
    if (expected === 'allow' && hasEffect(op, fixture)) continue;
    // Every role that stands in some relation is asked; of those without one, or without the permission, one or two in turn.
    const related = relation !== 'none' && relation !== 'oversight' && expected !== 'permission';
    const group = `${expected}|${relation}|${related ? actor.role : ''}`;
    groups.set(group, [...(groups.get(group) ?? []), actor]);
  }
  return [...groups.values()].map((group) => group[turn % group.length]).filter((actor) => actor !== undefined);
}
