// Every type of fact in one table (contract §3): its resource, what it says in both languages, and the ids that its event carries.
// What an event shows, `GET /v1/event-types`, the webhooks of the OpenAPI document and what an endpoint may ask for are read from it.
import type { ResourceKind } from '../kernel/fact.ts';

type Words = readonly [zh: string, en: string];

export type EventGroup = {
  kind: ResourceKind;
  /** Names of ids that its events may carry: of records and agencies, never of people or officers (W-10). */
  ids: readonly string[];
  types: Readonly<Record<string, Words>>;
};

const ORIGIN = ['assistanceCaseId', 'clueId', 'monitoringAccountId'] as const;

const flow: readonly EventGroup[] = [
  {
    kind: 'clue',
    ids: ['sourceAgencyId', 'receivingAgencyId', 'fromAgencyId', 'toAgencyId', 'assistanceCaseId'],
    types: {
      'clue.submitted': ['线索已报送', 'A clue was submitted'],
      'clue.edited': ['线索已修改', 'A clue was edited'],
      'clue.supplemented': ['退回的线索已补正', 'A returned clue was completed and submitted again'],
      'clue.withdrawn': ['线索已撤回', 'A clue was withdrawn'],
      'clue.accepted': ['线索已受理', 'A clue was accepted'],
      'clue.returned': ['线索已退回补正', 'A clue was returned to be completed'],
      'clue.rejected': ['线索不予受理', 'A clue was rejected'],
      'clue.rerouted': ['线索已改送其他检察院', 'A clue was sent on to another procuratorate'],
      'clue.routed_to_social_assistance': ['线索转社会救助', 'A clue was routed to social assistance'],
      'clue.answered': ['线索结果已反馈', 'The result of a clue was told to its source'],
      'clue.case_ended': ['线索所立案件已办结', 'The case of a clue has ended'],
      'clue.case_reopened': ['线索所立案件重新办理', 'The case of a clue is open again'],
    },
  },
  {
    kind: 'case',
    ids: [
      ...[
        'handlingAgencyId',
        'reconsiderationAgencyId',
        'superiorAgencyId',
        'agencyId',
        'clueId',
        'decisionId',
        'fundId',
      ],
      ...['shareId', 'correctionId', 'documentRequestId', 'requestId', 'standardId', 'tierId'],
    ],
    types: {
      'case.opened': ['案件已立案', 'A case was opened'],
      'case.assigned': ['案件已分派承办人', 'A case was assigned'],
      'case.edited': ['案件内容已修改', 'A case was edited'],
      'case.beneficiary_added': ['案件增加救助对象', 'A beneficiary was added to a case'],
      'case.documents_requested': ['已要求补充材料', 'Documents were requested'],
      'case.documents_received': ['补充材料已收到', 'Requested documents were received'],
      'case.proposed': ['已提出救助意见', 'An award was proposed'],
      'case.step_approved': ['一级审批已通过', 'A step of approval was passed'],
      'case.granted': ['决定予以救助', 'Aid was granted'],
      'case.refused': ['决定不予救助', 'Aid was refused'],
      'case.returned': ['审批退回', 'A proposal was returned'],
      'case.reconsidered': ['复议已决定', 'A decision was reconsidered'],
      'case.notified': ['决定已告知', 'A decision was notified'],
      'case.disbursing': ['开始发放', 'Disbursement has begun'],
      'case.closed': ['案件已办结', 'A case was closed'],
      'case.withdrawn': ['案件已撤回', 'A case was withdrawn'],
      'case.revoked': ['救助决定已撤销', 'A grant was revoked'],
      'case.advance_approved': ['先行救助已批准', 'An advance was approved'],
      'case.share_requested': ['已请求上级分担', 'A share was requested from the level above'],
      'case.share_given': ['上级已分担', 'A share was given by the level above'],
      'case.correction_proposed': ['已提出更正', 'A correction was proposed'],
      'case.corrected': ['更正已生效', 'A case was corrected'],
      'case.correction_refused': ['更正未获同意', 'A correction was refused'],
      'case.marked_typical': ['列为典型案例', 'A case was marked as typical'],
      'case.unmarked_typical': ['取消典型案例', 'A case is no longer marked as typical'],
      'case.sealed': ['案件已封存', 'A case was sealed'],
      'case.unsealed': ['案件已解封', 'A case was unsealed'],
    },
  },
  {
    kind: 'notice',
    ids: ['federationId', 'handlingAgencyId', 'assistanceCaseId'],
    types: {
      'notice.sent': ['案件通报已送', 'A case notice was sent'],
      'notice.received': ['案件通报已签收', 'A case notice was received'],
      'notice.amended': ['案件通报已更正', 'A case notice was amended'],
    },
  },
];

