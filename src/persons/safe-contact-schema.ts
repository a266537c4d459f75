// Wire shapes of safe contact: the rule itself, and the notice that stands first in the view of a record.
import { type Static, Type } from 'typebox';
import type { AgencyRefView } from '../agencies/service.ts';
import { maskIdNumber } from '../kernel/mask.ts';
import type { Language } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { AgencyRef, CivilDate, Closed, Id, Instant, Literals, Nullable, named, Text } from '../platform/http/schema.ts';
import { enums, enumValues } from '../reference/enums.ts';
import { isInForce, type SafeContactText } from './safe-contact-domain.ts';
import type { SafeContact } from './safe-contact-repository.ts';

const TIME = '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$';
const Time = Type.String({ pattern: TIME, maxLength: 5, description: 'HH:MM in Asia/Shanghai', examples: ['18:00'] });
const Hours = Closed({
  weekdays: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      maxItems: 7,
      uniqueItems: true,
      description: '1 = Monday; every day otherwise',
    }),
  ),
  from: Time,
  to: Time,
});
const Channels = Type.Array(Literals(enumValues('contact-channels')), { maxItems: 20, uniqueItems: true });
const HoursList = Type.Array(Hours, { maxItems: 50 });

const told = {
  forbiddenChannels: Channels,
  forbiddenHours: HoursList,
  safeChannels: Nullable(Type.String({ maxLength: 2000, description: 'how the person can be reached safely' })),
  hiddenAddress: Type.Boolean({ description: 'address and phone are shown to nobody but those who set the rule' }),
};
const dates = { reviewOn: CivilDate, validUntil: Nullable(CivilDate) };

export const SafeContactNotice = named(
  'SafeContactNotice',
  Closed(
    {
      instructions: Type.String({ maxLength: 4000, description: 'in words, to be read before anything else' }),
      personId: Nullable({ ...Id, description: 'null on a clue' }),
      memberId: { ...Id, description: 'the id of this person in the record' },
      ...told,
      ...dates,
    },
    { description: 'How not to endanger a person of this record' },
  ),
);
/** First member of the single views; null where nobody on the record has a rule. */
export const SafeContactPart = Nullable(
  Closed(
    { persons: Type.Array(SafeContactNotice, { maxItems: 200 }) },
    { description: 'read this first: people of this record are in danger; null otherwise' },
  ),
);

const Blocked = {
  name: Text(100),
  relation: Type.Optional(Nullable(Text(50, 'to the person'))),
  idNumber: Type.Optional(Nullable(Text(32))),
  officerId: Type.Optional(
    Nullable({ ...Id, description: 'that officer and nobody of the same name; otherwise every officer of the name' }),
  ),
};
export const SafeContactBody = named(
  'SafeContactInput',
  Closed(
    {
      reasonCode: Literals(enumValues('safe-contact-reasons')),
      forbiddenChannels: Type.Optional(Channels),
      forbiddenHours: Type.Optional(HoursList),
      safeChannels: Type.Optional(
        Nullable(Text(2000, 'shown to whoever deals with the person: no address that must stay hidden')),
      ),
      hiddenAddress: Type.Optional(Type.Boolean({ default: true })),
      blockedPersons: Type.Optional(Type.Array(Closed(Blocked), { maxItems: 20 })),
      note: Type.Optional(Nullable(Text(4000, 'for those who set the rule'))),
      reviewOn: CivilDate,
      validUntil: Type.Optional(Nullable({ ...CivilDate, description: 'last day; without one until it is changed' })),
    },
    { description: 'The whole rule; what is absent is empty, and hiddenAddress true' },
  ),
);

