// The view of a case for each reader: the team sees people in clear while it is open, the agency its texts, others masks.
import type { Static } from 'typebox';
import { type AuditRow, readHistory } from '../audit/service.ts';
import { availableActions } from '../kernel/action.ts';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { toMoney } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { contactRules, coverHidden, toSafeContact } from '../persons/safe-contact.ts';
import { toSubjectView } from '../persons/schema.ts';
import type { ListedRow } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { caseActions } from './actions.ts';
import { viewAdvances } from './advance.ts';
import { viewFormerAid } from './aid.ts';
import { addressCorrections } from './correction-domain.ts';
import {
  approvalOf,
  decisionOf,
  money,
  type Refs,
  refsOf,
  stepOf,
  viewDecision,
  viewPending,
  viewProposal,
  viewRequests,
} from './decision-view.ts';
import { caseMachine, isCaseOpen, isHandlingTeam, seesTexts } from './domain.ts';
import { loadParts } from './parts.ts';
import { type AssistanceCase, type CaseRow, findCase, linkedCaseOf } from './repository.ts';
import type { BeneficiaryView, CaseItem, CaseView, DecisionPage, TimelinePage } from './schema.ts';
import { type CaseTexts, maskedOnly, openSealings, openSubjects, openTexts } from './sealed.ts';
import { viewShares } from './share.ts';

function markOf(c: ListedRow<CaseRow>) {
  const { typicalMarkedOn: markedOn, typicalPublishedOn: publishedOn } = c;
  return markedOn === null ? null : { markedOn, publishedOn };
}

function listedOf(c: ListedRow<CaseRow>) {
  const { id, number, state, version, initiation, regionCode, greenChannel, clueId, campaignCode } = c;
  return {
    id,
    number,
    state,
    version,
    initiation,
    regionCode,
    greenChannel,
    clueId,
    campaignCode,
    beneficiaryCount: c.beneficiaryCount,
    typicalCase: markOf(c),
    sealed: c.sealedAt !== null,
    createdAt: c.createdAt.toISOString(),
    updatedAt: c.updatedAt.toISOString(),
  };
}

export function toCaseItem(c: ListedRow<CaseRow>): Static<typeof CaseItem> {
  const { handlingAgencyId, handlerOfficerId } = c;
  return { ...listedOf(c), handlingAgencyId, handlerOfficerId, decision: decisionOf(c) };
}

function total(amounts: readonly (bigint | null)[]): bigint | null {
  const given = amounts.filter((fen) => fen !== null);
  return given.length === 0 ? null : given.reduce((sum, fen) => sum + fen, 0n);
}

const CONTACT = ['name', 'phone', 'address'] as const;

/** Standing duty: the assigned handler and the head, while the case is open; each person shown is recorded. */
async function viewBeneficiaries(tx: Tx, c: AssistanceCase): Promise<Static<typeof BeneficiaryView>[]> {
  const { actor } = tx.ctx;
  const clear = isHandlingTeam(c, actor) && isCaseOpen(c.state) ? CONTACT : [];
  const told = seesTexts(c, actor) ? ['narrative'] : [];
  const ours = actor.agency.id === c.handlingAgencyId;
  const subjects = ours ? await openSubjects(tx, c.beneficiaries) : c.beneficiaries.map(maskedOnly);
  return c.beneficiaries.map((b, i) => {
    if (clear.length > 0) tx.viewed(b.personId, [...clear, 'birthDate', 'guardian', ...told], 'case.handling');
    else if (told.length > 0) tx.viewed(b.personId, told, 'case.narrative');
    const { relationToCase, ...person } = toSubjectView(subjects[i] ?? maskedOnly(b), b, clear);
    return {
      ...person,
      relation: relationToCase,
      personId: b.personId,
      proposedAmount: money(b.proposedFen),
      grantedAmount: money(b.grantedFen),
      fundId: b.fundId,
    };
  });
}

function viewTexts(c: AssistanceCase, texts: CaseTexts | null) {
  const ending = texts?.ending ?? null;
  return {
    facts: texts?.narrative?.facts ?? null,
    hardship: texts?.narrative?.hardship ?? null,
    acceptanceOpinion: texts?.narrative?.acceptanceOpinion ?? null,
    newFacts: texts?.newFacts ?? null,
    aidedReason: texts?.narrative?.aidedReason ?? null,
    withdrawalReason: c.state === 'withdrawn' ? ending : null,
    closureSummary: c.state === 'withdrawn' ? null : ending,
    revocationReason: texts?.revocation ?? null,
  };
}

const officersOf = (c: AssistanceCase) => [
  c.handlerOfficerId,
  c.sealedBy,
  c.proposedBy,
  ...c.decisions.flatMap((d) => [d.officerId, d.toldBy]),
  ...c.documentRequests.flatMap((r) => [r.requestedBy, r.receivedBy]),
];

