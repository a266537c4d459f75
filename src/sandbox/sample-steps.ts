// The steps that sample stories are made of: each calls one verb as the officer whose duty it is.
import { findAgencyFor } from '../agencies/service.ts';
import { approveCase, reconsiderCase } from '../cases/decision.ts';
import { requestDocuments } from '../cases/documents.ts';
import { closeCase, revokeCase, withdrawCase } from '../cases/ending.ts';
import { acceptClue } from '../cases/opening.ts';
import { proposeCase } from '../cases/proposal.ts';
import { assignCase } from '../cases/review.ts';
import { type AssistanceCase, findCase } from '../cases/service.ts';
import { answerClue, findClue, rejectClue, rerouteClue, returnClue, withdrawClue } from '../clues/service.ts';
import { settleDisbursement, submitDisbursement } from '../disbursements/payment-service.ts';
import { authoriseDisbursement, planDisbursement } from '../disbursements/service.ts';
import type { AgencyKind } from '../kernel/actor.ts';
import { addDays } from '../kernel/civil-date.ts';
import { formatYuan } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import { acceptReferral, recordOutput, rejectReferral, startReferral } from '../referrals/decisions.ts';
import { routeClueWithReferrals, sendCaseReferrals } from '../referrals/origins.ts';
import type { ReferralRequest } from '../referrals/service.ts';
import { planCaseVisit, recordVisit } from '../visits/service.ts';

/** What a story is played on: officers by role, and the ids it has come to so far. */
export type Stage = {
  as<T>(role: string, verb: (tx: Tx) => Promise<T>): Promise<T>;
  see<T>(role: string, read: (tx: Tx) => Promise<T>): Promise<T>;
  officerId(role: string): Promise<string>;
  clueId: string;
  caseId: string;
  lines: { id: string; version: number; amountFen: bigint }[];
  referralIds: string[];
};

export type Step = (s: Stage) => Promise<void>;

/** The verbs check versions for callers from outside; a story holds no stale copy. */
const latest = undefined;

async function theCase(s: Stage): Promise<AssistanceCase> {
  const found = await s.see('handler', (tx) => findCase(tx, s.caseId));
  if (!found) throw new Error('the case of the story is not visible');
  return found;
}

export const accept: Step = async (s) => {
  const clue = await s.as('head', (tx) => acceptClue(tx, s.clueId, { opinion: '符合受理条件。' }, latest));
  s.caseId = clue.caseId ?? '';
};
export const returned: Step = async (s) => {
  await s.as('intake', (tx) => returnClue(tx, s.clueId, { reason: '请补充原案信息与身份证明。' }, latest));
};
export const reject: Step = async (s) => {
  await s.as('intake', (tx) =>
    rejectClue(tx, s.clueId, { reasonCode: 'other', reason: '经审查不符合受理条件，已说明理由。' }, latest),
  );
};
export const answer: Step = async (s) => {
  await s.as('head', (tx) =>
    answerClue(tx, s.clueId, { result: '已办结并说明理由。', advice: '可向民政部门申请临时救助。' }, latest),
  );
};
export const withdrawn: Step = async (s) => {
  await s.as('wf', (tx) => withdrawClue(tx, s.clueId, { reason: '当事人已获赔偿。' }, latest));
};
export const reroute =
  (regionCode: string): Step =>
  async (s) => {
    await s.as('intake', async (tx) => {
      const target = await findAgencyFor(tx, 'procuratorate', regionCode, 'county');
      if (!target) throw new Error(`no procuratorate in ${regionCode}`);
      return rerouteClue(tx, s.clueId, { agencyId: target.id, reason: '原案由该区办理。' }, latest);
    });
  };

async function wantedFrom(tx: Tx, kind: AgencyKind, measures: string[], memberIds: string[]): Promise<ReferralRequest> {
  const agency = await findAgencyFor(tx, kind, tx.ctx.actor.agency.regionCode, tx.ctx.actor.agency.level);
  if (!agency) throw new Error(`no ${kind}`);
  const proposal = '家庭因案致困，建议依职责落实相应救助措施。（沙箱虚构）';
  return { agencyId: agency.id, beneficiaryIds: memberIds, measures, proposal, legalBasis: 'statutory_duty' };
}

export const route: Step = async (s) => {
  await s.as('head', async (tx) => {
    const clue = await findClue(tx, s.clueId);
    const { beneficiaryIds: personIds, ...wanted } = await wantedFrom(
      tx,
      'civil_affairs',
      ['MCA3'],
      clue?.subjectRows.map((row) => row.id) ?? [],
    );
    const referrals = [{ ...wanted, ...(personIds ? { personIds } : {}) }];
    return routeClueWithReferrals(tx, s.clueId, { reason: '困难与案件无关，转社会救助。', referrals }, latest);
  });
};
export const assign: Step = async (s) => {
  const handlerOfficerId = await s.officerId('handler');
  await s.as('head', (tx) => assignCase(tx, s.caseId, { handlerOfficerId }, latest));
};
export const request: Step = async (s) => {
  const input = { items: ['医疗费票据', '家庭经济状况证明'], reason: '核实损失与困难程度。' };
  await s.as('handler', (tx) => requestDocuments(tx, s.caseId, input, latest));
};
export const propose: Step = async (s) => {
  const c = await theCase(s);
  const awards = c.beneficiaries
    .slice(0, 3)
    .map((b, i) => ({ beneficiaryId: b.id, amount: { amount: formatYuan(BigInt(20_000 - 4000 * i) * 100n) } }));
  const input = { eligibilityCode: 'E1', exclusions: [], awards, opinion: '因案致困，建议给予救助。' };
  await s.as('handler', (tx) => proposeCase(tx, s.caseId, input, latest));
};
export const approve =
  (outcome: 'granted' | 'refused'): Step =>
  async (s) => {
    const opinion = outcome === 'granted' ? '同意。' : '已获合理赔偿，不予救助。';
    await s.as('chief', (tx) =>
      approveCase(tx, s.caseId, { outcome, opinion, exclusionCode: outcome === 'refused' ? 'X6' : null }, latest),
    );
  };
