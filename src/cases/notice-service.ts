// A closed case with a woman or a child in it is told to the Federation of its region and level; the Federation confirms (contract §3).
import { findAgencyFor, findSuperiors, requireAgencyMap } from '../agencies/service.ts';
import { ensureAction } from '../kernel/action.ts';
import type { AccessGrant, Fact } from '../kernel/fact.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { concernsFederation, contactErrors, isMinor, noticeActions, noticeMachine } from './notice-domain.ts';
import {
  findNotice,
  findNoticeOfCase,
  insertNotice,
  type Notice,
  type NoticeMeasure,
  type NoticePerson,
  type NoticeRow,
  saveNotice,
  sealNoticeText,
} from './notice-repository.ts';
import { type CaseOutcome, loadOutcome } from './outcome-parts.ts';
import type { AssistanceCase } from './repository.ts';
import { openAdvice, openSubjects } from './sealed.ts';
import { actingOfficer, findCase } from './service.ts';

/** A 422 where the words name a telephone or identity number. */
export function requireNoContact(text: string | null | undefined, pointer: string): void {
  const errors = text ? contactErrors(text, pointer) : [];
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

/** The women and children of the case: masked name, relation, categories and money, nothing by which they could be reached. */
async function personsOf(tx: Tx, noticeId: string, c: AssistanceCase, paid: CaseOutcome['payments']) {
  const subjects = await openSubjects(tx, c.beneficiaries);
  const decidedOn = c.decidedOn ?? tx.ctx.today;
  const told = c.beneficiaries
    .map((b, i) => ({ b, minor: isMinor(b, subjects[i]?.birthDate ?? null, decidedOn) }))
    .filter(({ b, minor }) => concernsFederation(b, minor));
  return told.map(({ b, minor }, position): NoticePerson => {
    const { personId, nameMasked, sex, relation, categories, grantedFen } = b;
    const paidFen = paid.filter((p) => p.beneficiaryId === b.id).reduce((sum, p) => sum + p.paidFen, 0n);
    return { noticeId, position, personId, nameMasked, sex, minor, relation, categories, grantedFen, paidFen };
  });
}

function measuresOf(persons: readonly NoticePerson[], asked: CaseOutcome['measures']): NoticeMeasure[] {
  return persons.flatMap(({ noticeId, position, personId }) =>
    asked
      .filter((referral) => referral.personIds.includes(personId))
      .flatMap(({ measures, agencyId, state }) => measures.map((measure) => ({ measure, agencyId, state })))
      .map((measure, ordinal) => ({ noticeId, position, ordinal, ...measure })),
  );
}

async function rowOf(tx: Tx, id: string, c: AssistanceCase, federationId: string): Promise<NoticeRow> {
  const sender = (await requireAgencyMap(tx, [c.handlingAgencyId]))(c.handlingAgencyId);
  const { decisionOutcome: outcome, decisionNumber, decidedOn } = c;
  if (!outcome || !decisionNumber || !decidedOn) throw new Error('a closed case has no decision');
  const advice = await openAdvice(tx, c);
  const last = c.decisions.findLast((d) => d.number === decisionNumber);
  return {
    id,
    number: await allotRecordNumber(tx, 'CN', sender.code),
    state: noticeMachine.initial,
    caseId: c.id,
    caseNumber: c.number,
    senderAgencyId: c.handlingAgencyId,
    federationId,
    outcome,
    decisionNumber,
    decidedOn,
    exclusionCode: last?.exclusionCode ?? null,
    closedOn: tx.ctx.today,
    revokedOn: null,
    adviceSealed: advice === null ? null : await sealNoticeText(tx, id, 'advice', advice),
    receivedAt: null,
    receivedBy: null,
    noteSealed: null,
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
}

async function accessOf(tx: Tx, row: NoticeRow): Promise<AccessGrant[]> {
  return [
    ...(await findSuperiors(tx, row.senderAgencyId)).map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
    { agencyId: row.senderAgencyId, relation: 'source' },
    { agencyId: row.federationId, relation: 'recipient' },
  ];
}

function noticeFact(notice: Notice, type: string, changed: readonly string[], data: Fact['data'] = {}): Fact {
  const { caseId: assistanceCaseId, federationId } = notice;
  const personIds = notice.persons.map((person) => person.personId);
  return { type, kind: 'notice', id: notice.id, changed, data: { assistanceCaseId, federationId, personIds, ...data } };
}

/**
 * Granted or refused, whoever brought the case: a refusal is where people drop out of sight. A case withdrawn before the
 * decision has no result to tell, and who wanted no aid is not reported. Once for a case, and only with somebody to tell of.
 */
async function sendNotice(tx: Tx, fact: Fact): Promise<void> {
  const c = await findCase(tx, fact.id);
  if (!c || (await findNoticeOfCase(tx, fact.id))) return;
  const handling = (await requireAgencyMap(tx, [c.handlingAgencyId]))(c.handlingAgencyId);
  const federation = await findAgencyFor(tx, 'womens_federation', handling.regionCode, handling.level);
  if (!federation) return;
  const outcome = await loadOutcome(tx, c.id);
  const id = tx.newId();
  const persons = await personsOf(tx, id, c, outcome.payments);
  if (persons.length === 0) return;
  const row = await rowOf(tx, id, c, federation.id);
  const notice: Notice = { ...row, persons, measures: measuresOf(persons, outcome.measures) };
  const access = await accessOf(tx, row);
  await insertNotice(tx, notice);
  tx.record({ ...noticeFact(notice, 'notice.sent', ['state'], { outcome: row.outcome }), access });
}

/** A decision that is taken back after the notice: the Federation must not go on with what is no longer so. */
async function amendNotice(tx: Tx, fact: Fact): Promise<void> {
  const notice = await findNoticeOfCase(tx, fact.id, true);
  if (!notice) return;
  const saved = await saveNotice(tx, notice, { revokedOn: tx.ctx.today });
  tx.record(noticeFact(saved, 'notice.amended', ['revokedOn'], { revokedOn: tx.ctx.today }));
}

export const noticeHandlers: readonly FactHandler[] = [
  { on: ['case.closed'], handle: sendNotice },
  { on: ['case.revoked'], handle: amendNotice },
];

/** The Federation confirms that it has the result and takes it up. */
export async function receiveNotice(
  tx: Tx,
  id: string,
  input: { note?: string | null },
  expected: ExpectedVersion,
): Promise<Notice> {
  requireNoContact(input.note, '/note');
  const notice = await findNotice(tx, id, true);
  if (!notice) throw httpProblems['resource.not_found']();
  ensureVersion(notice, expected);
  ensureAction(noticeMachine, noticeActions, 'receipt', notice, tx.ctx.actor);
  const saved = await saveNotice(tx, notice, {
    state: noticeMachine.next(notice.state, 'receive'),
    receivedAt: tx.ctx.now,
    receivedBy: actingOfficer(tx).id,
    noteSealed: input.note ? await sealNoticeText(tx, id, 'note', input.note) : null,
  });
  tx.record(noticeFact(saved, 'notice.received', ['state', 'receivedAt']));
  return saved;
}
