// Wire enums of referrals, visits and monitoring accounts, with both names; enums.ts takes them in.

export const lastingHelpEnums = {
  'referral-outcomes': {
    title: ['救助措施落实结果', 'Outcomes of referrals'],
    values: {
      delivered: ['已落实', 'Delivered'],
      partly_delivered: ['部分落实', 'Partly delivered'],
      not_delivered: ['未落实', 'Not delivered'],
    },
  },
  'referral-follow-ups': {
    title: ['未落实移送的后续', 'Follow-up of referrals without the measure'],
    values: {
      none: ['无需后续', 'None is due'],
      open: ['待移送单位处理', 'The sender has to decide'],
      resolved: ['已处理', 'Decided'],
    },
  },
  'referral-follow-up-decisions': {
    title: ['未落实移送的处理', 'Decisions on referrals without the measure'],
    values: {
      referred_again: ['另行移送', 'Referred again'],
      met_otherwise: ['已通过其他途径解决', 'The need is met otherwise'],
      not_pursued: ['不再移送', 'Not pursued'],
    },
  },
  'referral-origins': {
    title: ['移送来源', 'Origins of referrals'],
    values: {
      clue: ['救助线索', 'Clue'],
      case: ['司法救助案件', 'Assistance case'],
      account: ['监测台账', 'Monitoring account'],
    },
  },
  'referral-directions': {
    title: ['移送方向', 'Directions of referrals'],
    values: { sent: ['本机关发出', 'Sent by the agency'], received: ['本机关收到', 'Received by the agency'] },
  },
  'account-entry-kinds': {
    title: ['台账记录类型', 'Kinds of account entries'],
    values: {
      note: ['记事', 'Note'],
      contact: ['联系', 'Contact'],
      consultation: ['会商', 'Consultation'],
      concern: ['风险提示', 'Concern'],
    },
  },
  'account-next-actions': {
    title: ['台账下一步', 'Next actions of accounts'],
    values: {
      transfer_acceptance: ['等待接收单位确认移交', 'Acceptance of a transfer'],
      closure_consent: ['等待另一主管单位同意销号', 'Consent of the other owner to closing'],
      escalation_decision: ['会商升级事项', 'Decision on an escalation'],
      entry_countersignature: ['等待另一主管单位会签', 'Countersignature of an entry'],
      objection_answer: ['答复异议', 'Answer to an objection'],
      notice_receipt: ['等待妇联签收案件通报', 'Receipt of a case notice'],
      referral_decision: ['决定未落实移送的后续', 'Decision on a referral that failed'],
      social_assistance: ['转送社会救助', 'Social assistance instead of judicial aid'],
      referral_response: ['等待移送答复', 'Answer to a referral'],
      case_decision: ['等待救助决定', 'Decision on the case'],
      visit: ['按计划回访', 'Planned visit'],
      first_visit: ['首次回访', 'First visit'],
      plan_visit: ['安排下次回访', 'Next visit to be planned'],
    },
  },
  'account-entry-states': {
    title: ['台账记录状态', 'States of account entries'],
    values: {
      open: ['待会签', 'Awaiting countersignature'],
      countersigned: ['已会签', 'Countersigned'],
      objected: ['有异议', 'Objected to'],
    },
  },
  'account-closing-reasons': {
    title: ['台账销号原因', 'Reasons for closing an account'],
    values: {
      stabilised: ['生活稳定，措施落实', 'Stable, the measures have arrived'],
      moved_away: ['迁出本省', 'Moved out of the province'],
      deceased: ['死亡', 'Deceased'],
      declined: ['本人不愿继续', 'The person does not want it any more'],
      out_of_reach: ['长期无法联系', 'Out of reach for long'],
      other: ['其他', 'Other'],
      merged: ['与同一人的另一台账合并', 'Merged with another account of the same person'],
    },
  },
  'visit-modes': {
    title: ['回访方式', 'Modes of visits'],
    values: {
      home: ['入户', 'At home'],
      phone: ['电话', 'By telephone'],
      video: ['视频', 'By video'],
      office: ['到访', 'At the office'],
    },
  },
  'visit-measure-statuses': {
    title: ['措施到位情况', 'State of a measure at the visit'],
    values: {
      arrived: ['已到位', 'Arrived'],
      partly: ['部分到位', 'Partly'],
      not_arrived: ['未到位', 'Not arrived'],
      refused: ['本人拒绝', 'Refused'],
    },
  },
  'visit-confirmation-phases': {
    title: ['联合回访确认事项', 'What of a joint visit is confirmed'],
    values: { plan: ['回访计划', 'The plan'], record: ['回访记录', 'The record'] },
  },
  'visit-confirmation-outcomes': {
    title: ['联合回访确认结果', 'Outcomes of confirming a joint visit'],
    values: { confirmed: ['已确认', 'Confirmed'], objected: ['有异议', 'Objected'] },
  },
  'risk-levels': {
    title: ['风险等级', 'Levels of risk'],
    values: { low: ['低', 'Low'], medium: ['中', 'Medium'], high: ['高', 'High'] },
  },
} as const;