export const reconsider: Step = async (s) => {
  await s.as('handler', (tx) => reconsiderCase(tx, s.caseId, { newFacts: '赔偿款未实际到位。' }, latest));
};
export const withdrawCaseStep: Step = async (s) => {
  await s.as('handler', (tx) => withdrawCase(tx, s.caseId, { reason: '申请人撤回申请。' }, latest));
};
export const close: Step = async (s) => {
  await s.as('head', (tx) => closeCase(tx, s.caseId, { summary: '救助金已发放，转入回访。' }, latest));
};
export const ended: Step = async (s) => {
  await s.as('head', (tx) =>
    answerClue(
      tx,
      s.clueId,
      { result: '已给予司法救助。', aidGiven: '救助金已发放。', advice: '请妇联共同回访。' },
      latest,
    ),
  );
};
export const revoke: Step = async (s) => {
  await s.as('chief', (tx) => revokeCase(tx, s.caseId, { reason: '发现重复救助，撤销决定。' }, latest));
};

export const plan: Step = async (s) => {
  const c = await theCase(s);
  for (const [i, b] of c.beneficiaries.entries()) {
    if (!b.grantedFen) continue;
    const payee = {
      type: 'self' as const,
      name: '沙箱收款人',
      bankName: '样例银行沈阳分行',
      accountNumber: `62220000000000${1000 + i}`,
    };
    const input = {
      beneficiaryId: b.id,
      amount: { amount: formatYuan(b.grantedFen), currency: 'CNY' as const },
      kind: 'lump' as const,
      payee,
      requestNumber: `${c.number}-${i + 1}`,
    };
    s.lines.push(await s.as('handler', (tx) => planDisbursement(tx, s.caseId, input, latest)));
  }
};
export const pay =
  (until: 'authorised' | 'submitted' | 'settled'): Step =>
  async (s) => {
    for (const { id } of s.lines) {
      await s.as('head', (tx) => authoriseDisbursement(tx, id, { opinion: '同意支付。' }, latest));
      if (until === 'authorised') continue;
      await s.as('finance', (tx) => submitDisbursement(tx, id, latest));
      if (until === 'submitted') continue;
      await s.as('finance', (tx) =>
        settleDisbursement(tx, id, { paidOn: tx.ctx.today, bankReference: `BK${id.slice(-8)}` }, latest),
      );
    }
  };

const department = { civil_affairs: 'civil', education: 'education', medical_security: 'medical' } as const;

export const refer =
  (until: 'requested' | 'answered' | 'delivered'): Step =>
  async (s) => {
    const c = await theCase(s);
    const ids = c.beneficiaries.slice(0, 1).map((b) => b.id);
    const sent = await s.as('handler', async (tx) => {
      const wanted = [
        await wantedFrom(tx, 'civil_affairs', ['MCA3'], ids),
        await wantedFrom(tx, 'education', ['EDU2'], ids),
        await wantedFrom(tx, 'medical_security', ['MI2'], ids),
      ];
      return sendCaseReferrals(tx, s.caseId, wanted, (i) => `/referrals/${i}`, latest);
    });
    s.referralIds = sent.map((r) => r.id);
    if (until === 'requested') return;
    const [civil = '', education = '', medical = ''] = s.referralIds;
    await s.as(department.civil_affairs, (tx) => acceptReferral(tx, { id: civil, expected: latest }));
    await s.as(department.education, (tx) =>
      rejectReferral(tx, { id: education, expected: latest }, { reasonCode: 'other', reason: '已享受同类资助。' }),
    );
    if (until === 'answered') return;
    await s.as(department.medical_security, (tx) => acceptReferral(tx, { id: medical, expected: latest }));
    await s.as(department.civil_affairs, (tx) => startReferral(tx, { id: civil, expected: latest }));
    await s.as(department.civil_affairs, (tx) =>
      recordOutput(
        tx,
        { id: civil, expected: latest },
        { measure: 'MCA3', from: tx.ctx.today, value: { amount: '3000.00' } },
      ),
    );
  };

export const visit: Step = async (s) => {
  const planned = await s.as('handler', (tx) =>
    planCaseVisit(tx, s.caseId, { plannedOn: tx.ctx.today, mode: 'home' }, latest),
  );
  await s.as('handler', (tx) => {
    const record = {
      doneOn: tx.ctx.today,
      livingConditions: '生活趋于稳定。',
      useOfFunds: '用于治疗与子女学费。',
      riskLevel: 'low' as const,
      nextVisitOn: addDays(tx.ctx.today, 180),
    };
    return recordVisit(tx, planned.id, record, latest);
  });
};
