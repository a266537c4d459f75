// Values of the wire enums of duplicate checks on clues, and of merges, reviews and the assistance history of persons.

export const peopleEnums = {
  'clue-orders': {
    title: ['线索排序', 'Orders of clues'],
    values: { newest: ['最新在前', 'Newest first'], queue: ['待办优先', 'By urgency, awaiting a decision'] },
  },
  'duplicate-kinds': {
    title: ['疑似重复对象', 'Kinds of possible duplicates'],
    values: { clue: ['线索', 'Clue'], case: ['案件', 'Assistance case'] },
  },
  'duplicate-grounds': {
    title: ['疑似重复依据', 'Grounds of a possible duplicate'],
    values: {
      person: ['同一人员', 'The same person'],
      name_and_birth_date: ['姓名与出生日期相同', 'The same name and birth date'],
      linked_case: ['同一原案', 'The same original case'],
    },
  },
  'duplicate-verdicts': {
    title: ['重复核查结论', 'Verdicts on possible duplicates'],
    values: {
      same_matter: ['同一事项', 'The same matter'],
      same_person_other_matter: ['同一人不同事项', 'The same person, another matter'],
      different: ['不重复', 'Not a duplicate'],
    },
  },
  'person-merge-states': {
    title: ['人员合并状态', 'States of merges of persons'],
    values: {
      proposed: ['待他人确认', 'Proposed'],
      merged: ['已合并', 'Merged'],
      reversed: ['已撤销合并', 'Reversed'],
      withdrawn: ['已撤回', 'Withdrawn'],
    },
  },
  'person-review-states': {
    title: ['身份核查状态', 'States of identity reviews'],
    values: { open: ['待核查', 'Open'], resolved: ['已核查', 'Resolved'] },
  },
  'person-review-origins': {
    title: ['身份核查来源', 'Origins of identity reviews'],
    values: {
      submission: ['报送内容不同', 'A submission says something else'],
      correction: ['人员信息更正', 'A correction was proposed'],
      merge: ['人员合并后发现重复救助', 'A merge showed that somebody was aided twice'],
    },
  },
  'person-review-outcomes': {
    title: ['身份核查结论', 'Outcomes of identity reviews'],
    values: { kept: ['维持原登记', 'What stands is kept'], adopted: ['采用新内容', 'What was proposed is adopted'] },
  },
  'assistance-kinds': {
    title: ['救助类型', 'Kinds of assistance'],
    values: {
      judicial_assistance: ['国家司法救助', 'State judicial assistance'],
      social_assistance: ['社会救助', 'Social assistance'],
    },
  },
} as const;
