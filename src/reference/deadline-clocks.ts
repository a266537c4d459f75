// Which facts start, stop, pause and move the clock of each deadline rule, and whose clock it is (domain §8), as data.

export type ClockSubject = 'clue' | 'case' | 'disbursement' | 'referral' | 'visit' | 'notice';
type Scalar = string | number | boolean | null;

export type ClockStart = {
  on: string;
  /** Members of the fact's data that must have these values. */
  when?: Readonly<Record<string, Scalar>>;
  /** Two members that must differ: who finds a person itself has nobody to tell. */
  unlike?: readonly [string, string];
  /** Member with the day from which it counts, today otherwise; without a value there the clock does not start. */
  from?: string;
  /** Member with the day on which it is due, where that is agreed instead of counted. */
  due?: string;
  /** Not where the case has had a clock of this rule: what is asked for was done before. */
  unlessCaseHas?: string;
};

export type Clock = {
  /** Of the deadline rule. */
  code: string;
  /** What it is about; a fact about something below a case tells the case by `assistanceCaseId`. */
  subject: ClockSubject;
  /** Member with the agency whose clock it is. */
  party: string;
  /** Who pauses, extends or waives it: the party itself, the agency that started it and waits for the party, or the one in that member. */
  steward: 'party' | 'actor' | 'senderAgencyId';
  starts: readonly ClockStart[];
  /** What it waits for, with the member that has the day of it (today otherwise); of `atOnce` it is the start itself. */
  stops: Readonly<Record<string, string | null>> | 'atOnce';
  pauses?: readonly string[];
  resumes?: readonly string[];
  /** The clock goes over to the agency in `party`, or to another day in `due`. */
  moves?: readonly { on: string; party?: string; due?: string }[];
};

const FINDER = { subject: 'clue', party: 'sourceAgencyId', steward: 'party', stops: 'atOnce' } as const;
const found = (urgency: string) =>
  [
    { on: 'clue.submitted', when: { urgency }, from: 'foundOn', unlike: ['sourceAgencyId', 'receivingAgencyId'] },
  ] as const satisfies ClockStart[];

/** Accepted or not: a clue that is back with its source waits for the source. */
const RECEIVER = {
  subject: 'clue',
  party: 'receivingAgencyId',
  steward: 'party',
  stops: {
    'clue.accepted': null,
    'clue.rejected': null,
    'clue.routed_to_social_assistance': null,
    'clue.withdrawn': null,
  },
  pauses: ['clue.returned'],
  resumes: ['clue.supplemented'],
  moves: [{ on: 'clue.rerouted', party: 'toAgencyId' }],
} as const;

const HANDLER = { subject: 'case', party: 'handlingAgencyId', steward: 'party' } as const;

