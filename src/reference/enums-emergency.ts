// Wire enums of sight in an emergency, with both names (contract §3 audit); part of enums.ts.

export const emergencyEnums = {
  'break-glass-reasons': {
    title: ['紧急查阅事由', 'Reasons for emergency sight'],
    values: {
      imminent_danger: ['人身安全面临紧迫危险', 'Imminent danger to a person'],
      missing_person: ['当事人失联或失踪', 'A person is missing'],
      urgent_treatment: ['紧急医疗救治', 'Urgent medical treatment'],
      lawful_inquiry: ['依法紧急查询', 'Urgent lawful inquiry'],
      handler_unavailable: ['承办机关无法及时联系', 'The handling agency cannot be reached in time'],
    },
  },
  'break-glass-outcomes': {
    title: ['紧急查阅复核结论', 'Outcomes of the review of emergency sight'],
    values: { justified: ['正当', 'Justified'], unjustified: ['不正当', 'Not justified'] },
  },
} as const;
