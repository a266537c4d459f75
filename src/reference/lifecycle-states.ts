// Names of the states of the six lifecycles; the states themselves belong to the machines of the features (contract §3).
import { always, type CodeSet, codeItems } from './code-item.ts';

type Names = readonly [name: string, nameEn: string];
export type StateNames<S extends string> = { set: string; title: Names; states: Readonly<Record<S, Names>> };

export const lifecycleNames = {
  clue: {
    set: 'clue-states',
    title: ['线索状态', 'States of clues'],
    states: {
      submitted: ['已移送', 'Submitted'],
      returned: ['退回补充', 'Returned for supplement'],
      accepted: ['已受理', 'Accepted'],
      rejected: ['不予受理', 'Rejected'],
      routed_to_social_assistance: ['转社会救助', 'Routed to social assistance'],
      withdrawn: ['已撤回', 'Withdrawn'],
      answered: ['已反馈', 'Answered'],
    },
  },
  case: {
    set: 'case-states',
    title: ['司法救助案件状态', 'States of assistance cases'],
    states: {
      opened: ['已立案', 'Opened'],
      under_review: ['审查中', 'Under review'],
      awaiting_documents: ['待补充材料', 'Awaiting documents'],
      pending_approval: ['待审批', 'Pending approval'],
      granted: ['予以救助', 'Granted'],
      refused: ['不予救助', 'Refused'],
      disbursing: ['发放中', 'Disbursing'],
      closed: ['已办结', 'Closed'],
      withdrawn: ['已撤回', 'Withdrawn'],
      revoked: ['已撤销', 'Revoked'],
    },
  },
  disbursement: {
    set: 'disbursement-states',
    title: ['资金发放状态', 'States of disbursements'],
    states: {
      reserved: ['已预留', 'Reserved'],
      authorised: ['已批准', 'Authorised'],
      submitted: ['已报付', 'Submitted'],
      settled: ['已到账', 'Settled'],
      failed: ['发放失败', 'Failed'],
      unknown: ['结果待核实', 'Outcome unknown'],
      voided: ['已作废', 'Voided'],
      receipt_confirmed: ['已确认收款', 'Receipt confirmed'],
      receipt_disputed: ['收款有异议', 'Receipt disputed'],
      in_custody: ['托管中', 'In custody'],
      recovering: ['追缴中', 'Recovering'],
      recovered: ['已追回', 'Recovered'],
      written_off: ['已核销', 'Written off'],
    },
  },
  referral: {
    set: 'referral-states',
    title: ['社会救助移送状态', 'States of social-assistance referrals'],
    states: {
      requested: ['已发出', 'Requested'],
      received: ['已签收', 'Received'],
      accepted: ['已受理', 'Accepted'],
      rejected: ['已退回', 'Rejected'],
      in_progress: ['办理中', 'In progress'],
      on_hold: ['暂缓办理', 'On hold'],
      completed: ['已办结', 'Completed'],
      failed: ['未能落实', 'Failed'],
      cancelled: ['已取消', 'Cancelled'],
    },
  },
  visit: {
    set: 'visit-states',
    title: ['回访状态', 'States of follow-up visits'],
    states: {
      planned: ['已计划', 'Planned'],
      done: ['已完成', 'Done'],
      missed: ['未能回访', 'Missed'],
      cancelled: ['已取消', 'Cancelled'],
    },
  },
  account: {
    set: 'account-states',
    title: ['监测台账状态', 'States of monitoring accounts'],
    states: {
      open: ['监测中', 'Open'],
      escalated: ['风险升级', 'Escalated'],
      stable: ['趋于稳定', 'Stable'],
      closed: ['已销号', 'Closed'],
    },
  },
  notice: {
    set: 'notice-states',
    title: ['结案告知状态', 'States of case notices'],
    states: { sent: ['已发送', 'Sent'], received: ['已签收', 'Received'] },
  },
  breakGlass: {
    set: 'break-glass-states',
    title: ['紧急查阅状态', 'States of emergency sight'],
    states: {
      granted: ['待复核', 'Awaiting review'],
      justified: ['认定正当', 'Justified'],
      unjustified: ['认定不正当', 'Not justified'],
    },
  },
  correction: {
    set: 'correction-states',
    title: ['更正状态', 'States of corrections'],
    states: { proposed: ['待确认', 'Proposed'], applied: ['已生效', 'Applied'], refused: ['已退回', 'Refused'] },
  },
} as const satisfies Record<string, StateNames<string>>;

/** The states of a machine as a code set, in the machine's order; a name that is missing or left over throws. */
export function stateSet<S extends string>(
  machine: { readonly states: readonly S[] },
  names: StateNames<NoInfer<S>>,
): CodeSet {
  const left = new Set<string>(Object.keys(names.states));
  const rows = machine.states.map((state) => {
    if (!left.delete(state)) throw new RangeError(`${names.set} has no name for ${state}`);
    const [name, nameEn] = names.states[state];
    return [state, name, nameEn] as const;
  });
  if (left.size > 0) throw new RangeError(`${names.set} names ${[...left].join(', ')}, which no machine has`);
  const [title, titleEn] = names.title;
  return {
    name: names.set,
    title,
    titleEn,
    items: codeItems(rows, { ...always, basis: 'Contract of this service [A]' }),
  };
}
