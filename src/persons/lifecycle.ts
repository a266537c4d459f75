// What becomes of a person's record: corrected, merged into another by two people, and separated again within thirty days.
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import { addDays } from '../kernel/civil-date.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';

export const PERSON_STATES = ['active', 'merged', 'erased'] as const;
export type PersonState = (typeof PERSON_STATES)[number];

export const personMachine = machine('person', '人员', PERSON_STATES, {
  correct: { from: ['active'], to: 'same' },
  'propose-merge': { from: ['active'], to: 'same' },
  merge: { from: ['active'], to: 'merged' },
  'withdraw-merge': { from: ['active'], to: 'same' },
  'reverse-merge': { from: ['merged'], to: 'active' },
  'propose-erasure': { from: ['active', 'merged'], to: 'same' },
  erase: { from: ['active', 'merged'], to: 'erased' },
});
export type PersonVerb = keyof typeof personMachine.verbs;

/** A merge can be undone up to and with this many days after it. */
export const REVERSIBLE_DAYS = 30;

export const reversibleUntil = (mergedOn: string): string => addDays(mergedOn, REVERSIBLE_DAYS);

export type PersonFacts = {
  state: PersonState;
  /** The caller's agency has a case or an account of its own for the person. */
  own: boolean;
  /** The caller belongs to the handling team of an open case for the person. */
  handled: boolean;
  proposedByPersonKey: string | null;
  /** Who proposed to erase the person, as long as the proposal stands. */
  erasureProposedByPersonKey: string | null;
  /** The day of the merge that stands; with `today` it decides whether it can still be undone. */
  mergedOn: string | null;
  today: string;
};

export const personProblems = defineProblems({
  'person.not_handled': {
    status: 403,
    zh: ['非承办单位', '仅限有本机关在办案件或台账的人员', '由承办该人员案件的检察院办理'],
    en: [
      'Not handled here',
      'the agency has no open case or account of its own for this person',
      'let the agency that handles the person do it',
    ],
  },
  'person.no_own_case': {
    status: 403,
    zh: ['无本机关案件', '查看救助记录须有本机关承办的该人员案件', '立案后再查看'],
    en: [
      'No case of the agency',
      'the history is shown to agencies with a case of their own for the person',
      'open the case first',
    ],
  },
  'person.other_agency_decides': {
    status: 403,
    zh: ['须由另一机关核查', '该人员另有机关承办案件，本机关提出的更正须由其核查', '等待该机关核查'],
    en: [
      'Another agency resolves it',
      'another agency has a case for the person and resolves what this one proposed',
      'wait for that agency',
    ],
  },
  'person.number_taken': {
    status: 409,
    zh: ['证件号码已登记', '该证件号码已登记为另一人员', '核对后合并两名人员'],
    en: ['The number is taken', 'another person is recorded with this document', 'check it, and merge the two'],
  },
  'person.merge_pending': {
    status: 409,
    zh: ['已有合并提议', '该人员已提议合并到另一人员', '先撤回原提议'],
    en: [
      'A merge is proposed',
      'a merge of this person into another one is already proposed',
      'withdraw that proposal first',
    ],
  },
  'person.merge_target': {
    status: 409,
    zh: ['不能合并到该人员', '目标人员已被合并或已删除，或本人员已有他人并入', '改为合并到现存的人员，或反向合并'],
    en: [
      'Not a target of a merge',
      'the other person is merged or erased, or others were merged into this one',
      'merge into the person that stands, or the other way round',
    ],
  },
  'person.merge_elsewhere': {
    status: 409,
    zh: ['另有检察院承办', '该人员另有检察院承办案件或台账，不得由本院并入他人', '将另一条记录并入该人员'],
    en: [
      'Handled elsewhere too',
      'another procuratorate handles this person: its record is not merged away from it',
      'merge the other record into this one',
    ],
  },
  'person.two_documents': {
    status: 409,
    zh: ['身份证号不同', '两人各有不同的居民身份证号，不是同一人', '先更正错误的证件号码'],
    en: [
      'Two identity numbers',
      'both have a citizen identity number, and not the same',
      'correct the wrong number first',
    ],
  },
  'person.not_merged': {
    status: 409,
    zh: ['没有可撤销的合并', '该人员既未合并，也无合并提议', '核对人员'],
    en: ['Nothing to reverse', 'the person is neither merged nor is a merge proposed', 'check the person'],
  },
  'person.merge_final': {
    status: 409,
    zh: ['已过撤销期限', '合并已超过三十日，不能撤销', '如确有错误，联系系统管理单位'],
    en: ['Too late to reverse', 'a merge can be reversed for thirty days', 'ask the operator if it was wrong'],
  },
});

