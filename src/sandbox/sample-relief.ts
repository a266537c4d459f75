// The steps after the money that sample stories are made of: referrals to every department, visits, notices and accounts.
import { addEntry, countersignEntry, objectToEntry } from '../accounts/entries.ts';
import { closeAccount, escalateAccount, stabiliseAccount } from '../accounts/service.ts';
import { requestTransfer } from '../accounts/transfer.ts';
import { findAgencyFor } from '../agencies/service.ts';
import { receiveNotice } from '../cases/notice-service.ts';
import { findClue } from '../clues/service.ts';
import type { AgencyKind } from '../kernel/actor.ts';
import { addDays } from '../kernel/civil-date.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  acceptReferral,
  cancelReferral,
  completeReferral,
  failReferral,
  holdReferral,
  receiveReferral,
  recordOutput,
  rejectReferral,
  startReferral,
} from '../referrals/decisions.ts';
import { followUpReferral } from '../referrals/onward.ts';
import { routeClueWithReferrals, sendCaseReferrals } from '../referrals/origins.ts';
import { confirmVisit } from '../visits/confirmation.ts';
import { cancelVisit, missVisit, planCaseVisit, recordVisit } from '../visits/service.ts';
import { accountOfCase, noticeOfCase, visitOfCase } from './sample-repository.ts';
import { caseOf, latest, type Step, step } from './sample-steps.ts';

/** Each department with its officer's post and a measure of its own. */
export const DEPARTMENTS = {
  civil: ['civil_affairs', 'MCA3'],
  education: ['education', 'EDU2'],
  hr: ['human_resources', 'HR1'],
  rural: ['rural_revitalization', 'RR1'],
  medical: ['medical_security', 'MI2'],
  union: ['trade_union', 'TU1'],
  youth: ['youth_league', 'CY2'],
  disabled: ['disabled_federation', 'DP2'],
  veterans: ['veterans_affairs', 'VE1'],
  wf: ['womens_federation', 'WF1'],
} as const satisfies Readonly<Record<string, readonly [AgencyKind, string]>>;
export type Post = keyof typeof DEPARTMENTS;

const PROPOSAL = '家庭因案致困，建议依职责落实相应救助措施。（沙箱虚构）';

async function wantedFrom(tx: Tx, post: Post) {
  const [kind, measure] = DEPARTMENTS[post];
  const agency = await findAgencyFor(tx, kind, tx.ctx.actor.agency.regionCode, tx.ctx.actor.agency.level);
  if (!agency) throw new Error(`no ${kind}`);
  return { agencyId: agency.id, measures: [measure], proposal: PROPOSAL, legalBasis: 'statutory_duty' as const };
}

export const route = (...posts: readonly Post[]): Step =>
  step('head', async (tx, s) => {
    const clue = await findClue(tx, s.clueId);
    const personIds = clue?.subjectRows.map((row) => row.id) ?? [];
    const referrals = await Promise.all(posts.map(async (post) => ({ ...(await wantedFrom(tx, post)), personIds })));
    const input = { reason: '困难与案件无关，转社会救助。', referrals };
    return routeClueWithReferrals(tx, s.clueId, input, latest);
  });

export type Answer = keyof typeof ANSWERS;
type Target = { id: string; expected: undefined };

const begin = async (tx: Tx, at: Target) => {
  await acceptReferral(tx, at);
  await startReferral(tx, at);
};
const ANSWERS = {
  receive: (tx: Tx, at: Target) => receiveReferral(tx, at),
  accept: (tx: Tx, at: Target) => acceptReferral(tx, at),
  reject: (tx: Tx, at: Target) => rejectReferral(tx, at, { reasonCode: 'not_eligible', reason: '不符合政策条件。' }),
  start: begin,
  async hold(tx: Tx, at: Target) {
    await begin(tx, at);
    await holdReferral(tx, at, { reason: '等待户籍证明。' });
  },
  async complete(tx: Tx, at: Target, measure: string) {
    await begin(tx, at);
    await recordOutput(tx, at, { measure, from: tx.ctx.today, value: { amount: '3000.00' } });
    await completeReferral(tx, at, { outcome: 'delivered', note: '措施已落实。' });
  },
  async fail(tx: Tx, at: Target) {
    await begin(tx, at);
    await failReferral(tx, at, { reason: '当事人迁出，无法办理。' });
  },
};

