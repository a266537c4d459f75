// First half of the table of event types (types.ts): clues, cases, notices and money.
import type { ResourceKind } from '../kernel/fact.ts';

export type Words = readonly [zh: string, en: string];

export type EventGroup = {
  kind: ResourceKind;
  /** Names of ids that its events may carry: of records and agencies, never of people or officers (W-10). */
  ids: readonly string[];
  types: Readonly<Record<string, Words>>;
};

export const ORIGIN = ['assistanceCaseId', 'clueId', 'monitoringAccountId'] as const;

export const flowGroups: readonly EventGroup[] = [
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
      'case.documents_noted': ['收到材料已记录', 'A document that had been asked for was noted'],
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

export const moneyGroups: readonly EventGroup[] = [
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
      'disbursement.part_recovered': ['款项已部分追回', 'Part of the money was recovered'],
      'disbursement.recovered': ['款项已追回', 'Money was recovered'],
      'disbursement.write_off_proposed': ['已提出核销', 'A write-off was proposed'],
      'disbursement.written_off': ['款项已核销', 'Money was written off'],
    },
  },
];