const handledOnly = (person: PersonFacts): Problem | undefined =>
  person.handled ? undefined : personProblems['person.not_handled']();

function mergeable(person: PersonFacts, actor: Actor): Problem | undefined {
  if (!person.own) return personProblems['person.not_handled']();
  return samePerson(actor, person.proposedByPersonKey)
    ? actionProblems['decision.four_eyes']({ who: '提议与确认合并', whoEn: 'proposing and confirming a merge' })
    : undefined;
}

function erasable(person: PersonFacts, actor: Actor): Problem | undefined {
  if (!person.own) return personProblems['person.not_handled']();
  return samePerson(actor, person.erasureProposedByPersonKey)
    ? actionProblems['decision.four_eyes']({ who: '提议与确认删除', whoEn: 'proposing and confirming an erasure' })
    : undefined;
}

function reversible(person: PersonFacts): Problem | undefined {
  if (!person.own) return personProblems['person.not_handled']();
  if (person.mergedOn === null)
    return person.proposedByPersonKey === null ? personProblems['person.not_merged']() : undefined;
  return person.today > reversibleUntil(person.mergedOn) ? personProblems['person.merge_final']() : undefined;
}

export const personActions = {
  correction: {
    verbs: ['correct'],
    permission: 'person:correct',
    label: ['更正身份信息', 'Correct the identity'],
    method: 'PATCH',
    path: '',
    officer: true,
    guard: handledOnly,
  },
  merge: {
    verbs: ['merge'],
    permission: 'person:merge',
    label: ['合并人员', 'Merge'],
    path: 'merge',
    officer: true,
    decisive: true,
    // A proposal waits for a second person.
    awaited: (person: PersonFacts) => person.proposedByPersonKey !== null,
    guard: mergeable,
  },
  'merge-reversal': {
    verbs: ['reverse-merge', 'withdraw-merge'],
    permission: 'person:merge',
    label: ['撤销合并', 'Reverse the merge'],
    path: 'merge-reversal',
    officer: true,
    decisive: true,
    guard: reversible,
  },
  erasure: {
    verbs: ['erase'],
    permission: 'person:erase',
    label: ['删除个人信息', 'Erase'],
    path: 'erasure',
    officer: true,
    decisive: true,
    awaited: (person: PersonFacts) => person.erasureProposedByPersonKey !== null,
    guard: erasable,
  },
} as const satisfies ActionTable<PersonFacts, PersonVerb>;

export const REVIEW_STATES = ['open', 'resolved'] as const;

export const reviewMachine = machine('person_review', '身份核查', REVIEW_STATES, {
  resolve: { from: ['open'], to: 'resolved' },
});

export type ReviewFacts = {
  state: (typeof REVIEW_STATES)[number];
  /** The caller belongs to the handling team of an open case for the person. */
  handled: boolean;
  proposedByPersonKey: string | null;
  /** The caller's agency proposed it, and another agency has a case for the person too. */
  forOthers: boolean;
};

export const reviewActions = {
  resolution: {
    verbs: ['resolve'],
    permission: 'person:review',
    label: ['核查结论', 'Resolve'],
    path: 'resolution',
    officer: true,
    decisive: true,
    awaited: true,
    guard: (review: ReviewFacts, actor: Actor): Problem | undefined => {
      if (!review.handled) return personProblems['person.not_handled']();
      if (samePerson(actor, review.proposedByPersonKey))
        return actionProblems['decision.four_eyes']({
          who: '提出与核查身份更正',
          whoEn: 'proposing and resolving a correction',
        });
      return review.forOthers ? personProblems['person.other_agency_decides']() : undefined;
    },
  },
} as const satisfies ActionTable<ReviewFacts, 'resolve'>;