export const clocks: readonly Clock[] = [
  { ...FINDER, code: 'D-CLUE', starts: found('normal') },
  { ...FINDER, code: 'D-EMERG', starts: found('emergency_medical') },
  { ...RECEIVER, code: 'D-ACCEPT', starts: [{ on: 'clue.submitted', when: { greenChannel: false } }] },
  { ...RECEIVER, code: 'D-ACCEPT-GREEN', starts: [{ on: 'clue.submitted', when: { greenChannel: true } }] },
  {
    ...RECEIVER,
    code: 'D-FEEDBACK',
    starts: [{ on: 'clue.rejected' }, { on: 'clue.routed_to_social_assistance' }, { on: 'clue.case_ended' }],
    stops: { 'clue.answered': null, 'clue.case_reopened': null },
    pauses: [],
    resumes: [],
    moves: [],
  },
  {
    ...HANDLER,
    code: 'D-DECIDE',
    starts: [{ on: 'case.opened' }, { on: 'case.reconsidered' }],
    stops: { 'case.granted': null, 'case.refused': null, 'case.withdrawn': null },
    pauses: ['case.documents_requested'],
    resumes: ['case.documents_received'],
  },
  {
    ...HANDLER,
    // One notice, once: nothing but the notice tells that material lacked, so it counts back to the opening.
    code: 'D-SUPP',
    starts: [{ on: 'case.documents_requested', from: 'openedOn', unlessCaseHas: 'D-SUPP' }],
    stops: 'atOnce',
  },
  {
    ...HANDLER,
    code: 'D-ADV-PAPERS',
    starts: [{ on: 'case.advance_approved' }],
    stops: { 'case.granted': null, 'case.refused': null, 'case.withdrawn': null },
  },
  {
    ...HANDLER,
    code: 'D-FIN',
    starts: [{ on: 'case.granted' }],
    stops: { 'disbursement.submitted': null, 'case.closed': null, 'case.revoked': null },
  },
  {
    ...HANDLER,
    code: 'D-REFER',
    starts: [{ on: 'case.closed', when: { outcome: 'granted' }, unlessCaseHas: 'D-DEPT' }],
    stops: { 'referral.requested': null, 'case.revoked': null },
  },
  {
    code: 'D-NOTIFY',
    subject: 'disbursement',
    party: 'agencyId',
    steward: 'party',
    starts: [{ on: 'disbursement.appropriated', when: { notifiedOn: null, paidOn: null }, from: 'receivedOn' }],
    stops: { 'disbursement.notified': 'toldOn', 'disbursement.settled': 'paidOn', 'disbursement.voided': null },
  },
  {
    code: 'D-PAY',
    subject: 'disbursement',
    party: 'payerAgencyId',
    steward: 'party',
    starts: [{ on: 'disbursement.notified', when: { paidOn: null }, from: 'toldOn' }],
    stops: { 'disbursement.settled': 'paidOn', 'disbursement.voided': null },
  },
  {
    code: 'D-DEPT',
    subject: 'referral',
    party: 'agencyId',
    steward: 'actor',
    starts: [{ on: 'referral.requested', due: 'agreedOn' }],
    stops: {
      'referral.accepted': null,
      'referral.rejected': null,
      'referral.cancelled': null,
      'referral.forwarded': null,
    },
    moves: [{ on: 'referral.succeeded', party: 'agencyId' }],
  },
  {
    code: 'D-DELIVER',
    subject: 'referral',
    party: 'agencyId',
    steward: 'senderAgencyId',
    starts: [{ on: 'referral.accepted' }],
    stops: {
      'referral.completed': null,
      'referral.failed': null,
      'referral.cancelled': null,
      'referral.forwarded': null,
    },
    pauses: ['referral.held'],
    resumes: ['referral.resumed'],
    moves: [{ on: 'referral.succeeded', party: 'agencyId' }],
  },
  {
    code: 'D-VISIT',
    subject: 'visit',
    party: 'handlingAgencyId',
    steward: 'party',
    starts: [{ on: 'visit.planned', due: 'plannedOn' }],
    stops: { 'visit.done': 'doneOn', 'visit.cancelled': null },
    moves: [{ on: 'visit.rescheduled', due: 'plannedOn' }],
  },
  {
    ...HANDLER,
    // From a visit after which none stands planned, to the plan of one; the plan itself is D-VISIT's.
    code: 'D-VISIT-NEXT',
    starts: [{ on: 'visit.done', when: { nextVisitId: null }, from: 'doneOn' }],
    stops: { 'visit.planned': null, 'visit.done': 'doneOn', 'account.closed': null, 'case.revoked': null },
  },
  {
    code: 'D-NOTICE',
    subject: 'notice',
    party: 'federationId',
    steward: 'actor',
    starts: [{ on: 'notice.sent' }],
    stops: { 'notice.received': null },
  },
];

/** Facts that start and stop a rule's clock; a rule that nothing starts is only asked for (`evaluations`). */
export function factsOf(code: string): { starts: string[]; stops: string[] } {
  const clock = clocks.find((candidate) => candidate.code === code);
  const starts = [...new Set(clock?.starts.map(({ on }) => on) ?? [])];
  return { starts, stops: clock ? (clock.stops === 'atOnce' ? starts : Object.keys(clock.stops)) : [] };
}