/** Departments asked at once, and what each has answered by now (`null`: nothing yet). */
export const refer =
  (asked: readonly (readonly [Post, Answer | null])[]): Step =>
  async (s) => {
    const sent = await s.as('handler', async (tx) => {
      const beneficiaryIds = (await caseOf(tx, s)).beneficiaries.slice(0, 1).map((b) => b.id);
      const wanted = [];
      for (const [post] of asked) wanted.push({ ...(await wantedFrom(tx, post)), beneficiaryIds });
      return sendCaseReferrals(tx, s.caseId, wanted, (i) => `/referrals/${i}`, latest);
    });
    s.referralIds = sent.map((r) => r.id);
    for (const [i, [post, given]] of asked.entries()) {
      const at = { id: s.referralIds[i] ?? '', expected: latest };
      if (given) await s.as(post, async (tx) => void (await ANSWERS[given](tx, at, DEPARTMENTS[post][1])));
    }
  };
export const cancelReferred = step('handler', (tx, s) =>
  cancelReferral(tx, { id: s.referralIds[0] ?? '', expected: latest }, { reason: '当事人已通过其他途径获得帮助。' }),
);
/** What the last department refused is asked of another one. */
export const followUp = (post: Post): Step =>
  step('handler', async (tx, s) => {
    const { agencyId, measures } = await wantedFrom(tx, post);
    const target = { id: s.referralIds.at(-1) ?? '', expected: latest };
    const referral = { agencyId, measures: [...measures] };
    return followUpReferral(tx, target, { decision: 'referred_again', reason: '改由其他部门落实。', referral });
  });

export const planVisit = step('handler', async (tx, s) => {
  const partner = await wantedFrom(tx, 'wf');
  const plan = { plannedOn: tx.ctx.today, mode: 'home' as const, jointAgencyIds: [partner.agencyId] };
  return planCaseVisit(tx, s.caseId, plan, latest);
});
const visited = (riskLevel: 'low' | 'high'): Step =>
  step('handler', async (tx, s) => {
    const record = {
      doneOn: tx.ctx.today,
      livingConditions: '生活趋于稳定。',
      useOfFunds: '用于治疗与子女学费。',
      riskLevel,
      nextVisitOn: addDays(tx.ctx.today, 180),
    };
    return recordVisit(tx, await visitOfCase(tx, s.caseId), record, latest);
  });
export const visit = visited('low');
export const visitAtRisk = visited('high');
export const confirmPlan = step('wf', async (tx, s) =>
  confirmVisit(tx, { id: await visitOfCase(tx, s.caseId), expected: latest }),
);
export const missed = step('handler', async (tx, s) => {
  const input = { reasonCode: 'absent', note: '约定时间家中无人。' };
  return missVisit(tx, await visitOfCase(tx, s.caseId), input, latest);
});
export const cancelled = step('handler', async (tx, s) =>
  cancelVisit(tx, await visitOfCase(tx, s.caseId), { reason: '与部门联合回访合并进行。' }, latest),
);

export const receiveClosed = step('wf', async (tx, s) =>
  receiveNotice(tx, await noticeOfCase(tx, s.caseId), { note: '由社区妇联继续联系。' }, latest),
);

const BECAUSE = { reason: '收入稳定，措施均已落实。' };
export const escalate = step('wf', async (tx, s) =>
  escalateAccount(tx, await accountOfCase(tx, s.caseId), { reason: '当事人失联，子女辍学。' }, latest),
);
export const stabilise = step('handler', async (tx, s) =>
  stabiliseAccount(tx, await accountOfCase(tx, s.caseId), BECAUSE, latest),
);
/** One owner's consent; the second closes the account. */
export const closeAs = (role: 'wf' | 'handler'): Step =>
  step(role, async (tx, s) => closeAccount(tx, await accountOfCase(tx, s.caseId), BECAUSE, latest));
export const transfer = step('handler', async (tx, s) => {
  const input = { regionCode: '210106', reason: '全家已迁至铁西区居住。' };
  return requestTransfer(tx, await accountOfCase(tx, s.caseId), input, latest);
});
/** Written by the Federation, answered by the procuratorate (`null`: not yet). */
export const note =
  (given: 'countersign' | 'object' | null): Step =>
  async (s) => {
    const { account, entry } = await s.as('wf', async (tx) =>
      addEntry(tx, await accountOfCase(tx, s.caseId), { text: '电话了解近况，子女已复学。', kind: 'contact' }, latest),
    );
    const target = { accountId: account.id, entryId: entry.id, expected: latest };
    if (given === 'countersign') await s.as('handler', (tx) => countersignEntry(tx, target, { text: '情况属实。' }));
    if (given === 'object') await s.as('handler', (tx) => objectToEntry(tx, target, { text: '学校反馈尚未复学。' }));
  };
