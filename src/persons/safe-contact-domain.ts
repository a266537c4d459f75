// Safe contact: what is kept from whom, how an endangered person may be reached, and what each reader is told of it (ADR 0019).
import { weekdayOf } from '../kernel/civil-date.ts';
import { defineProblems, type FieldError } from '../kernel/problem.ts';
import type { EnumValue } from '../reference/enums.ts';

export type ContactChannel = EnumValue<'contact-channels'>;

/** Hours of the day in Asia/Shanghai, `from` inclusive, `to` exclusive and up to 24:00; without weekdays on every day. */
export type ForbiddenHours = { weekdays?: number[] | undefined; from: string; to: string };

/** From whom it is kept: by name, or one certain officer. */
export type BlockedPerson = {
  name: string;
  relation?: string | null | undefined;
  idNumber?: string | null | undefined;
  officerId?: string | null | undefined;
};

/** The sealed text. */
export type SafeContactText = {
  reasonCode: EnumValue<'safe-contact-reasons'>;
  forbiddenChannels: ContactChannel[];
  forbiddenHours: ForbiddenHours[];
  safeChannels: string | null;
  hiddenAddress: boolean;
  blockedPersons: BlockedPerson[];
  note: string | null;
};

export const safeContactProblems = defineProblems({
  'safe_contact.exists': {
    status: 412,
    zh: ['已有安全联系规则', '该人员已登记安全联系规则', '读取现有规则，以其 ETag 修改'],
    en: ['A rule exists', 'the person has a safe-contact rule', 'read it and change it with its ETag'],
  },
  'safe_contact.kept_elsewhere': {
    status: 403,
    zh: ['由另一机关设定', '该规则由另一机关设定且仍然有效', '联系设定机关修改'],
    en: [
      'Another agency keeps it',
      'the rule was set by another agency and is in force',
      'ask the agency that set it to change it',
    ],
  },
  'visit.forbidden_channel': {
    status: 409,
    zh: ['须安全联系', '被走访人有安全联系规则，不得以此方式联系：{channels}', '改用规则允许的方式，见 safeContact'],
    en: [
      'Forbidden channel',
      'a person to be visited must not be contacted in this way: {channels}',
      'choose another mode, see `safeContact`',
    ],
  },
  'visit.forbidden_hours': {
    status: 409,
    zh: ['该日不得联系', '被走访人有安全联系规则，{day} 全天不得联系', '改在规则允许的日期'],
    en: ['Forbidden day', 'a person to be visited must not be contacted on {day} at all', 'choose another day'],
  },
});

/** What is wrong with a rule as such; `today` and dates are civil dates. */
export function ruleErrors(
  rule: { forbiddenHours: readonly ForbiddenHours[]; reviewOn: string; validUntil: string | null },
  today: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, { from, to }] of rule.forbiddenHours.entries())
    if (from >= to)
      errors.push({
        pointer: `/forbiddenHours/${i}/to`,
        code: 'hours.order',
        detail: ['须晚于开始时刻；跨午夜的分两段填写', 'after `from`; hours over midnight are two entries'],
      });
  if (rule.reviewOn < today)
    errors.push({ pointer: '/reviewOn', code: 'date.past', detail: ['早于今天', 'a day before today'] });
  return errors;
}

export const isInForce = (rule: { validUntil: string | null }, today: string): boolean =>
  rule.validUntil === null || rule.validUntil >= today;

/** True where no hour of that day is left. */
export function isWholeDayForbidden(hours: readonly ForbiddenHours[], day: string): boolean {
  const weekday = weekdayOf(day);
  const spans = hours
    .filter(({ weekdays }) => !weekdays || weekdays.length === 0 || weekdays.includes(weekday))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  let reached = '00:00';
  for (const { from, to } of spans) if (from <= reached && to > reached) reached = to;
  return reached >= '24:00';
}

/** The channel behind a mode of visit. */
export const CHANNEL_OF_MODE = {
  home: 'home_visit',
  phone: 'phone',
  video: 'video',
  office: 'office_visit',
} as const satisfies Record<string, ContactChannel>;
export type ContactMode = keyof typeof CHANNEL_OF_MODE;

type Covered = { phone: string | null; address: string | null };

/** Where somebody lives and can be called is not shown, not even masked; a guardian may be the one who is feared. */
export function coverContact<P extends Covered>(person: P): P {
  const guarded = 'guardian' in person ? { guardian: null } : {};
  return { ...person, phone: null, address: null, ...guarded };
}
