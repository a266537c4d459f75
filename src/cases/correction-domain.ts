// Correcting what was recorded: which members may be corrected, in which states, and what waits for a second person.
import type { AvailableAction } from '../kernel/action.ts';
import { machine } from '../kernel/machine.ts';
import { type Money, parseYuan } from '../kernel/money.ts';
import { defineProblems, type FieldError } from '../kernel/problem.ts';
import { enumValues } from '../reference/enums.ts';
import { CASE_STATES, type CaseState } from './domain.ts';

export const CORRECTION_STATES = ['proposed', 'applied', 'refused'] as const;
export type CorrectionState = (typeof CORRECTION_STATES)[number];

export const correctionMachine = machine('correction', '更正', CORRECTION_STATES, {
  confirm: { from: ['proposed'], to: 'applied' },
  refuse: { from: ['proposed'], to: 'refused' },
});

/** The value of a member as it stands on the wire. */
export type FieldValue = string | boolean | readonly string[] | Money | null;

export type ValueKind =
  | { kind: 'text'; max: number; nullable?: true }
  | { kind: 'enum'; values: readonly string[]; nullable?: true }
  | { kind: 'code'; set: string; nullable?: true }
  | { kind: 'codes'; set: string }
  | { kind: 'region'; nullable: true }
  | { kind: 'amount' };

export type FieldRule = {
  value: ValueKind;
  states: readonly CaseState[];
  /** When another person must confirm: never, once a decision rests on it, or always (money). */
  fourEyes: 'never' | 'decided' | 'always';
};

const LONG = 20_000;
const decided = ['granted', 'refused', 'disbursing', 'closed'] as const;
const everywhere = CASE_STATES;

/**
 * By pointer, `*` for the position of a beneficiary. Identity belongs to the person, texts of decisions to who decided, and an
 * amount that was only proposed to the next proposal: none of them is here.
 */
export const CORRECTABLE: Readonly<Record<string, FieldRule>> = {
  '/facts': { value: { kind: 'text', max: LONG }, states: everywhere, fourEyes: 'never' },
  '/hardship': { value: { kind: 'text', max: LONG, nullable: true }, states: everywhere, fourEyes: 'never' },
  '/campaignCode': {
    value: { kind: 'code', set: 'campaigns', nullable: true },
    states: everywhere,
    fourEyes: 'never',
  },
  '/linkedCase/type': {
    value: { kind: 'enum', values: enumValues('linked-case-types') },
    states: everywhere,
    fourEyes: 'decided',
  },
  '/linkedCase/number': { value: { kind: 'text', max: 100, nullable: true }, states: everywhere, fourEyes: 'decided' },
  '/linkedCase/handlingOrgan': { value: { kind: 'text', max: 200 }, states: everywhere, fourEyes: 'decided' },
  '/proposal/eligibilityCode': { value: { kind: 'code', set: 'eligibility' }, states: decided, fourEyes: 'always' },
  '/beneficiaries/*/categories': {
    value: { kind: 'codes', set: 'categories' },
    states: everywhere,
    fourEyes: 'decided',
  },
  '/beneficiaries/*/relation': {
    value: { kind: 'enum', values: enumValues('case-relations'), nullable: true },
    states: everywhere,
    fourEyes: 'decided',
  },
  '/beneficiaries/*/householdRegionCode': {
    value: { kind: 'region', nullable: true },
    states: everywhere,
    fourEyes: 'decided',
  },
  '/beneficiaries/*/grantedAmount': {
    value: { kind: 'amount' },
    states: ['granted', 'disbursing', 'closed'],
    fourEyes: 'always',
  },
};

export const correctionProblems = defineProblems({
  'case.correction_not_now': {
    status: 409,
    zh: [
      '当前状态不能更正',
      '案件状态为 {state}，不能更正 {pointer}',
      '决定前的金额与资格由新的审查意见改正；已撤销或撤回的案件不再改动金额',
    ],
    en: [
      'Not to be corrected now',
      'the case is {state}: {pointer} is not corrected in this state',
      'before the decision a new proposal sets it right; a revoked or withdrawn case keeps its amounts',
    ],
  },
  'case.correction_pending': {
    status: 409,
    zh: ['有待确认的更正', '本案已有一项更正待另一人确认', '先确认或退回该项更正'],
    en: ['A correction is waiting', 'one correction of this case awaits another person', 'confirm or refuse it first'],
  },
  'case.no_correction_pending': {
    status: 409,
    zh: ['没有待确认的更正', '本案没有这一项待确认的更正', '重新读取更正列表'],
    en: ['No such correction is waiting', 'nothing of this kind awaits confirmation', 'read the corrections again'],
  },
  'case.award_raised': {
    status: 409,
    zh: [
      '不得以更正增加救助金额',
      '决定金额为 {granted} 元，更正只能改低',
      '增加金额须作出新的决定：撤销后重新立案，或另案申请',
    ],
    en: [
      'A correction does not raise an award',
      'the award is {granted} yuan; a correction may only lower it',
      'more money needs a new decision: revoke and decide anew, or open another case',
    ],
  },
});

