// Wire enums of what a decision is held against: standards, steps of approval, aid given before; part of enums.ts.

export const decisionEnums = {
  'superior-approval-reasons': {
    title: ['报上级检察院审批的事由', 'Why the level above approves'],
    values: {
      exclusion_override: ['存在不予救助情形仍拟救助', 'Aid in spite of an exclusion'],
      cap_breakout: ['突破工资总额限额', 'More than the wage standard allows'],
      once_override: ['同一原案件已获救助仍拟救助', 'Aid a second time under one original case'],
      amount_tier: ['金额达到分级审批标准', 'A sum above a tier of approval'],
    },
  },
  'approval-step-kinds': {
    title: ['审批步骤', 'Steps of approval'],
    values: {
      own: ['本院检察长审批', 'The own chief'],
      committee: ['集体讨论', 'A committee, by its minutes'],
      superior: ['上级检察院审批', 'The level above'],
      higher: ['再上一级检察院审批', 'The level above that'],
    },
  },
  'wage-series': {
    title: ['工资统计口径', 'Series of wage statistics'],
    values: {
      urban_non_private: ['城镇非私营单位就业人员', 'Urban non-private units'],
      urban_private: ['城镇私营单位就业人员', 'Urban private units'],
      all_employers: ['全口径城镇单位就业人员', 'All urban employers'],
      synthetic: ['沙箱虚构', 'Made up for the sandbox'],
    },
  },
  'aid-kinds': {
    title: ['救助方式', 'Ways in which aid was given'],
    values: { advance: ['先行救助', 'Emergency advance'], award: ['救助决定', 'Award'] },
  },
  'advance-statuses': {
    title: ['先行救助办理结果', 'What became of an advance'],
    values: {
      provisional: ['待决定', 'Awaiting the decision'],
      ratified: ['决定予以确认', 'Ratified by the decision'],
      topped_up: ['决定予以补足', 'Topped up by the decision'],
      to_recover: ['未获救助，应当追回', 'No aid: to be recovered'],
    },
  },
} as const;
