// The steps on clues and cases that sample stories are made of: each calls one verb as the officer whose duty it is.
import { findAgencyFor } from '../agencies/service.ts';
import { confirmCorrection, correctCase, refuseCorrection } from '../cases/correction-service.ts';
import { approveCase, reconsiderCase } from '../cases/decision.ts';
import { receiveDocuments, requestDocuments } from '../cases/documents.ts';
import { closeCase, revokeCase, withdrawCase } from '../cases/ending.ts';
import { notifyApplicant } from '../cases/notification.ts';
import { acceptClue, createCase } from '../cases/opening.ts';
import { proposeCase } from '../cases/proposal.ts';
import { assignCase } from '../cases/review.ts';
import { type AssistanceCase, findCase } from '../cases/service.ts';
import { markTypical } from '../cases/typical.ts';
import { answerClue, rejectClue, rerouteClue, returnClue, withdrawClue } from '../clues/service.ts';
import { supplementClue } from '../clues/submission.ts';
import { formatYuan } from '../kernel/money.ts';
import { mergePerson } from '../persons/merge.ts';
import type { Tx } from '../platform/db/tx.ts';
import { correctionOfCase } from './sample-repository.ts';

/** What a story is played on: officers by role (`head`, or elsewhere `chief.shenyang`), and the ids it has come to so far. */
export type Stage = {
  as<T>(role: string, verb: (tx: Tx) => Promise<T>): Promise<T>;
  officerId(role: string): Promise<string>;
  clueId: string;
  caseId: string;
  lineIds: string[];
  /** Which story it is. */
  nth: number;
  referralIds: string[];
};

export type Step = (s: Stage) => Promise<void>;

/** The verbs check versions for callers from outside; a story holds no stale copy. */
export const latest = undefined;

export async function caseOf(tx: Tx, s: Stage): Promise<AssistanceCase> {
  const found = await findCase(tx, s.caseId);
  if (!found) throw new Error('the case of the story is not visible');
  return found;
}

/** A step that is one verb on the clue or case of the story. */
export const step =
  (role: string, verb: (tx: Tx, s: Stage) => Promise<unknown>): Step =>
  async (s) => {
    await s.as(role, (tx) => verb(tx, s));
  };

export const accept: Step = async (s) => {
  const clue = await s.as('head', (tx) => acceptClue(tx, s.clueId, { opinion: '符合受理条件。' }, latest));
  s.caseId = clue.caseId ?? '';
};
export const returned = step('intake', (tx, s) =>
  returnClue(tx, s.clueId, { reason: '请补充原案信息与身份证明。' }, latest),
);
export const supplement = step('wf', (tx, s) =>
  supplementClue(tx, s.clueId, { hardship: '独自抚养子女，负债治疗。（沙箱虚构）' }, latest),
);
export const reject = step('intake', (tx, s) =>
  rejectClue(tx, s.clueId, { reasonCode: 'other', reason: '经审查不符合受理条件，已说明理由。' }, latest),
);
export const answer = step('head', (tx, s) =>
  answerClue(tx, s.clueId, { result: '已办结并说明理由。', advice: '可向民政部门申请临时救助。' }, latest),
);
export const withdrawn = step('wf', (tx, s) => withdrawClue(tx, s.clueId, { reason: '当事人已获赔偿。' }, latest));
export const reroute = (regionCode: string): Step =>
  step('intake', async (tx, s) => {
    const target = await findAgencyFor(tx, 'procuratorate', regionCode, 'county');
    if (!target) throw new Error(`no procuratorate in ${regionCode}`);
    return rerouteClue(tx, s.clueId, { agencyId: target.id, reason: '原案由该区办理。' }, latest);
  });

export const assign: Step = async (s) => {
  const handlerOfficerId = await s.officerId('handler');
  await s.as('head', (tx) => assignCase(tx, s.caseId, { handlerOfficerId }, latest));
};
const ITEMS = ['医疗费票据', '家庭经济状况证明'];
export const request = step('handler', (tx, s) =>
  requestDocuments(tx, s.caseId, { items: ITEMS, reason: '核实损失与困难程度。' }, latest),
);
export const receive = step('handler', (tx, s) =>
  receiveDocuments(tx, s.caseId, { items: ITEMS, note: '已核对原件。' }, latest),
);

type Override = { exclusions: { code: string; applies: boolean }[]; override: { reason: string } };
const OVERRIDE: Override = {
  exclusions: [{ code: 'X4', applies: true }],
  override: { reason: '放弃赔偿系受胁迫，生活确有困难。' },
};

