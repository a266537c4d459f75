// How a case ends: withdrawn before the decision, closed after it, revoked where the grant was wrong.
import { ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { caseActions } from './actions.ts';
import { caseMachine, NOT_TYPICAL } from './domain.ts';
import { requireNoContact } from './notice-service.ts';
import { type AssistanceCase, saveCase } from './repository.ts';
import { sealCaseText } from './sealed.ts';
import { lockCase, noteClue } from './service.ts';

export async function withdrawCase(
  tx: Tx,
  id: string,
  input: { reason?: string | null },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'withdrawal', c, tx.ctx.actor);
  const saved = await saveCase(tx, c, {
    state: caseMachine.next(c.state, 'withdraw'),
    endingSealed: input.reason ? await sealCaseText(tx, id, 'ending', input.reason) : null,
  });
  await noteClue(tx, c, true);
  tx.record({ type: 'case.withdrawn', kind: 'case', id, changed: ['state'] });
  return saved;
}

/** Only when no disbursement line is open; referrals may go on after it. */
export async function closeCase(
  tx: Tx,
  id: string,
  input: { summary: string; advice?: string | null },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  requireNoContact(input.advice, '/advice');
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'closure', c, tx.ctx.actor);
  const saved = await saveCase(tx, c, {
    state: caseMachine.next(c.state, 'close'),
    endingSealed: await sealCaseText(tx, id, 'ending', input.summary),
    adviceSealed: input.advice ? await sealCaseText(tx, id, 'advice', input.advice) : null,
  });
  await noteClue(tx, c, true);
  const data = { outcome: c.decisionOutcome, regionCode: c.regionCode, handlingAgencyId: c.handlingAgencyId };
  tx.record({ type: 'case.closed', kind: 'case', id, changed: ['state', 'closure'], data });
  return saved;
}

/** The decision is taken back; what was paid is recovered line by line. The decision itself stays on record. */
export async function revokeCase(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'revocation', c, tx.ctx.actor);
  const saved = await saveCase(tx, c, {
    state: caseMachine.next(c.state, 'revoke'),
    revocationSealed: await sealCaseText(tx, id, 'revocation', input.reason),
    ...NOT_TYPICAL,
  });
  await noteClue(tx, c, true);
  tx.record({ type: 'case.revoked', kind: 'case', id, changed: ['state'], data: { fromState: c.state } });
  return saved;
}