const money: readonly EventGroup[] = [
  {
    kind: 'fund',
    ids: [
      'agencyId',
      'fundId',
      'entryId',
      'reversesId',
      'assistanceCaseId',
      'disbursementId',
      'reconciliationId',
      'exceptionId',
    ],
    types: {
      'fund.opened': ['救助资金账户已设立', 'A fund was opened'],
      'fund.allocated': ['资金已下达', 'Money was allocated to a fund'],
      'fund.reserved': ['资金已预留', 'Money of a fund was reserved'],
      'fund.released': ['预留资金已释放', 'Reserved money of a fund was released'],
      'fund.entry_reversed': ['分录已冲正', 'An entry of a fund was reversed'],
      'fund.year_closed': ['资金年度已结账', 'The year of a fund was closed'],
      'reconciliation.imported': ['银行对账单已导入', 'A bank statement was reconciled'],
      'reconciliation.exception_proposed': ['对账差异已提出处理', 'The end of a difference to the bank was proposed'],
      'reconciliation.exception_resolved': ['对账差异已处理', 'A difference to the bank was resolved'],
    },
  },
  {
    kind: 'disbursement',
    ids: ['agencyId', 'payerAgencyId', 'assistanceCaseId', 'fundId', 'releaseId'],
    types: {
      'disbursement.planned': ['发放已计划', 'A payment was planned'],
      'disbursement.authorised': ['发放已审批', 'A payment was authorised'],
      'disbursement.submitted': ['付款已提交', 'A payment was submitted to the bank'],
      'disbursement.settled': ['付款已到账', 'A payment was settled'],
      'disbursement.failed': ['付款失败', 'A payment has failed'],
      'disbursement.outcome_unknown': ['付款结果未知', 'The outcome of a payment is unknown'],
      'disbursement.voided': ['发放已作废', 'A payment was voided'],
      'disbursement.appropriated': ['财政已拨付', 'The treasury has appropriated the money'],
      'disbursement.notified': ['领取通知已送达', 'The payee was notified'],
      'disbursement.receipt_confirmed': ['领取已确认', 'The receipt was confirmed'],
      'disbursement.receipt_disputed': ['领取存在争议', 'The receipt was disputed'],
      'disbursement.placed_in_custody': ['款项已托管', 'The money was placed in custody'],
      'disbursement.custody_planned': ['托管方案已制定', 'The custody was planned'],
      'disbursement.release_requested': ['已申请托管支取', 'A release from custody was requested'],
      'disbursement.release_refused': ['托管支取未获同意', 'A release from custody was refused'],
      'disbursement.released': ['托管款项已支取', 'Money was released from custody'],
      'disbursement.custody_exhausted': ['托管款项已全部支取', 'The custody is exhausted'],
      'disbursement.recovery_started': ['已启动追回', 'A recovery was ordered'],
      'disbursement.recovered': ['款项已追回', 'Money was recovered'],
      'disbursement.write_off_proposed': ['已提出核销', 'A write-off was proposed'],
      'disbursement.written_off': ['款项已核销', 'Money was written off'],
    },
  },
];

