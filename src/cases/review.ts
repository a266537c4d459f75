// Verbs of the review: edit and assign; documents and the proposal stand beside it.
import { type LinkedCaseChange, linkedCaseKey, mergeLinkedCase } from '../clues/domain.ts';
import { ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { caseActions } from './actions.ts';
import { caseMachine } from './domain.ts';
import { type CaseInput, requireCampaign, requireHandler } from './opening.ts';
import { keepRevisions } from './record-repository.ts';
import { type AssistanceCase, linkedCaseOf, saveCase } from './repository.ts';
import { editChanges } from './revisions.ts';
import { openNarrative, sealCaseText } from './sealed.ts';
import { lockCase } from './service.ts';

type Change = { [K in 'facts' | 'hardship' | 'campaignCode' | 'greenChannel']?: CaseInput[K] | undefined } & {
  linkedCase?: LinkedCaseChange | undefined;
};

/** PATCH before the decision: an absent member stays, null empties. */
export async function editCase(tx: Tx, id: string, change: Change, expected: ExpectedVersion): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'edit', c, tx.ctx.actor);
  const former = await openNarrative(tx, c);
  const narrative = {
    ...former,
    facts: change.facts ?? former.facts,
    hardship: change.hardship === undefined ? former.hardship : change.hardship,
  };
  const campaignCode = change.campaignCode === undefined ? c.campaignCode : change.campaignCode;
  if (campaignCode !== c.campaignCode) requireCampaign(tx, campaignCode);
  const greenChannel = change.greenChannel ?? c.greenChannel;
  const old = linkedCaseOf(c);
  const linked = { ...old, ...mergeLinkedCase(old, change.linkedCase ?? {}) };
  const sameLinked =
    linked.type === old.type && linked.number === old.number && linked.handlingOrgan === old.handlingOrgan;
  const changed = [
    narrative.facts === former.facts ? [] : ['facts'],
    narrative.hardship === former.hardship ? [] : ['hardship'],
    campaignCode === c.campaignCode ? [] : ['campaignCode'],
    greenChannel === c.greenChannel ? [] : ['greenChannel'],
    sameLinked ? [] : ['linkedCase'],
  ].flat();
  if (changed.length === 0) {
    tx.unchanged();
    return c;
  }
  const saved = await saveCase(tx, c, {
    campaignCode,
    greenChannel,
    linkedType: linked.type,
    linkedNumber: linked.number,
    linkedOrgan: linked.handlingOrgan,
    linkedKey: linkedCaseKey(linked),
    narrativeSealed: await sealCaseText(tx, id, 'narrative', narrative),
  });
  const before = { ...former, campaignCode: c.campaignCode, greenChannel: c.greenChannel, linkedCase: old };
  const after = { ...narrative, campaignCode, greenChannel, linkedCase: linked };
  await keepRevisions(tx, saved, { factType: 'case.edited' }, editChanges(before, after));
  tx.record({ type: 'case.edited', kind: 'case', id, changed, data: { campaignCode, greenChannel } });
  return saved;
}

/** A head names the handler; again while the review runs, the case then stays where it is. */
export async function assignCase(
  tx: Tx,
  id: string,
  input: { handlerOfficerId: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'assignment', c, tx.ctx.actor);
  const handlerOfficerId = await requireHandler(tx, input.handlerOfficerId);
  const first = caseMachine.can(c.state, 'assign');
  const state = caseMachine.next(c.state, first ? 'assign' : 'reassign');
  const saved = await saveCase(tx, c, { state, handlerOfficerId });
  const changed = first ? ['state', 'handlerOfficerId'] : ['handlerOfficerId'];
  const data = { handlerOfficerId, formerHandlerOfficerId: c.handlerOfficerId };
  tx.record({ type: 'case.assigned', kind: 'case', id, changed, data });
  return saved;
}