export type Target = { pointer: string; rule: FieldRule; member: string; index: number | null };

const BENEFICIARY = /^\/beneficiaries\/(0|[1-9][0-9]?)\/([A-Za-z]+)$/;

/** The rule behind a pointer; undefined for what may not be corrected. */
export function targetOf(pointer: string): Target | undefined {
  const [, position, member = ''] = BENEFICIARY.exec(pointer) ?? [];
  const index = position === undefined ? null : Number(position);
  const name = index === null ? pointer : `/beneficiaries/*/${member}`;
  const rule = Object.hasOwn(CORRECTABLE, name) ? CORRECTABLE[name] : undefined;
  return rule && { pointer, rule, index, member: index === null ? pointer.slice(1) : member };
}

const isMoney = (value: FieldValue): value is Money =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export function fenOf(value: FieldValue): bigint {
  const fen = isMoney(value) ? parseYuan(value.amount) : undefined;
  if (fen === undefined) throw new Error('not an amount');
  return fen;
}

function shapeError({ value: wanted }: FieldRule, value: FieldValue): readonly [zh: string, en: string] | undefined {
  if (value === null) return 'nullable' in wanted && wanted.nullable ? undefined : ['非空值', 'not null'];
  if (wanted.kind === 'amount')
    return isMoney(value) && fenOf(value) > 0n ? undefined : ['大于 0.00 的金额', 'an amount over 0.00'];
  if (wanted.kind === 'codes') return Array.isArray(value) ? undefined : ['代码数组', 'an array of codes'];
  if (typeof value !== 'string' || value.trim() === '') return ['非空字符串', 'a string that is not empty'];
  if (wanted.kind === 'text')
    return value.length <= wanted.max ? undefined : [`不超过 ${wanted.max} 个字符`, `at most ${wanted.max} characters`];
  if (wanted.kind === 'enum')
    return wanted.values.includes(value)
      ? undefined
      : [`以下之一：${wanted.values.join('、')}`, `one of ${wanted.values.join(', ')}`];
  if (wanted.kind === 'region') return /^[1-9][0-9]{5}$/.test(value) ? undefined : ['区划代码', 'a region code'];
  return undefined;
}

/** The codes that the value names, to be held against their set. */
export function codesIn({ value: wanted }: FieldRule, value: FieldValue): { set: string; codes: readonly string[] } {
  if (wanted.kind === 'codes' && Array.isArray(value)) return { set: wanted.set, codes: value };
  if (wanted.kind === 'code' && typeof value === 'string') return { set: wanted.set, codes: [value] };
  return { set: '', codes: [] };
}

/** What is wrong with the value of this member, by shape alone. */
export function valueErrors(rule: FieldRule, value: FieldValue): FieldError[] {
  const wanted = shapeError(rule, value);
  if (wanted !== undefined)
    return [{ pointer: '/value', code: 'value.unfit', detail: [`应为${wanted[0]}`, `wanted: ${wanted[1]}`] }];
  const { codes } = codesIn(rule, value);
  return codes.flatMap((code, i) =>
    codes.indexOf(code) < i ? [{ pointer: `/value/${i}`, code: 'code.repeated', detail: code }] : [],
  );
}

/** Money always, and whatever a decision rests on once there is one. */
export function needsAnother(rule: FieldRule, c: { decisionOutcome: string | null }): boolean {
  return rule.fourEyes === 'always' || (rule.fourEyes === 'decided' && c.decisionOutcome !== null);
}

export const CORRECTION_ID = '{correctionId}';

/** The confirmation is offered where one waits, under the address of what waits. */
export function addressCorrections(actions: readonly AvailableAction[], pendingId: string | null): AvailableAction[] {
  return actions.flatMap((action) => {
    if (!action.href.includes(CORRECTION_ID)) return [action];
    return pendingId === null ? [] : [{ ...action, href: action.href.replace(CORRECTION_ID, pendingId) }];
  });
}
