// Typical cases: examples that procuratorates and Federations publish together; marked, published, or taken off again.
import { ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { caseMachine, NOT_TYPICAL } from './domain.ts';
import { type AssistanceCase, saveCase } from './repository.ts';
import { sealCaseText } from './sealed.ts';
import { lockCase } from './service.ts';

/** Marked once, and again when the title changes or the publication is known: the day of the first mark stays. */
export async function markTypical(
  tx: Tx,
  id: string,
  input: { title: string; publishedOn?: string | null },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const publishedOn = input.publishedOn ?? null;
  if (publishedOn !== null && publishedOn > tx.ctx.today)
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/publishedOn', code: 'date.future', detail: ['晚于今天', 'a day after today'] },
    ]);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'typical-case', c, tx.ctx.actor);
  const markedOn = c.typicalMarkedOn ?? tx.ctx.today;
  const saved = await saveCase(tx, c, {
    state: caseMachine.next(c.state, 'mark-typical'),
    typicalMarkedOn: markedOn,
    typicalPublishedOn: publishedOn,
    typicalSealed: await sealCaseText(tx, id, 'typical', input.title),
  });
  const data = { markedOn, publishedOn, regionCode: c.regionCode };
  tx.record({ type: 'case.marked_typical', kind: 'case', id, changed: ['typicalCase'], data });
  return saved;
}

/** Taken off; the timeline keeps who and when. */
export async function unmarkTypical(tx: Tx, id: string, expected: ExpectedVersion): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'typical-case-removal', c, tx.ctx.actor);
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'unmark-typical'), ...NOT_TYPICAL });
  const data = { markedOn: c.typicalMarkedOn };
  tx.record({ type: 'case.unmarked_typical', kind: 'case', id, changed: ['typicalCase'], data });
  return saved;
}