const help: readonly EventGroup[] = [
  {
    kind: 'referral',
    ids: ['agencyId', 'senderAgencyId', 'formerAgencyId', 'referralId', ...ORIGIN],
    types: {
      'referral.requested': ['社会救助移送已发出', 'Assistance was requested from a department'],
      'referral.received': ['移送已签收', 'A referral was received'],
      'referral.accepted': ['移送已接收', 'A referral was accepted'],
      'referral.rejected': ['移送被退回', 'A referral was rejected'],
      'referral.started': ['救助措施已开始', 'The help has begun'],
      'referral.held': ['移送已中止', 'A referral was put on hold'],
      'referral.resumed': ['移送已恢复', 'A referral was resumed'],
      'referral.output_recorded': ['救助措施已登记', 'What was delivered was recorded'],
      'referral.completed': ['移送已办结', 'A referral was completed'],
      'referral.failed': ['移送未能落实', 'A referral has failed'],
      'referral.cancelled': ['移送已取消', 'A referral was cancelled'],
      'referral.reminded': ['移送已催办', 'The department was reminded'],
      'referral.forwarded': ['移送已转送', 'A referral was forwarded'],
      'referral.followed_up': ['移送已跟进', 'A rejected or failed referral was followed up'],
      'referral.succeeded': ['移送由承继机关接办', 'The successor of a department has taken over'],
    },
  },
  {
    kind: 'visit',
    ids: ['handlingAgencyId', 'agencyId', 'nextVisitId', ...ORIGIN],
    types: {
      'visit.planned': ['回访已安排', 'A visit was planned'],
      'visit.done': ['回访已完成', 'A visit was done'],
      'visit.missed': ['回访未成', 'A visit was missed'],
      'visit.cancelled': ['回访已取消', 'A visit was cancelled'],
      'visit.rescheduled': ['回访已改期', 'A visit was rescheduled'],
      'visit.amended': ['回访记录已补正', 'The record of a visit was amended'],
      'visit.measures_checked': ['措施落实情况已核对', 'Measures were checked on a visit'],
      'visit.confirmed': ['回访记录已确认', 'The record of a visit was confirmed'],
      'visit.objected': ['对回访记录提出异议', 'The record of a visit was objected to'],
    },
  },
  {
    kind: 'account',
    ids: [
      ...[
        'procuratorateId',
        'federationId',
        'agencyId',
        'fromAgencyId',
        'toAgencyId',
        'assistanceCaseId',
        'transferId',
      ],
      ...['entryId', 'answersEntryId', 'accountId', 'intoAccountId', 'mergedIntoId', 'mergedId', 'headId'],
    ],
    types: {
      'account.opened': ['监测台账已建立', 'A monitoring account was opened'],
      'account.updated': ['台账已更新', 'A monitoring account was updated'],
      'account.shared': ['台账已共享', 'A monitoring account was shared'],
      'account.entry_added': ['台账已登记记录', 'An entry was added to an account'],
      'account.entry_countersigned': ['台账记录已会签', 'An entry was countersigned'],
      'account.entry_objected': ['对台账记录提出异议', 'An entry was objected to'],
      'account.escalated': ['台账已升级', 'An account was escalated'],
      'account.de_escalated': ['台账已解除升级', 'An account is no longer escalated'],
      'account.stabilised': ['台账已转稳定', 'An account was found stable'],
      'account.closure_consented': ['同意销账', 'The closure of an account was consented to'],
      'account.closed': ['台账已销账', 'An account was closed'],
      'account.reopened': ['台账已重启', 'An account was reopened'],
      'account.merged': ['台账已合并', 'Accounts were merged'],
      'account.merge_reversed': ['台账合并已撤销', 'A merge of accounts was reversed'],
      'account.transfer_requested': ['已请求移交台账', 'The transfer of an account was requested'],
      'account.transferred': ['台账已移交', 'An account was transferred'],
      'account.transfer_rejected': ['台账移交被拒绝', 'The transfer of an account was rejected'],
      'account.transfer_withdrawn': ['台账移交已撤回', 'The transfer of an account was withdrawn'],
    },
  },
];

