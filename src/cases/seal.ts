// Sealing a case and unsealing it: decided by the chief of the handling procuratorate, in force with the commit (P-12, ADR 0022).
import { ensureAction } from '../kernel/action.ts';
import { samePerson } from '../kernel/actor.ts';
import { isKnownCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { caseMachine } from './domain.ts';
import { type AssistanceCase, saveCase } from './repository.ts';
import { handlesAndSeals } from './seal-domain.ts';
import { personKeyOf, waitForWriters } from './seal-repository.ts';
import { openSealings, type Sealing, sealCaseText } from './sealed.ts';
import { actingOfficer, lockCase } from './service.ts';

/** The words of every sealing and unsealing stay, under the key of the case. */
async function sealingText(tx: Tx, c: AssistanceCase, act: Pick<Sealing, 'act' | 'basis' | 'reason'>): Promise<Buffer> {
  const made: Sealing = { ...act, on: tx.ctx.now.toISOString(), officerId: actingOfficer(tx).id };
  return sealCaseText(tx, c.id, 'sealing', [...(await openSealings(tx, c)), made]);
}

/** The handler under another credential is the handler. */
async function ensureAnother(tx: Tx, c: AssistanceCase): Promise<void> {
  if (samePerson(tx.ctx.actor, await personKeyOf(tx, c.handlerOfficerId))) throw handlesAndSeals();
}

/** From the commit on the case and all that hangs on it is there for those who have a duty in it, and for nobody else. */
export async function sealCase(
  tx: Tx,
  id: string,
  { basis, reason }: { basis: string; reason: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  if (!isKnownCode('sealing-bases', basis))
    throw httpProblems['request.rule_violated']({}, [{ pointer: '/basis', code: 'code.unknown', detail: basis }]);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'sealing', c, tx.ctx.actor);
  await ensureAnother(tx, c);
  await waitForWriters(tx);
  const saved = await saveCase(tx, c, {
    sealedAt: tx.ctx.now,
    sealedBasis: basis,
    sealedBy: actingOfficer(tx).id,
    sealingSealed: await sealingText(tx, c, { act: 'sealed', basis, reason }),
  });
  tx.record({ type: 'case.sealed', kind: 'case', id, changed: ['sealing'], data: { basis } });
  return saved;
}

export async function unsealCase(
  tx: Tx,
  id: string,
  { reason }: { reason: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'unsealing', c, tx.ctx.actor);
  await ensureAnother(tx, c);
  await waitForWriters(tx);
  const saved = await saveCase(tx, c, {
    sealedAt: null,
    sealedBasis: null,
    sealedBy: null,
    sealingSealed: await sealingText(tx, c, { act: 'unsealed', basis: c.sealedBasis, reason }),
  });
  tx.record({ type: 'case.unsealed', kind: 'case', id, changed: ['sealing'], data: { basis: c.sealedBasis } });
  return saved;
}
