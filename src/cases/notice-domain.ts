// The case notice: what the Women's Federation learns of a closed case with a woman or a child in it (contract §3; domain §13.9).
import type { ActionTable } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import { ageOn } from '../kernel/civil-date.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type FieldError, type Problem } from '../kernel/problem.ts';

export const NOTICE_STATES = ['sent', 'received'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export const noticeMachine = machine('notice', '结案告知', NOTICE_STATES, {
  receive: { from: ['sent'], to: 'received' },
});
export type NoticeVerb = keyof typeof noticeMachine.verbs;

export type NoticeFacts = { state: NoticeState; federationId: string };

export const noticeProblems = defineProblems({
  'notice.not_recipient': {
    status: 403,
    zh: ['非受告知妇联', '签收由受告知的妇联办理', '由该妇联的人员办理'],
    en: [
      'Not the Federation addressed',
      "the receipt is for the Women's Federation to which the notice was sent",
      'let one of its officers confirm it',
    ],
  },
});

const onlyFederation = (notice: NoticeFacts, actor: Actor): Problem | undefined =>
  actor.agency.id === notice.federationId ? undefined : noticeProblems['notice.not_recipient']();

export const noticeActions = {
  receipt: {
    verbs: ['receive'],
    permission: 'notice:receive',
    label: ['签收', 'Confirm receipt'],
    path: 'receipt',
    officer: true,
    awaited: true,
    guard: onlyFederation,
  },
} as const satisfies ActionTable<NoticeFacts, NoticeVerb>;

const CONTACT = [
  { pattern: /(?<![0-9])1[3-9][0-9]{9}(?![0-9])/, detail: ['电话号码', 'a telephone number'] },
  { pattern: /(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])/, detail: ['身份证号码', 'an identity number'] },
] as const;

/** What goes to the Federation in words carries nothing by which a person could be reached or named for certain. */
export function contactErrors(text: string, pointer: string): FieldError[] {
  return CONTACT.filter(({ pattern }) => pattern.test(text)).map(({ detail }) => ({
    pointer,
    code: 'text.contact_data',
    detail: [`不得写入${detail[0]}`, `leave out ${detail[1]}`] as const,
  }));
}

const ADULT = 18;

type Person = { sex: 'female' | 'male' | 'unknown'; minorAtDecision: boolean | null };

/** Under 18 on the day of the decision: fixed by a grant, reckoned for a refusal. */
export function isMinor(person: Person, birthDate: string | null, decidedOn: string): boolean {
  return person.minorAtDecision ?? (birthDate !== null && ageOn(birthDate, decidedOn) < ADULT);
}

/** The Federation follows women and children; a grown man in the same case is none of its concern. */
export function concernsFederation(person: Person, minor: boolean): boolean {
  return minor || person.sex === 'female';
}
