// Values of the wire enums of funds, the ledger, custody and reconciliation, with both names.
export const moneyEnums = {
  'fund-accounts': {
    title: ['资金科目', 'Accounts of a fund'],
    values: {
      treasury: ['财政拨入', 'Treasury'],
      available: ['可用', 'Available'],
      reserved: ['已预留', 'Reserved'],
      in_transit: ['在途', 'In transit'],
      paid: ['已支付', 'Paid'],
      custody: ['托管', 'Custody'],
      receivable: ['待追回', 'Receivable'],
      written_off: ['已核销', 'Written off'],
    },
  },
  'fund-movement-kinds': {
    title: ['资金变动类型', 'Kinds of fund movements'],
    values: {
      allocation: ['拨款', 'Allocation'],
      year_end_return: ['年终退回财政', 'Return at the end of the year'],
      reservation: ['预留', 'Reservation'],
      release: ['释放', 'Release'],
      submission: ['提交支付', 'Submission'],
      settlement: ['支付', 'Settlement'],
      failure: ['支付失败', 'Failure'],
      custody_deposit: ['转入托管', 'Placed in custody'],
      custody_release: ['托管释放', 'Released from custody'],
      recovery_order: ['决定追回', 'Recovery ordered'],
      custody_recall: ['收回托管款', 'Recalled from custody'],
      recovery: ['追回入账', 'Recovered'],
      treasury_return: ['追回上缴财政', 'Recovered and returned to the treasury'],
      write_off: ['核销', 'Written off'],
      reversal: ['冲正', 'Reversal'],
    },
  },
  'posting-directions': {
    title: ['借贷方向', 'Directions of postings'],
    values: { debit: ['借', 'Debit'], credit: ['贷', 'Credit'] },
  },
  'year-end-outcomes': {
    title: ['年终结转方式', 'Outcomes of a closing at the end of a year'],
    values: {
      carried_over: ['结转下年', 'Carried over'],
      returned: ['退回财政', 'Returned to the treasury'],
    },
  },
  'custody-purposes': {
    title: ['托管款用途', 'Purposes of money in custody'],
    values: {
      living: ['基本生活', 'Living'],
      education: ['教育', 'Education'],
      medical: ['医疗', 'Medical care'],
      rehabilitation: ['康复与心理辅导', 'Rehabilitation and counselling'],
      housing: ['住房', 'Housing'],
      other: ['其他', 'Other'],
    },
  },
  'custody-release-states': {
    title: ['托管款使用申请状态', 'States of requests for money in custody'],
    values: {
      requested: ['待批准', 'Requested'],
      released: ['已释放', 'Released'],
      refused: ['未批准', 'Refused'],
    },
  },
  'custody-release-outcomes': {
    title: ['托管款使用申请结果', 'Outcomes of requests for money in custody'],
    values: { released: ['同意释放', 'Released'], refused: ['不同意', 'Refused'] },
  },
  'reconciliation-states': {
    title: ['对账状态', 'States of reconciliations'],
    values: { open: ['有待处理差异', 'With open exceptions'], reconciled: ['已对平', 'Reconciled'] },
  },
  'reconciliation-exception-kinds': {
    title: ['对账差异类型', 'Kinds of exceptions of a reconciliation'],
    values: {
      unknown_payment: ['银行有支付而账上无此笔', 'Paid by the bank, unknown here'],
      duplicate_payment: ['重复支付', 'Paid twice'],
      amount_mismatch: ['金额不符', 'Another amount'],
      unconfirmed_payment: ['银行已支付而账上未确认', 'Paid by the bank, not settled here'],
      paid_after_failure: ['登记失败或作废后银行仍支付', 'Paid after it failed or was voided here'],
      returned_payment: ['银行退回', 'Returned by the bank'],
      unknown_receipt: ['银行有收款而账上无此笔', 'Received by the bank, unknown here'],
      missing_at_bank: ['账上已支付而银行无此笔', 'Settled here, not paid by the bank'],
    },
  },
  'reconciliation-exception-states': {
    title: ['对账差异状态', 'States of exceptions of a reconciliation'],
    values: {
      open: ['待处理', 'Open'],
      proposed: ['已提出处理意见', 'Proposed'],
      resolved: ['已处理', 'Resolved'],
    },
  },
  'reconciliation-outcomes': {
    title: ['对账差异处理方式', 'Resolutions of exceptions of a reconciliation'],
    values: {
      settle: ['按银行记录确认支付', 'Settle as the bank says'],
      return: ['按银行退回入账', 'Book the return'],
      explain: ['说明原因', 'Explain'],
    },
  },
  'recovery-destinations': {
    title: ['追回款去向', 'Where recovered money goes'],
    values: { fund: ['回到资金账户', 'The fund'], treasury: ['上缴财政', 'The treasury'] },
  },
  'reversal-reasons': {
    title: ['冲正原因', 'Reasons of a reversal'],
    values: {
      wrong_amount: ['金额错误', 'Wrong amount'],
      wrong_fund: ['账户错误', 'Wrong fund'],
      booked_twice: ['重复登记', 'Booked twice'],
    },
  },
} as const;
