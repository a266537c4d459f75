// Wire enums of work items, with both names (contract §3); part of enums.ts.

export const workEnums = {
  'work-item-kinds': {
    title: ['待办事项类别', 'Kinds of work items'],
    values: {
      clue: ['线索', 'Clue'],
      case: ['救助案件', 'Assistance case'],
      disbursement: ['发放', 'Disbursement'],
      referral: ['社会救助移送', 'Social-assistance referral'],
      visit: ['回访', 'Follow-up visit'],
      account: ['监测台账', 'Monitoring account'],
      notice: ['结案告知', 'Case notice'],
      deadline: ['逾期督办', 'Breach of a deadline'],
      break_glass_grant: ['紧急查阅复核', 'Review of emergency sight'],
      person: ['人员合并', 'Merge of two records of a person'],
    },
  },
  'work-item-statuses': {
    title: ['待办事项状态', 'Statuses of work items'],
    values: { open: ['待领取', 'Open'], assigned: ['已分配', 'Assigned'] },
  },
  'work-item-orders': {
    title: ['待办事项排序', 'Orders of work items'],
    values: { queue: ['紧急与期限优先', 'Urgent and due first'], newest: ['最新优先', 'Newest first'] },
  },
  'work-item-assignees': {
    title: ['待办事项范围', 'Whose work items'],
    values: { me: ['本人', 'Mine'], agency: ['本机关', 'Of my agency'] },
  },
} as const;
