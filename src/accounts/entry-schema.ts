// Wire shapes of account entries: what either owner writes, and what the other answers.
import { type Static, Type } from 'typebox';
import type { AgencyRow } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  AvailableAction,
  Closed,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { ENTRY_STATES, isOwner } from './domain.ts';
import { type EntryOfAccount, entryFacts } from './entries.ts';
import { ENTRY_KINDS, entryActions, entryMachine } from './entry-domain.ts';
import type { EntryRow } from './entry-repository.ts';
import { refOf } from './schema.ts';

export const EntryBody = named(
  'AccountEntryInput',
  Closed({
    text: Text(10_000),
    kind: Type.Optional(Literals(ENTRY_KINDS, 'note by default')),
    answersEntryId: Type.Optional(Type.String({ ...Id, description: 'the entry whose objection this one answers' })),
  }),
);
export const CountersignatureBody = named('AccountCountersignature', Closed({ text: Type.Optional(Text()) }));
export const ObjectionBody = named('AccountObjection', Closed({ text: Text(4000, 'the reason, for the owners') }));
export const CountersignaturesBody = named(
  'AccountCountersignatures',
  Closed({ entryIds: Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true }) }),
);
export const EntryQuery = Type.Object({
  limit: pageQuery.limit,
  cursor: pageQuery.cursor,
  state: Type.Optional(Literals(ENTRY_STATES)),
});

const entryListed = {
  id: Id,
  version: Type.Integer({ minimum: 1 }),
  accountId: Id,
  kind: Literals(ENTRY_KINDS),
  state: Literals(ENTRY_STATES),
  officerId: Id,
  answersEntryId: Nullable(Id),
  answered: Type.Boolean({ description: 'a later entry has answered the objection' }),
  reviewedBy: Nullable(Id),
  reviewedAt: Nullable(Instant),
  createdAt: Instant,
};
export const EntryItem = named('AccountEntryItem', Closed({ ...entryListed, agencyId: Id }));
export const EntryPage = pageOf('AccountEntryPage', EntryItem);
export const EntryView = named(
  'AccountEntry',
  Closed({
    ...entryListed,
    agency: AgencyRef,
    text: Nullable(Type.String({ maxLength: 10_000 })),
    reviewText: Nullable(
      Type.String({ maxLength: 4000, description: 'what the other owner said when it countersigned or objected' }),
    ),
    availableActions: Type.Array(AvailableAction, { maxItems: 5 }),
  }),
);

function entryListedOf(entry: EntryRow) {
  const { id, version, accountId, kind, state, officerId, answersEntryId, answered, reviewedBy } = entry;
  const reviewedAt = entry.reviewedAt?.toISOString() ?? null;
  const createdAt = entry.createdAt.toISOString();
  return {
    id,
    version,
    accountId,
    kind,
    state,
    officerId,
    answersEntryId,
    answered,
    reviewedBy,
    reviewedAt,
    createdAt,
  };
}

export function toEntryItem(entry: EntryRow): Static<typeof EntryItem> {
  return { ...entryListedOf(entry), agencyId: entry.agencyId };
}

/** The texts for the owners only, each view on the record of the person. */
export function toEntryView(tx: Tx, { account, entry }: EntryOfAccount, agency: AgencyRow): Static<typeof EntryView> {
  const { actor, language } = tx.ctx;
  const own = isOwner(account, actor.agency.id);
  if (own) tx.viewed(account.personId, ['entry'], 'account.owner');
  const href = `/v1/monitoring-accounts/${account.id}/entries/${entry.id}`;
  const facts = entryFacts(account, entry);
  return {
    ...entryListedOf(entry),
    agency: refOf(agency),
    text: own ? entry.text : null,
    reviewText: own ? entry.review : null,
    availableActions: availableActions(entryMachine, entryActions, facts, actor, href, language),
  };
}
