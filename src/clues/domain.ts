// The clue: a lead to a person in need, from the agency that found them to the procuratorate that must answer (domain §8).
import type { ActionTable } from '../kernel/action.ts';
import type { Actor, AgencyKind } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';
import { toHalfWidth } from '../kernel/text.ts';
import type { Subject } from '../persons/domain.ts';

export const CLUE_STATES = [
  'submitted',
  'returned',
  'accepted',
  'rejected',
  'routed_to_social_assistance',
  'withdrawn',
  'answered',
] as const;
export type ClueState = (typeof CLUE_STATES)[number];

export const clueMachine = machine('clue', '线索', CLUE_STATES, {
  return: { from: ['submitted', 'returned'], to: 'returned' },
  supplement: { from: ['submitted', 'returned'], to: 'submitted' },
  withdraw: { from: ['submitted', 'returned'], to: 'withdrawn' },
  accept: { from: ['submitted'], to: 'accepted' },
  reject: { from: ['submitted'], to: 'rejected' },
  reroute: { from: ['submitted'], to: 'same' },
  'route-to-social': { from: ['submitted'], to: 'routed_to_social_assistance' },
  answer: { from: ['rejected', 'routed_to_social_assistance', 'accepted'], to: 'answered' },
});
export type ClueVerb = keyof typeof clueMachine.verbs;

export type LinkedCaseType = 'criminal' | 'civil' | 'administrative' | 'petition';
export type LinkedCase = { type: LinkedCaseType; number: string | null; handlingOrgan: string };

export type LinkedCaseChange = { [K in keyof LinkedCase]?: LinkedCase[K] | undefined };

/** RFC 7396 goes into members that are objects: what the change leaves out stays. */
export function mergeLinkedCase(old: LinkedCase | null, change: LinkedCaseChange): Partial<LinkedCase> {
  const { type = old?.type, number = old?.number ?? null, handlingOrgan = old?.handlingOrgan } = change;
  return { ...(type ? { type } : {}), number, ...(handlingOrgan ? { handlingOrgan } : {}) };
}

/** What the finder writes; everything else on a clue is the service's. */
export type ClueContent = {
  source: string;
  regionCode: string;
  urgency: 'normal' | 'emergency_medical';
  foundOn: string | null;
  campaignCode: string | null;
  facts: string;
  hardship: string | null;
  linkedCase: LinkedCase | null;
  subjects: Subject[];
};

/** Free texts of decisions on a clue; sealed as one. */
export type ClueOutcome = {
  returnReason?: string;
  /** What the receiver asks for in its own words; empty again once the source has supplemented. */
  asked?: string[];
  rejectionReason?: string;
  socialAssistanceReason?: string;
  withdrawalReason?: string;
  answer?: { result: string; aidGiven: string | null; advice: string | null };
};

export type ClueFacts = {
  state: ClueState;
  sourceAgencyId: string;
  receivingAgencyId: string;
  missing: readonly string[];
  /** The case it became is refused, closed or withdrawn. */
  caseEnded: boolean;
};