const proposing = (change: Partial<Override> = {}): Step =>
  step('handler', async (tx, s) => {
    const c = await caseOf(tx, s);
    const awards = c.beneficiaries
      .slice(0, 3)
      .map((b, i) => ({ beneficiaryId: b.id, amount: { amount: formatYuan(BigInt(20_000 - 4000 * i) * 100n) } }));
    // Each eligibility in turn: what visitors propose themselves is not held against invented cases.
    const eligibilityCode = `E${1 + (s.nth % 7)}`;
    const input = { eligibilityCode, exclusions: [], awards, opinion: '因案致困，建议给予救助。', ...change };
    return proposeCase(tx, s.caseId, input, latest);
  });
export const propose = proposing();
/** In spite of an exclusion: the chief of the level above approves as well. */
export const proposeOverride = proposing(OVERRIDE);

export const approve = (outcome: 'granted' | 'refused', role = 'chief'): Step =>
  step(role, (tx, s) => {
    const opinion = outcome === 'granted' ? '同意。' : '已获合理赔偿，不予救助。';
    return approveCase(tx, s.caseId, { outcome, opinion, exclusionCode: outcome === 'refused' ? 'X6' : null }, latest);
  });
export const tell = step('handler', (tx, s) =>
  notifyApplicant(tx, s.caseId, { toldOn: tx.ctx.today, channel: 'in_person' }, latest),
);
export const reconsider = step('handler', (tx, s) =>
  reconsiderCase(tx, s.caseId, { newFacts: '赔偿款未实际到位。' }, latest),
);
export const withdrawCaseStep = step('handler', (tx, s) =>
  withdrawCase(tx, s.caseId, { reason: '申请人撤回申请。' }, latest),
);
export const close = step('head', (tx, s) =>
  closeCase(tx, s.caseId, { summary: '救助金已发放，转入回访。', advice: '请关注子女就学。' }, latest),
);
export const ended = step('head', (tx, s) => {
  const input = { result: '已给予司法救助。', aidGiven: '救助金已发放。', advice: '请妇联共同回访。' };
  return answerClue(tx, s.clueId, input, latest);
});
export const revoke = step('chief', (tx, s) =>
  revokeCase(tx, s.caseId, { reason: '发现重复救助，撤销决定。' }, latest),
);
export const typical = step('head', (tx, s) => markTypical(tx, s.caseId, { title: '某某司法救助案' }, latest));

/** Money is corrected by two people; to so many thousand yuan. */
export const correct = (thousands: number): Step =>
  step('handler', (tx, s) => {
    const value = { amount: `${thousands}000.00`, currency: 'CNY' as const };
    const input = { pointer: '/beneficiaries/0/grantedAmount', value, reason: '与决定书核对后更正。' };
    return correctCase(tx, s.caseId, input, latest);
  });
export const confirmCorrected = step('chief', async (tx, s) =>
  confirmCorrection(tx, { id: s.caseId, correctionId: await correctionOfCase(tx, s.caseId) }, {}, latest),
);
export const refuseCorrected = step('chief', async (tx, s) => {
  const ids = { id: s.caseId, correctionId: await correctionOfCase(tx, s.caseId) };
  return refuseCorrection(tx, ids, { reason: '决定书金额无误。' }, latest);
});

/** The first beneficiary was recorded again without a document; two people make the two one. */
export const merge: Step = async (s) => {
  const reason = '核对户籍底册，确认为同一人。';
  const { twice, into } = await s.as('handler', async (tx) => {
    const c = await caseOf(tx, s);
    const { linkedType: type, linkedOrgan: handlingOrgan, regionCode } = c;
    const again = { name: '某某', sex: 'female' as const, idType: 'none' as const, relationToCase: 'self' };
    const linkedCase = { type, handlingOrgan };
    const facts = '同一被害人另行提出申请，未带身份证件。（沙箱虚构）';
    const opened = await createCase(tx, {
      initiation: 'application',
      regionCode,
      linkedCase,
      facts,
      subjects: [again],
    });
    return { twice: opened.beneficiaries[0]?.personId ?? '', into: c.beneficiaries[0]?.personId ?? '' };
  });
  for (const role of ['handler', 'head'])
    await s.as(role, (tx) => mergePerson(tx, twice, { intoPersonId: into, reason }, latest));
};
