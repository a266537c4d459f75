// What follows from a decision on a case under the system scope, because who decided may not see it.
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findCase, noteClue } from './service.ts';

/** A refusal lets the clue be answered; the superior that refuses a reconsidered case does not see the clue. */
async function onRefused(tx: Tx, fact: Fact): Promise<void> {
  const found = await findCase(tx, fact.id);
  if (found) await noteClue(tx, found, true);
}

export const caseHandlers: readonly FactHandler[] = [{ on: ['case.refused'], handle: onRefused }];
