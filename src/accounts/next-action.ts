// Whoever is monitored is never without a next step: the duty of an account that falls due first (domain §8; rules as data).
import type { DueBy } from '../deadlines/service.ts';
import { compare } from '../kernel/civil-date.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';
import type { RiskLevel, VisitState } from '../visits/domain.ts';

export const NEXT_ACTION_KINDS = enumValues('account-next-actions');
export type NextActionKind = EnumValue<'account-next-actions'>;
export type NextAction = { kind: NextActionKind; dueOn: string };

/** What a case means for its person: still undecided, aided, ended without aid, or taken back. */
export type CasePhase = 'undecided' | 'granted' | 'unaided' | 'ended';

export type ProjectedVisit = {
  state: VisitState;
  plannedOn: string;
  doneOn: string | null;
  riskLevel: RiskLevel | null;
};
export type ProjectedReferral = {
  state: string;
  respondBy: string | null;
  followUp: boolean;
  followUpOn: string | null;
};

export type NextFacts = {
  state: string;
  stateOn: string;
  openedOn: string;
  reopenedOn: string | null;
  federationId: string | null;
  assistanceSince: string | null;
  visits: readonly ProjectedVisit[];
  referrals: readonly ProjectedReferral[];
  cases: readonly { phase: CasePhase; phaseOn: string }[];
  notices: readonly { sentOn: string; receivedOn: string | null }[];
  /** Entries that wait for the other owner, or for an answer to its objection, with the day since when. */
  dueEntries: readonly { state: string; since: string }[];
  /** The days of the consents given so far. */
  consents: readonly { on: string }[];
  transfer: { requestedOn: string } | null;
};

const AWAITING_ANSWER = ['requested', 'received'];

const each = (kind: NextActionKind, days: readonly string[]): NextAction[] => days.map((dueOn) => ({ kind, dueOn }));
const ruledBy =
  (dueBy: DueBy) =>
  (kind: NextActionKind, rule: string, days: readonly string[]): NextAction[] =>
    each(
      kind,
      days.map((day) => dueBy(rule, day)),
    );

/** A visit that is planned, else the one to be planned: D-VISIT from the opening (or reopening), D-VISIT-NEXT from the last. */
function visitDuty(facts: NextFacts, dueBy: DueBy): NextAction[] {
  const planned = facts.visits.filter((v) => v.state === 'planned').map((v) => v.plannedOn);
  if (planned.length > 0) return each('visit', planned);
  const since = facts.reopenedOn ?? facts.openedOn;
  const lastDone = facts.visits
    .flatMap((v) => v.doneOn ?? [])
    .sort(compare)
    .at(-1);
  if (!lastDone) return each('first_visit', [dueBy('D-VISIT', since)]);
  const again = facts.reopenedOn && facts.reopenedOn > lastDone;
  return each('plan_visit', [again ? dueBy('D-VISIT', since) : dueBy('D-VISIT-NEXT', lastDone)]);
}

/** Between the owners, and between this owner and the next. */
function ownersDuties(facts: NextFacts, dueBy: DueBy): NextAction[] {
  const ruled = ruledBy(dueBy);
  const { state, stateOn, federationId, dueEntries, consents, transfer } = facts;
  const since = (wanted: string) => dueEntries.filter((e) => e.state === wanted).map((e) => e.since);
  return [
    ...ruled('transfer_acceptance', 'D-ACCEPT', transfer ? [transfer.requestedOn] : []),
    ...ruled('closure_consent', 'D-FEEDBACK', state === 'stable' ? consents.map((c) => c.on) : []),
    ...ruled('escalation_decision', 'D-MEET', state === 'escalated' ? [stateOn] : []),
    ...ruled('entry_countersignature', 'D-FEEDBACK', federationId ? since('open') : []),
    ...ruled('objection_answer', 'D-FEEDBACK', since('objected')),
  ];
}

/** What others still owe the person: the department, the procuratorate that decides, the Federation that was told. */
function aidDuties(facts: NextFacts, dueBy: DueBy): NextAction[] {
  const ruled = ruledBy(dueBy);
  const { referrals, cases, notices } = facts;
  const of = (phase: CasePhase) => cases.filter((c) => c.phase === phase).map((c) => c.phaseOn);
  const unaided = [...of('unaided'), ...(facts.assistanceSince ? [facts.assistanceSince] : [])];
  // a referral that was rejected or failed has a duty of its own
  const assisted = referrals.some((r) => r.state !== 'cancelled');
  const awaited = referrals.filter((r) => AWAITING_ANSWER.includes(r.state)).flatMap((r) => r.respondBy ?? []);
  const failed = referrals.flatMap((r) => (r.followUp && r.followUpOn ? [r.followUpOn] : []));
  const unread = notices.filter((n) => n.receivedOn === null).map((n) => n.sentOn);
  return [
    ...ruled('notice_receipt', 'D-FEEDBACK', unread),
    ...ruled('referral_decision', 'D-REFER', failed),
    ...ruled('social_assistance', 'D-REFER', assisted ? [] : unaided),
    ...each('referral_response', awaited),
    ...ruled('case_decision', 'D-DECIDE', of('undecided')),
  ];
}

/** Days by the rules where the account is kept. There is always one: of all duties that stand, the earliest; where days are equal, in the order of the code set. */
export function nextActionOf(facts: NextFacts, dueBy: DueBy): NextAction {
  const duties = [...ownersDuties(facts, dueBy), ...aidDuties(facts, dueBy), ...visitDuty(facts, dueBy)];
  const [first] = duties.sort(
    (a, b) => compare(a.dueOn, b.dueOn) || NEXT_ACTION_KINDS.indexOf(a.kind) - NEXT_ACTION_KINDS.indexOf(b.kind),
  );
  if (!first) throw new Error('an account has no duty left');
  return first;
}

/** The risk seen at the last visit that was made; visits come oldest first. */
export function riskOf(visits: readonly ProjectedVisit[]): RiskLevel | null {
  const done = visits.filter((v) => v.doneOn !== null && v.riskLevel !== null);
  return done.sort((a, b) => compare(a.doneOn ?? '', b.doneOn ?? '')).at(-1)?.riskLevel ?? null;
}
