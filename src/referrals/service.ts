// Sending referrals: from which origin, to whom, with exactly which persons; and what other features may ask about them.
import { type AgencyRow, findSuperiors } from '../agencies/service.ts';
import { dueByRule } from '../deadlines/service.ts';
import { addDays } from '../kernel/civil-date.ts';
import type { FieldError } from '../kernel/problem.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { type LegalBasis, measureErrors, type OriginKind } from './domain.ts';
import {
  findReferral,
  insertPersons,
  insertReferral,
  type NewPerson,
  type Referral,
  type ReferralOutput,
  type ReferralPerson,
  type ReferralRow,
} from './repository.ts';
import { kindsDelivered, requireStanding } from './successors.ts';

export type { Referral, ReferralOutput, ReferralPerson, ReferralRow };
export { findReferral };

/** A person of the origin as it would be disclosed; `memberId` is the id of the subject or beneficiary there. */
export type OriginPerson = NewPerson & { memberId: string };

/** What a referral is sent from; `id` is that of the clue, case or account named by `kind`. */
export type ReferralOrigin = {
  kind: OriginKind;
  id: string;
  assistanceCaseId: string | null;
  persons: readonly OriginPerson[];
};

export type ReferralRequest = {
  agencyId: string;
  personIds?: readonly string[];
  beneficiaryIds?: readonly string[];
  measures: readonly string[];
  proposal: string;
  legalBasis: LegalBasis;
  respondBy?: string | undefined;
};

/** Locks a visible referral at the version the caller has seen; 404, 412. */
export async function lockReferral(tx: Tx, id: string, expected?: ExpectedVersion): Promise<Referral> {
  const referral = await findReferral(tx, id, true);
  if (!referral) throw httpProblems['resource.not_found']();
  ensureVersion(referral, expected);
  return referral;
}

/** Ids of every fact about a referral, for the upward handlers. */
export function factData(referral: ReferralRow & { persons: readonly { personId: string }[] }) {
  const { agencyId, senderAgencyId, assistanceCaseId, clueId, monitoringAccountId } = referral;
  const personIds = referral.persons.map((p) => p.personId);
  return { agencyId, senderAgencyId, assistanceCaseId, clueId, monitoringAccountId, personIds };
}

/** Where no rule of answering is in force. */
const RESPOND_DAYS = 14;

/** The department answers within D-DEPT of the day it was asked, as the rule stands at its seat. */
export async function defaultRespondBy(tx: Tx, { regionCode }: { regionCode: string }): Promise<string> {
  const { today } = tx.ctx;
  return (await dueByRule(tx, 'D-DEPT', regionCode, today)) ?? addDays(today, RESPOND_DAYS);
}

type Place = (index: number) => string;

/** Rules of one request against its recipient: a department of the right kind, a day that has not passed. */
export async function requestErrors(
  tx: Tx,
  request: { measures: readonly string[]; respondBy?: string | undefined },
  agency: AgencyRow,
  at: string,
): Promise<FieldError[]> {
  const { today } = tx.ctx;
  const errors: FieldError[] = [];
  if (agency.kind === 'procuratorate')
    errors.push({
      pointer: `${at}/agencyId`,
      code: 'agency.not_department',
      detail: ['帮扶移送的对象须为职能部门', 'a referral goes to a department'],
    });
  else {
    const measures = request.measures.map((code, i) => ({ code, pointer: `${at}/measures/${i}` }));
    errors.push(...measureErrors(measures, await kindsDelivered(tx, agency), today));
  }
  if (request.respondBy !== undefined && request.respondBy < today)
    errors.push({ pointer: `${at}/respondBy`, code: 'date.past', detail: ['早于今天', 'a day before today'] });
  return errors;
}

/** The persons named in a request, each once; one that the origin does not have is a 422 like any unknown reference. */
function requirePersons(origin: ReferralOrigin, request: ReferralRequest, at: string): OriginPerson[] {
  const named = [
    ...(request.personIds ?? []).map((id, i) => ({ id, pointer: `${at}/personIds/${i}` })),
    ...(request.beneficiaryIds ?? []).map((id, i) => ({ id, pointer: `${at}/beneficiaryIds/${i}` })),
  ];
  const found = new Map<string, OriginPerson>();
  const errors: FieldError[] = [];
  for (const { id, pointer } of named) {
    const person = origin.persons.find((p) => p.personId === id || p.memberId === id);
    if (person) found.set(person.personId, person);
    else errors.push({ pointer, code: 'person.unknown', detail: id });
  }
  if (errors.length > 0) throw httpProblems['request.reference_unknown']({}, errors);
  return [...found.values()];
}

