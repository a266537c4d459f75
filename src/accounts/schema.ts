// Wire shapes of monitoring accounts: bodies, queries, the view of either owner and the timeline.
import { type Static, Type } from 'typebox';
import type { AgencyRow } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
import { toMoney } from '../kernel/money.ts';
import { SafeContactPart } from '../persons/safe-contact-schema.ts';
import { ID_TYPES, SEXES } from '../persons/schema.ts';
import type { MaskedPerson } from '../persons/service.ts';
import type { ListedRow } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  AvailableAction,
  CivilDate,
  Closed,
  Code,
  Id,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  pageOf,
  pageQuery,
  RegionCode,
  Text,
} from '../platform/http/schema.ts';
import { REFERRAL_STATES, type ReferralState } from '../referrals/domain.ts';
import { RISK_LEVELS, VISIT_STATES } from '../visits/domain.ts';
import { ACCOUNT_STATES, accountActions, accountMachine, CLOSING_REASONS, isOwner } from './domain.ts';
import { NEXT_ACTION_KINDS } from './next-action.ts';
import type { Account, AccountRow, TimelineRow } from './repository.ts';

export const AccountReasonBody = named('AccountReason', Closed({ reason: Text() }));
export const AccountStepBody = named('AccountStep', Closed({ reason: Type.Optional(Text()) }));
export const ClosureBody = named(
  'AccountClosure',
  Closed({
    reason: Text(),
    reasonCode: Type.Optional(
      Literals(
        CLOSING_REASONS.filter((code) => code !== 'merged'),
        'stabilised by default; that of the owner who closes counts',
      ),
    ),
  }),
);
export const TransferBody = named(
  'AccountTransferInput',
  Closed(
    { agencyId: Type.Optional(Id), regionCode: Type.Optional(RegionCode), reason: Text() },
    {
      oneOf: [{ required: ['agencyId'] }, { required: ['regionCode'] }],
      description: 'to a procuratorate, or to the one that answers for a region at the level of the caller',
    },
  ),
);
export const TransferAcceptanceBody = named('AccountTransferAcceptance', Closed({}));

export const AccountQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(ACCOUNT_STATES)),
  riskLevel: Type.Optional(Literals(RISK_LEVELS)),
  personId: Type.Optional(Id),
  nextActionBefore: Type.Optional(CivilDate),
  nextActionKind: Type.Optional(Literals(NEXT_ACTION_KINDS)),
  withoutNextAction: Type.Optional(
    Type.Boolean({ default: false, description: 'accounts that are not closed and have no next action: always none' }),
  ),
  updatedSince: Type.Optional(Instant),
});
export const ChildQuery = Type.Object({ limit: pageQuery.limit, cursor: pageQuery.cursor });

const NextAction = Nullable(
  Closed(
    { kind: Literals(NEXT_ACTION_KINDS), dueOn: CivilDate },
    { description: 'an account that is not closed always has one' },
  ),
);
const listed = {
  id: Id,
  number: Type.String({ maxLength: 64 }),
  state: Literals(ACCOUNT_STATES),
  version: Type.Integer({ minimum: 1 }),
  regionCode: RegionCode,
  riskLevel: Nullable(Literals(RISK_LEVELS)),
  nextAction: NextAction,
  closingReason: Nullable(Literals(CLOSING_REASONS, 'of a closed account')),
  mergedIntoId: Nullable(Id),
  openedOn: CivilDate,
  createdAt: Instant,
  updatedAt: Instant,
};
export const AccountItem = named(
  'MonitoringAccountItem',
  Closed({ ...listed, personId: Id, procuratorateId: Id, federationId: Nullable(Id) }),
);
export const AccountPage = pageOf('MonitoringAccountPage', AccountItem);

const Reason = Nullable(Type.String({ maxLength: 4000, description: 'for the owners' }));

export const AccountView = named(
  'MonitoringAccount',
  Closed({
    safeContact: SafeContactPart,
    ...listed,
    person: Closed(
      {
        id: Id,
        name: Nullable(Type.String({ maxLength: 100 })),
        idType: Nullable(Literals(ID_TYPES)),
        idNumber: Nullable(Type.String({ maxLength: 32 })),
        sex: Nullable(Literals(SEXES)),
      },
      { description: 'always masked' },
    ),
    assistanceCaseIds: Type.Array(Id, { maxItems: 200 }),
    grantedAmount: Money,
    paidAmount: Money,
    referrals: Type.Array(
      Closed({
        id: Id,
        agency: AgencyRef,
        state: Literals(REFERRAL_STATES),
        measures: Type.Array(Code, { maxItems: 50 }),
        respondBy: Nullable(CivilDate),
      }),
      { maxItems: 50, description: 'the latest 50, newest first' },
    ),
    visits: Type.Array(
      Closed({
        id: Id,
        state: Literals(VISIT_STATES),
        plannedOn: CivilDate,
        doneOn: Nullable(CivilDate),
        riskLevel: Nullable(Literals(RISK_LEVELS)),
      }),
      { maxItems: 50, description: 'the latest 50, newest first' },
    ),
    owners: Type.Array(Closed({ agency: AgencyRef }), { minItems: 1, maxItems: 2 }),
    closureConsents: Type.Array(Closed({ agency: AgencyRef, consentedAt: Instant, reason: Reason }), { maxItems: 2 }),
    escalationReason: Reason,
    deEscalationReason: Reason,
    stabilisationReason: Reason,
    reopeningReason: Reason,
    transfer: Nullable(
      Closed(
        { toAgency: AgencyRef, requestedOn: CivilDate, reason: Reason },
        {
          description: 'waits for the receiving procuratorate; the owners answer for the person until it has accepted',
        },
      ),
    ),
    mergedAccountIds: Type.Array(Id, {
      maxItems: 200,
      description: 'accounts of the same person that went into this one',
    }),
    availableActions: Type.Array(AvailableAction, { maxItems: 20 }),
  }),
);