export const SafeContactView = named(
  'SafeContact',
  Closed(
    {
      personId: Id,
      version: Type.Integer({ minimum: 1 }),
      inForce: Type.Boolean(),
      instructions: Type.String({ maxLength: 4000 }),
      ...told,
      reasonCode: Nullable(Literals(enumValues('safe-contact-reasons'), 'null outside the team that set it')),
      blockedPersons: Nullable(
        Type.Array(
          Closed({
            name: Type.String({ maxLength: 100 }),
            relation: Nullable(Type.String({ maxLength: 50 })),
            idNumber: Nullable(Type.String({ maxLength: 64, description: 'masked' })),
            officerId: Nullable(Id),
          }),
          { maxItems: 20, description: 'null outside the team that set it' },
        ),
      ),
      note: Nullable(Type.String({ maxLength: 4000 })),
      agency: AgencyRef,
      ...dates,
      createdAt: Instant,
      updatedAt: Instant,
    },
    { description: 'How the person may be reached; what is hidden is for the team that set the rule' },
  ),
);

type Told = Pick<SafeContactText, 'forbiddenChannels' | 'forbiddenHours' | 'safeChannels' | 'hiddenAddress'>;

const WEEKDAYS = { zh: '一二三四五六日', en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] } as const;

function hoursText({ weekdays, from, to }: Told['forbiddenHours'][number], language: Language): string {
  const days = (weekdays ?? []).map((day) => (language === 'zh' ? `周${WEEKDAYS.zh[day - 1]}` : WEEKDAYS.en[day - 1]));
  const every = language === 'zh' ? '每天' : 'daily';
  return `${days.length > 0 ? days.join(language === 'zh' ? '、' : ', ') : every} ${from}–${to}`;
}

/** What a person who opens the record has to know, in their language. */
export function instructionsOf(told: Told, language: Language): string {
  const zh = language === 'zh';
  const { values } = enums['contact-channels'];
  const channels = told.forbiddenChannels.map((code) => values[code][zh ? 0 : 1]);
  const hours = told.forbiddenHours.map((span) => hoursText(span, language));
  const list = (items: readonly string[]) => items.join(zh ? '、' : ', ');
  const lines = [
    zh ? '此人须安全联系。' : 'This person is to be contacted with care.',
    channels.length > 0 && (zh ? `禁止以下方式：${list(channels)}。` : `Never by: ${list(channels)}.`),
    hours.length > 0 && (zh ? `禁止以下时段：${list(hours)}。` : `Never at: ${list(hours)}.`),
    told.safeChannels && (zh ? `安全方式：${told.safeChannels}` : `Safe: ${told.safeChannels}`),
    told.hiddenAddress && (zh ? '住址与电话保密。' : 'Address and phone are kept hidden.'),
  ];
  return lines
    .filter((line) => typeof line === 'string')
    .join(zh ? '' : ' ')
    .slice(0, 4000);
}

/** `team`: whether the reader is of those who set the rule. */
export function toSafeContactView(
  tx: Tx,
  rule: SafeContact,
  agency: AgencyRefView,
  { team, party }: { team: boolean; party: boolean },
): Static<typeof SafeContactView> {
  const { text, personId, version, reviewOn, validUntil, createdAt, updatedAt } = rule;
  const { forbiddenChannels, forbiddenHours, safeChannels, hiddenAddress } = text;
  const shown = { forbiddenChannels, forbiddenHours, safeChannels: party ? safeChannels : null, hiddenAddress };
  const hidden = ['reasonCode', 'blockedPersons', 'note'];
  tx.viewed(personId, ['safeContact', ...(team ? hidden : [])], 'safe_contact');
  return {
    personId,
    version,
    inForce: isInForce(rule, tx.ctx.today),
    instructions: instructionsOf(shown, tx.ctx.language),
    ...shown,
    reasonCode: team ? text.reasonCode : null,
    blockedPersons: team
      ? text.blockedPersons.map(({ name, relation, idNumber, officerId }) => ({
          name,
          relation: relation ?? null,
          idNumber: idNumber ? maskIdNumber(idNumber) : null,
          officerId: officerId ?? null,
        }))
      : null,
    note: team ? text.note : null,
    agency,
    reviewOn,
    validUntil,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
