// Values of the wire enums of safe contact, erasure, retention and legal holds.

export const privacyEnums = {
  'safe-contact-reasons': {
    title: ['安全联系事由', 'Reasons for safe contact'],
    values: {
      domestic_violence: ['家庭暴力', 'Domestic violence'],
      sexual_violence: ['性侵害', 'Sexual violence'],
      trafficking: ['拐卖', 'Trafficking'],
      stalking: ['跟踪骚扰', 'Stalking'],
      retaliation: ['打击报复', 'Retaliation'],
      other: ['其他', 'Other'],
    },
  },
  'contact-channels': {
    title: ['联系方式', 'Channels of contact'],
    values: {
      home_visit: ['上门', 'Visit at home'],
      office_visit: ['到机关', 'Visit at an office'],
      workplace_visit: ['到工作单位', 'Visit at work'],
      phone: ['电话', 'Phone'],
      video: ['视频', 'Video'],
      text_message: ['短信', 'Text message'],
      instant_message: ['即时通讯', 'Instant message'],
      letter: ['书信', 'Letter'],
      through_family: ['经家属转达', 'Through the family'],
      through_village: ['经村居转达', 'Through the village or community'],
    },
  },
  'person-erasure-states': {
    title: ['个人信息删除状态', 'States of erasures'],
    values: {
      proposed: ['待他人确认', 'Proposed'],
      erased: ['已删除', 'Erased'],
      lapsed: ['已失效', 'Lapsed'],
    },
  },
  'erasure-grounds': {
    title: ['删除事由', 'Grounds of erasure'],
    values: {
      retention_expired: ['保存期限届满', 'The retention period has ended'],
      purpose_fulfilled: ['处理目的已实现', 'The purpose is fulfilled'],
      consent_withdrawn: ['撤回同意', 'Consent was withdrawn'],
      subject_request: ['本人申请', 'Request of the person concerned'],
      unlawful_collection: ['违法收集', 'Collected unlawfully'],
    },
  },
  'legal-hold-states': {
    title: ['保全状态', 'States of legal holds'],
    values: {
      active: ['保全中', 'Active'],
      release_proposed: ['待他人确认解除', 'Release proposed'],
      released: ['已解除', 'Released'],
    },
  },
  'legal-hold-subjects': {
    title: ['保全对象', 'Subjects of legal holds'],
    values: { person: ['人员', 'Person'], clue: ['线索', 'Clue'], case: ['案件', 'Assistance case'] },
  },
  'legal-hold-reasons': {
    title: ['保全事由', 'Reasons of legal holds'],
    values: {
      litigation: ['诉讼', 'Litigation'],
      supervision: ['监察或检务督察', 'Supervision or inspection'],
      audit: ['审计', 'Audit'],
      complaint: ['信访申诉', 'Complaint or petition'],
      archive: ['归档移交', 'Handing over to the archive'],
      other: ['其他', 'Other'],
    },
  },
  'retention-classes': {
    title: ['保存类别', 'Classes of retention'],
    values: {
      clue: ['线索', 'Clues'],
      case_file: ['案卷', 'Case files'],
      payment: ['会计资料', 'Accounting records'],
      referral: ['帮扶移送', 'Referrals'],
      visit: ['回访', 'Visits'],
      account: ['监测台账', 'Monitoring accounts'],
      processing_record: ['处理与提供记录', 'Records of processing and provision'],
      impact_assessment: ['影响评估报告', 'Impact assessments'],
      audit_record: ['审计记录', 'Audit records'],
      security_log: ['网络日志', 'Security logs'],
      stored_reply: ['幂等应答', 'Stored replies'],
    },
  },
  'rule-marks': {
    title: ['依据核实程度', 'How sure a rule is'],
    values: {
      verified: ['已核对原文', 'Verified in the text'],
      secondary: ['据二手材料', 'From secondary material'],
      assumption: ['假定', 'Assumption'],
    },
  },
} as const;