export const TimelineItem = named(
  'AccountTimelineItem',
  Closed({
    id: Id,
    type: Type.String({ maxLength: 100, description: 'type of the event' }),
    at: Instant,
    agencyId: Nullable(Id),
    resource: Closed({ kind: Type.String({ maxLength: 32 }), id: Id }),
  }),
);
export const TimelinePage = pageOf('AccountTimelinePage', TimelineItem);

export const refOf = ({ id, code, name }: AgencyRow) => ({ id, code, name });
const SHOWN = 50;
const latest = <T>(rows: readonly T[]): T[] => rows.slice(-SHOWN).reverse();

function listedOf(account: ListedRow<AccountRow>) {
  const { id, number, state, version, regionCode, riskLevel, nextActionKind, nextDueOn, openedOn } = account;
  const nextAction = nextActionKind && nextDueOn ? { kind: nextActionKind, dueOn: nextDueOn } : null;
  const { closingReason, mergedIntoId } = account;
  const times = { createdAt: account.createdAt.toISOString(), updatedAt: account.updatedAt.toISOString() };
  return {
    id,
    number,
    state,
    version,
    regionCode,
    riskLevel,
    nextAction,
    closingReason,
    mergedIntoId,
    openedOn,
    ...times,
  };
}

export function toAccountItem(account: ListedRow<AccountRow>): Static<typeof AccountItem> {
  const { personId, procuratorateId, federationId } = account;
  return { ...listedOf(account), personId, procuratorateId, federationId };
}

function toPerson(id: string, person: MaskedPerson | undefined): Static<typeof AccountView>['person'] {
  if (!person) return { id, name: null, idType: null, idNumber: null, sex: null };
  const idType = person.idType as (typeof ID_TYPES)[number];
  return { id, name: person.name, idType, idNumber: person.idNumber, sex: person.sex };
}

function embeddedOf(account: Account, agencyOf: (id: string) => AgencyRow) {
  return {
    referrals: latest(account.referrals).map(({ referralId, agencyId, state, measures, respondBy }) => ({
      id: referralId,
      agency: refOf(agencyOf(agencyId)),
      state: state as ReferralState,
      measures,
      respondBy,
    })),
    visits: latest(account.visits).map(({ visitId, state, plannedOn, doneOn, riskLevel }) => ({
      ...{ id: visitId, state, plannedOn, doneOn, riskLevel },
    })),
  };
}

/** The reason is for those between whom the account changes hands. */
function transferOf({ transfer }: Account, agencyOf: (id: string) => AgencyRow, party: boolean) {
  if (!transfer) return null;
  const { toAgencyId, requestedOn, reason } = transfer;
  return { toAgency: refOf(agencyOf(toAgencyId)), requestedOn, reason: party ? reason : null };
}

/** The same account for both owners; reasons in words are theirs alone, and the person stays masked to everybody. */
export function toAccountView(
  tx: Tx,
  account: Account,
  person: MaskedPerson | undefined,
  agencyOf: (id: string) => AgencyRow,
): Omit<Static<typeof AccountView>, 'safeContact'> {
  const { actor, language } = tx.ctx;
  const own = isOwner(account, actor.agency.id);
  const shown = (text: string | null | undefined) => (own ? (text ?? null) : null);
  const owners = [account.procuratorateId, ...(account.federationId ? [account.federationId] : [])];
  const { reasons } = account;
  const href = `/v1/monitoring-accounts/${account.id}`;
  return {
    ...listedOf(account),
    person: toPerson(account.personId, person),
    assistanceCaseIds: account.cases.map((c) => c.caseId),
    grantedAmount: toMoney(account.grantedFen),
    paidAmount: toMoney(account.paidFen),
    ...embeddedOf(account, agencyOf),
    owners: owners.map((id) => ({ agency: refOf(agencyOf(id)) })),
    closureConsents: account.consents.map((c) => ({
      agency: refOf(agencyOf(c.agencyId)),
      consentedAt: c.createdAt.toISOString(),
      reason: shown(c.reason),
    })),
    escalationReason: shown(reasons.escalation),
    deEscalationReason: shown(reasons.deEscalation),
    stabilisationReason: shown(reasons.stabilisation),
    reopeningReason: shown(reasons.reopening),
    transfer: transferOf(account, agencyOf, own || account.transfer?.toAgencyId === actor.agency.id),
    mergedAccountIds: account.mergedIds,
    availableActions: availableActions(accountMachine, accountActions, account, actor, href, language),
  };
}

export function toTimelineItem({ id, type, at, agencyId, resourceKind, resourceId }: TimelineRow) {
  return { id, type, at: at.toISOString(), agencyId, resource: { kind: resourceKind, id: resourceId } };
}