const oversight: readonly EventGroup[] = [
  {
    kind: 'deadline',
    ids: ['agencyId', 'subjectId', 'escalatedToId', 'assistanceCaseId'],
    types: {
      'deadline.due_soon': ['期限将至', 'A deadline is due soon'],
      'deadline.overdue': ['期限已过', 'A deadline has passed'],
      'deadline.escalated': ['逾期已报上级', 'A breach was told to the level above'],
      'deadline.ended': ['期限已结束', 'A deadline has ended'],
      'deadline.extended': ['期限已延长', 'A deadline was extended'],
      'deadline.paused': ['期限已中止', 'A deadline was paused'],
      'deadline.resumed': ['期限已恢复', 'A deadline was resumed'],
      'deadline.waived': ['期限已免除', 'A deadline was waived'],
      'deadline.supervised': ['上级已督办', 'A breach was followed up by the level above'],
      'deadline.recomputed': ['期限已重新计算', 'A deadline was counted again'],
    },
  },
  {
    kind: 'work_item',
    ids: ['resourceId'],
    types: { 'work_item.assigned': ['待办已分派', 'A work item was assigned'] },
  },
  {
    kind: 'break_glass_grant',
    ids: ['subjectId', 'homeAgencyId', 'grantId'],
    types: {
      'break_glass.granted': ['紧急查阅已开启', 'Emergency sight was given'],
      'break_glass.used': ['紧急查阅已使用', 'Emergency sight was used'],
      'break_glass.reviewed': ['紧急查阅已复核', 'Emergency sight was reviewed'],
    },
  },
  {
    kind: 'legal_hold',
    ids: ['subjectId'],
    types: {
      'legal_hold.placed': ['已设法律保全', 'A legal hold was placed'],
      'legal_hold.release_proposed': ['已提出解除保全', 'The release of a hold was proposed'],
      'legal_hold.released': ['法律保全已解除', 'A legal hold was released'],
    },
  },
  {
    kind: 'person',
    ids: ['reviewId', 'mergedIntoId', 'caseId'],
    types: {
      'person.corrected': ['身份信息已更正', 'The identity of a person was corrected'],
      'person.correction_proposed': ['已提出身份更正', 'A correction of an identity was proposed'],
      'person.review_resolved': ['身份核查已处理', 'A review of an identity was resolved'],
      'person.merge_proposed': ['已提出人员合并', 'A merge of persons was proposed'],
      'person.merged': ['人员记录已合并', 'Persons were merged'],
      'person.merge_withdrawn': ['人员合并已撤回', 'The proposal of a merge was withdrawn'],
      'person.merge_reversed': ['人员合并已撤销', 'A merge of persons was reversed'],
      'person.looked_up': ['人员已被查询', 'A person was looked up'],
      'person.disclosed': ['个人信息已披露', 'Personal data was disclosed'],
      'person.viewed': ['个人信息已查看', 'Personal data was viewed'],
      'person.history_read': ['救助史已查阅', 'The history of a person was read'],
      'person.exported': ['个人信息已导出', 'The data of a person was exported'],
      'person.erasure_proposed': ['已提出删除', 'The erasure of a person was proposed'],
      'person.erased': ['个人信息已删除', 'A person was erased'],
    },
  },
];

export type EventType = { type: string; kind: ResourceKind; words: Words; ids: readonly string[] };

/** What the feed may tell, in the order of the business. */
export const EVENT_TYPES: readonly EventType[] = [...flow, ...money, ...help, ...oversight].flatMap(
  ({ kind, ids, types }) => Object.entries(types).map(([type, words]) => ({ type, kind, words, ids })),
);

const byType = new Map(EVENT_TYPES.map((row) => [row.type, row]));
export const eventType = (type: string): EventType | undefined => byType.get(type);

/** Who came to know a person first, and who since, and when, is told to none of those who know the person (contract §1 Persons); how to reach somebody in danger is read, not sent. */
export const UNTOLD = ['person.registered', 'person.linked', 'person.unlinked', 'person.safe_contact_set'] as const;

/** Prefixes of facts about the service itself, its directory and its papers: kept in the audit record, told to nobody by the feed. */
export const AUDITED_ONLY = [
  'agency',
  'audit',
  'calendar',
  'deadline_rule',
  'document',
  'duplicate_verdict',
  'keys',
  'sandbox',
] as const;