export const clueProblems = defineProblems({
  'clue.incomplete': {
    status: 409,
    zh: ['线索信息不全', '缺少受理所需的内容：{missing}', '退回补充，或由来源单位补充后再受理'],
    en: ['Clue is incomplete', 'missing for acceptance: {missing}', 'return it, or let the source supplement it first'],
  },
  'clue.not_competent': {
    status: 403,
    zh: ['非承办单位', '此操作由{who}办理', '由该单位的人员办理'],
    en: ['Not the competent agency', 'this is for the {whoEn}', 'let an officer of that agency do it'],
  },
  'clue.case_open': {
    status: 409,
    zh: ['案件尚未办结', '线索所立案件尚未办结，不能反馈最终结果', '案件办结、不予救助或撤回后再反馈'],
    en: [
      'The case is still open',
      'the case opened from this clue has not ended',
      'answer when the case is refused, closed or withdrawn',
    ],
  },
  'clue.content_locked': {
    status: 409,
    zh: ['线索内容已锁定', '线索已被处理，内容与已存内容不同：{pointers}', '请受理单位退回后再修改'],
    en: [
      'Clue content is locked',
      'the clue was processed; the content differs at {pointers}',
      'ask the receiving agency to return it',
    ],
  },
  'clue.exists': {
    status: 412,
    zh: ['线索已存在', '此 externalId 已有线索', '去掉 If-None-Match: * 以更新，或换用新的 externalId'],
    en: [
      'Clue exists',
      'there is a clue with this externalId',
      'drop If-None-Match: * to update, or choose another externalId',
    ],
  },
  'clue.external_id_taken': {
    status: 409,
    zh: [
      'externalId 已被使用',
      '本单位已有使用此 externalId 的线索',
      '使用 PUT /v1/clues/by-external-id/{externalId} 更新',
    ],
    en: [
      'externalId is taken',
      'this agency has a clue with this externalId',
      'use PUT /v1/clues/by-external-id/{externalId}',
    ],
  },
  'clue.same_agency': {
    status: 409,
    zh: ['改送单位相同', '线索已在该单位', '选择其他检察院'],
    en: ['Same agency', 'the clue is already with that agency', 'choose another procuratorate'],
  },
});

const onlySource = (clue: ClueFacts, actor: Actor): Problem | undefined =>
  clue.sourceAgencyId === actor.agency.id
    ? undefined
    : clueProblems['clue.not_competent']({ who: '来源单位', whoEn: 'source agency' });

const onlyReceiver = (clue: ClueFacts, actor: Actor): Problem | undefined =>
  clue.receivingAgencyId === actor.agency.id
    ? undefined
    : clueProblems['clue.not_competent']({ who: '受理检察院', whoEn: 'receiving procuratorate' });

/** Hardship unrelated to a case cannot start judicial aid, only social assistance (2021 rules, art. 5). */
const complete = (clue: ClueFacts, actor: Actor): Problem | undefined =>
  onlyReceiver(clue, actor) ??
  (clue.missing.length > 0 ? clueProblems['clue.incomplete']({ missing: clue.missing }) : undefined);

const answerable = (clue: ClueFacts, actor: Actor): Problem | undefined =>
  onlyReceiver(clue, actor) ??
  (clue.state === 'accepted' && !clue.caseEnded ? clueProblems['clue.case_open']() : undefined);

const hasCase = (clue: ClueFacts): boolean => !clue.missing.includes(NO_CASE);

export const clueActions = {
  edit: {
    verbs: ['supplement'],
    permission: 'clue:edit',
    label: ['修改线索', 'Edit'],
    method: 'PATCH',
    path: '',
    guard: onlySource,
  },
  supplement: {
    verbs: ['supplement'],
    permission: 'clue:edit',
    label: ['补充材料', 'Supplement'],
    path: 'supplement',
    awaited: (clue: ClueFacts) => clue.state === 'returned',
    guard: onlySource,
  },
  withdrawal: {
    verbs: ['withdraw'],
    permission: 'clue:withdraw',
    label: ['撤回', 'Withdraw'],
    path: 'withdrawal',
    guard: onlySource,
  },
  acceptance: {
    verbs: ['accept'],
    permission: 'clue:accept',
    label: ['受理', 'Accept'],
    path: 'acceptance',
    officer: true,
    awaited: true,
    guard: complete,
  },
  return: {
    verbs: ['return'],
    permission: 'clue:return',
    label: ['退回补充', 'Return'],
    path: 'return',
    officer: true,
    // What lacks its case alone is for social assistance; what lacks something else goes back once.
    awaited: (clue: ClueFacts) => clue.state === 'submitted' && hasCase(clue) && clue.missing.length > 0,
    guard: onlyReceiver,
  },
  rejection: {
    verbs: ['reject'],
    permission: 'clue:reject',
    label: ['不予受理', 'Reject'],
    path: 'rejection',
    officer: true,
    guard: onlyReceiver,
  },
  rerouting: {
    verbs: ['reroute'],
    permission: 'clue:reroute',
    label: ['改送', 'Reroute'],
    path: 'rerouting',
    officer: true,
    guard: onlyReceiver,
  },
  'social-assistance-routing': {
    verbs: ['route-to-social'],
    permission: 'clue:route_to_social',
    label: ['转社会救助', 'Route to social assistance'],
    path: 'social-assistance-routing',
    officer: true,
    awaited: (clue: ClueFacts) => !hasCase(clue),
    guard: onlyReceiver,
  },
  answer: {
    verbs: ['answer'],
    permission: 'clue:answer',
    label: ['反馈结果', 'Answer'],
    path: 'answer',
    officer: true,
    awaited: true,
    guard: answerable,
  },
  'duplicate-verdict': {
    verbs: [],
    permission: 'clue:check_duplicates',
    label: ['重复核查', 'Judge a possible duplicate'],
    path: 'duplicate-verdict',
    officer: true,
    guard: onlyReceiver,
  },
} as const satisfies ActionTable<ClueFacts, ClueVerb>;

