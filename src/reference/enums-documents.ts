// Wire enums of documents and letters, with both names; enums.ts takes them in.

export const documentEnums = {
  'document-kinds': {
    title: ['材料种类', 'Kinds of documents'],
    values: {
      application: ['救助申请', 'Application'],
      identity: ['身份证明', 'Proof of identity'],
      household: ['户籍与家庭关系证明', 'Household and family'],
      legal_document: ['裁判文书与法律文书', 'Judgment or other legal document'],
      hardship: ['生活困难证明', 'Proof of hardship'],
      income: ['收入与财产证明', 'Income and property'],
      medical: ['诊断、鉴定与医疗票据', 'Medical record, appraisal or bill'],
      consent: ['委托书与同意书', 'Mandate or consent'],
      payment: ['付款凭证', 'Proof of payment'],
      receipt: ['领款凭证', 'Receipt of money'],
      measure: ['措施落实证明', 'Proof of a delivered measure'],
      visit_record: ['走访记录与照片', 'Record or photographs of a visit'],
      official_letter: ['公函', 'Official letter'],
      other: ['其他', 'Other'],
    },
  },
  'document-parents': {
    title: ['材料所属', 'What a document hangs on'],
    values: {
      clue: ['线索', 'Clue'],
      case: ['司法救助案件', 'Assistance case'],
      disbursement: ['资金发放', 'Disbursement'],
      referral: ['社会救助移送', 'Referral'],
      visit: ['回访', 'Visit'],
    },
  },
  'document-scan-states': {
    title: ['病毒扫描状态', 'States of the virus scan'],
    values: {
      unscanned: ['未扫描', 'Not scanned'],
      scanning: ['扫描中', 'Scanning'],
      clean: ['未发现病毒', 'Clean'],
      infected: ['有病毒', 'Infected'],
    },
  },
  letters: {
    title: ['文书', 'Letters'],
    values: {
      'clue-transfer': ['司法救助线索移送函', 'Letter transferring a clue'],
      'social-assistance-proposal': ['社会救助建议书', 'Proposal for social assistance'],
      'approval-form': ['国家司法救助审批表', 'Form of approval'],
      decision: ['国家司法救助决定书', 'Decision'],
    },
  },
  'letter-formats': {
    title: ['文书格式', 'Formats of letters'],
    values: { html: ['网页', 'HTML'], docx: ['文字处理文档', 'DOCX'] },
  },
} as const;