export type NewReferral = {
  agencyId: string;
  originKind: OriginKind;
  clueId: string | null;
  assistanceCaseId: string | null;
  monitoringAccountId: string | null;
  measures: readonly string[];
  legalBasis: LegalBasis;
  proposal: string;
  respondBy: string;
  /** The day that the sender has named; else the rule counts. */
  agreedOn: string | null;
  forwardedFromId: string | null;
};

/** One new referral of the caller's agency with its package; `superiors` of the sender oversee it. */
export async function createReferral(
  tx: Tx,
  { proposal, agreedOn, ...draft }: NewReferral,
  persons: readonly NewPerson[],
  superiors: readonly string[],
): Promise<Referral> {
  const { agency, officer } = tx.ctx.actor;
  const id = tx.newId();
  const fresh = { receivedAt: null, answeredAt: null, startedAt: null, endedAt: null, reasonCode: null, outcome: null };
  const quiet = { textsSealed: null, reminderCount: 0, remindedAt: null, forwardedToId: null, version: 1 };
  const noFollowUp = { followUp: 'none', followUpDecision: null, followUpReferralId: null } as const;
  const later = { ...noFollowUp, followedUpAt: null, followedUpBy: null, resumeOn: null, formerAgencyId: null };
  const row = await insertReferral(
    tx,
    {
      ...draft,
      ...fresh,
      ...quiet,
      ...later,
      id,
      number: await allotRecordNumber(tx, 'RF', agency.code),
      senderAgencyId: agency.id,
      state: 'requested',
      measures: [...draft.measures],
      personCount: persons.length,
      sentOn: tx.ctx.today,
      sentBy: officer?.id ?? null,
      createdAt: tx.ctx.now,
      updatedAt: tx.ctx.now,
    },
    proposal,
  );
  tx.record({
    type: 'referral.requested',
    kind: 'referral',
    id,
    data: { ...factData({ ...row, persons }), respondBy: draft.respondBy, agreedOn },
    access: [
      ...superiors.map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
      { agencyId: agency.id, relation: 'source' },
      { agencyId: draft.agencyId, relation: 'recipient' },
    ],
  });
  return { ...row, proposal, texts: {}, persons: await insertPersons(tx, id, persons), outputs: [] };
}

/**
 * Sends all requests or none. The caller's agency is the sender; whoever builds the origin has checked that it may send
 * from there (`caseOrigin`, `clueOrigin`). `at` gives the JSON Pointer of a request in the body.
 */
export async function sendReferrals(
  tx: Tx,
  origin: ReferralOrigin,
  requests: readonly ReferralRequest[],
  at: Place,
): Promise<Referral[]> {
  const { actor } = tx.ctx;
  const agencies = await requireStanding(
    tx,
    requests.map((r) => r.agencyId),
    (i) => `${at(i)}/agencyId`,
  );
  const planned = requests.map((request, i) => ({ request, persons: requirePersons(origin, request, at(i)) }));
  const errors: FieldError[] = [];
  for (const [i, agency] of agencies.entries()) {
    const request = requests[i];
    if (request) errors.push(...(await requestErrors(tx, request, agency, at(i))));
  }
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const superiors = await findSuperiors(tx, actor.agency.id);
  const place = {
    originKind: origin.kind,
    clueId: origin.kind === 'clue' ? origin.id : null,
    assistanceCaseId: origin.assistanceCaseId,
    monitoringAccountId: origin.kind === 'account' ? origin.id : null,
    forwardedFromId: null,
  };
  const sent: Referral[] = [];
  for (const [i, { request, persons }] of planned.entries()) {
    const { agencyId, measures, legalBasis, proposal, respondBy: agreedOn = null } = request;
    const respondBy = agreedOn ?? (await defaultRespondBy(tx, agencies[i] ?? actor.agency));
    const draft = { ...place, agencyId, measures, legalBasis, proposal, respondBy, agreedOn };
    const disclosed = persons.map(({ memberId: _, ...person }) => person);
    sent.push(await createReferral(tx, draft, disclosed, superiors));
  }
  return sent;
}