const agenciesOf = (c: AssistanceCase) => [
  c.handlingAgencyId,
  ...(c.superiorAgencyId ? [c.superiorAgencyId] : []),
  ...c.decisions.map((d) => d.agencyId),
];

/** The seal that is on it; its words for those who work on cases. */
async function viewSealing(tx: Tx, c: AssistanceCase, refs: Refs, told: boolean) {
  const { sealedAt, sealedBasis: basis, sealedBy } = c;
  if (!sealedAt || basis === null || sealedBy === null) return null;
  const reason = told ? ((await openSealings(tx, c)).at(-1)?.reason ?? null) : null;
  return { basis, sealedAt: sealedAt.toISOString(), sealedBy: refs.officer(sealedBy), reason };
}

/** The single resource; facts, opinions and reasons for those of the handling agency who work on cases. */
export async function viewCase(tx: Tx, c: AssistanceCase): Promise<Static<typeof CaseView>> {
  const { actor, language } = tx.ctx;
  const texts = seesTexts(c, actor) ? await openTexts(tx, c) : null;
  const typicalCase = markOf(c);
  const [refs, parts, advances, shares, formerAid, rules] = await Promise.all([
    refsOf(tx, agenciesOf(c), officersOf(c)),
    loadParts(tx, c.id),
    viewAdvances(tx, c),
    viewShares(tx, c.id),
    texts ? viewFormerAid(tx, c) : [],
    contactRules(tx, 'case', c.id),
  ]);
  return {
    safeContact: toSafeContact(tx, 'case', rules),
    ...listedOf(c),
    ...viewTexts(c, texts),
    handlingAgency: refs.agency(c.handlingAgencyId),
    handler: c.handlerOfficerId ? refs.officer(c.handlerOfficerId) : null,
    linkedCase: linkedCaseOf(c),
    beneficiaries: coverHidden(tx, rules, await viewBeneficiaries(tx, c), ({ id }) => id),
    proposedAmount: money(total(c.beneficiaries.map((b) => b.proposedFen))),
    grantedAmount: money(total(c.beneficiaries.map((b) => b.grantedFen))),
    paidAmount: toMoney(c.paidFen),
    proposal: viewProposal(c, texts, refs),
    pendingApproval: viewPending(c, refs),
    decision: viewDecision(c, texts, refs),
    approvals: c.decisions.map((d, i) => approvalOf(d, refs, texts?.opinions[i] ?? null)),
    reconsidered: c.reconsidered,
    documentRequests: viewRequests(c, texts, refs),
    outstandingItems: c.outstandingItems,
    sealing: await viewSealing(tx, c, refs, texts !== null),
    typicalCase: typicalCase && { ...typicalCase, title: texts?.typicalTitle ?? null },
    ...parts,
    formerAid,
    advances,
    shares,
    availableActions: addressCorrections(
      availableActions(caseMachine, caseActions, c, actor, `/v1/assistance-cases/${c.id}`, language),
      c.pendingCorrectionId,
    ),
  };
}

type Entry<P> = P extends { items: (infer I)[] } ? I : never;
export type DecisionItem = Entry<Static<typeof DecisionPage>>;
export type TimelineEntry = Entry<Static<typeof TimelinePage>>;

/** Decisions that carry a number, newest first; a refusal that was reconsidered stands beside what followed. */
export async function listDecisions(tx: Tx, caseId: string, page: PageRequest): Promise<Page<DecisionItem>> {
  const c = await findCase(tx, caseId);
  const all = (c?.decisions ?? []).filter((d) => d.number !== null).reverse();
  const { before } = page;
  const rows = all.filter((d) => before === null || d.id < before);
  const refs = await refsOf(
    tx,
    rows.map((d) => d.agencyId),
    rows.map((d) => d.officerId),
  );
  const items = rows.slice(0, page.limit).map((d) => ({ id: d.id, ...stepOf(d, refs), toldOn: d.toldOn }));
  const nextId = rows.length > page.limit ? (items.at(-1)?.id ?? null) : null;
  return { items, nextId, ...(page.includeTotal ? { total: all.length } : {}) };
}

function entryOf(row: AuditRow, refs: Refs): TimelineEntry {
  const { id, type, changed, data } = row;
  return {
    id,
    type,
    occurredAt: row.occurredAt.toISOString(),
    sequence: row.sequence ?? 1,
    agency: row.agencyId === SYSTEM_SCOPE ? null : refs.agency(row.agencyId),
    officer: row.officerId ? refs.officer(row.officerId) : null,
    changed,
    data: data as Record<string, unknown>,
  };
}

/** The facts of the case as they were recorded. */
export async function caseTimeline(tx: Tx, caseId: string, page: PageRequest): Promise<Page<TimelineEntry>> {
  const history = await readHistory(tx, 'case', caseId, page);
  const refs = await refsOf(
    tx,
    history.items.map((row) => row.agencyId),
    history.items.map((row) => row.officerId),
  );
  return { ...history, items: history.items.map((row) => entryOf(row, refs)) };
}
