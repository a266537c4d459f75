// Entries of the account: what one owner writes, the other countersigns or objects to; an entry itself never changes.
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';
import { accountProblems, ENTRY_STATES, type EntryState, isOwner } from './domain.ts';

export const ENTRY_KINDS = enumValues('account-entry-kinds');
export type EntryKind = EnumValue<'account-entry-kinds'>;

export const entryMachine = machine('account_entry', '台账记录', ENTRY_STATES, {
  countersign: { from: ['open'], to: 'countersigned' },
  object: { from: ['open'], to: 'objected' },
});
export type EntryVerb = keyof typeof entryMachine.verbs;

/** The entry and the owners of its account. */
export type EntryFacts = {
  state: EntryState;
  agencyId: string;
  personKey: string | null;
  procuratorateId: string;
  federationId: string | null;
};

export const entryProblems = defineProblems({
  'account_entry.own': {
    status: 403,
    zh: ['须由另一主管单位会签', '本单位记入的内容由另一主管单位会签或提出异议', '由另一主管单位的人员办理'],
    en: [
      'For the other owner',
      'an entry of your own agency is countersigned or objected to by the other owner',
      'let an officer of the other owner do it',
    ],
  },
  'account_entry.not_objected': {
    status: 409,
    zh: ['没有待答复的异议', '所答复的记录没有异议，或异议已答复', '不带 answersEntryId 记入新的内容'],
    en: [
      'Nothing to answer',
      'the entry was not objected to, or its objection has been answered',
      'write the entry without answersEntryId',
    ],
  },
});

/** The other owner, and another human: both offices may employ the same person. */
const onlyOtherOwner = (entry: EntryFacts, actor: Actor): Problem | undefined => {
  if (!isOwner(entry, actor.agency.id)) return accountProblems['account.not_owner']();
  if (entry.agencyId === actor.agency.id) return entryProblems['account_entry.own']();
  return samePerson(actor, entry.personKey)
    ? actionProblems['decision.four_eyes']({ who: '记入与会签', whoEn: 'who writes an entry and who answers it' })
    : undefined;
};

const answer = { permission: 'account:entry', officer: true, guard: onlyOtherOwner } as const;

export const entryActions = {
  countersignature: {
    ...answer,
    verbs: ['countersign'],
    label: ['会签', 'Countersign'],
    path: 'countersignature',
    awaited: true,
  },
  objection: { ...answer, verbs: ['object'], label: ['提出异议', 'Object'], path: 'objection' },
} as const satisfies ActionTable<EntryFacts, EntryVerb>;