/** Stands in `missing` of a clue without an original case, which only social assistance can follow (2021 rules, art. 5). */
const NO_CASE = '/linkedCase';

/** What still stands in the way of acceptance, as JSON Pointers; an emergency is taken without a known name. */
export function missingForAcceptance(content: ClueContent): string[] {
  const names =
    content.urgency === 'emergency_medical'
      ? []
      : content.subjects.flatMap((s, i) => (s.name ? [] : [`/subjects/${i}/name`]));
  const numbers = content.subjects.flatMap((s, i) =>
    s.idType !== 'none' && !s.idNumber ? [`/subjects/${i}/idNumber`] : [],
  );
  return [...(content.linkedCase ? [] : [NO_CASE]), ...names, ...numbers];
}

/** Green channel: what the Federation transfers, and urgent treatment (domain §1, 绿色通道) [A: as data with the deadline rules]. */
export function isGreenChannel(sourceKind: AgencyKind, content: ClueContent): boolean {
  return sourceKind === 'womens_federation' || content.urgency === 'emergency_medical';
}

/** The original proceeding in comparable form: one writing for 〔2026〕, (2026), [2026] and full-width characters. */
export function linkedCaseKey(linked: LinkedCase | null): string | null {
  if (!linked?.number) return null;
  const plain = toHalfWidth(`${linked.handlingOrgan}|${linked.number}`).normalize('NFKC').toUpperCase();
  return `${linked.type}|${plain
    .replace(/[〔［【[]/g, '(')
    .replace(/[〕］】\]]/g, ')')
    .replace(/[\s·,，。第]/g, '')}`;
}

/** JSON Pointers at which two contents differ, members first, then subjects. */
export function contentDifferences(a: ClueContent, b: ClueContent): string[] {
  const differs = (x: unknown, y: unknown) => JSON.stringify(x) !== JSON.stringify(y);
  const { subjects: subjectsA, ...membersA } = a;
  const { subjects: subjectsB, ...membersB } = b;
  const members = Object.keys(membersA) as (keyof typeof membersA)[];
  const pointers = members.filter((key) => differs(membersA[key], membersB[key])).map((key) => `/${key}`);
  const count = Math.max(subjectsA.length, subjectsB.length);
  for (let i = 0; i < count; i++) {
    const [left, right] = [subjectsA[i], subjectsB[i]];
    if (!left || !right) pointers.push(`/subjects/${i}`);
    else
      pointers.push(
        ...(Object.keys(left) as (keyof Subject)[])
          .filter((key) => differs(left[key], right[key]))
          .map((key) => `/subjects/${i}/${key}`),
      );
  }
  return pointers;
}
