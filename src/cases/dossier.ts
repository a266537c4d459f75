// The dossier: one document of everything about a case, for the file (issue 3 §2); for its handling team and who decides it.
import { createHash } from 'node:crypto';
import { viewClue } from '../clues/routes.ts';
import { findClue } from '../clues/service.ts';
import type { ParentRef } from '../documents/domain.ts';
import { documentsOf } from '../documents/listing.ts';
import { type Actor, may } from '../kernel/actor.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';
import { caseProblems, isHandlingTeam, seesTexts } from './domain.ts';
import { loadSections, SECTION_LIMIT } from './dossier-parts.ts';
import { findNoticeOfCase } from './notice-repository.ts';
import { viewNotice } from './notice-schema.ts';
import { caseCorrectionsOf, caseHistory } from './record-view.ts';
import type { AssistanceCase } from './repository.ts';
import { openAdvice } from './sealed.ts';
import { caseTimeline, listDecisions, viewCase } from './view.ts';

/** Who only works on cases of the agency reads this one as a view; its whole file is for the team and for who decides. */
function ensureReader(c: AssistanceCase, actor: Actor): void {
  const decides = may(actor, 'case:decide') && seesTexts(c, actor);
  if (!decides && !isHandlingTeam(c, actor)) throw caseProblems['case.not_assigned']();
}

/** A file says what is, not what may be done. */
function withoutActions<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutActions) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    name === 'availableActions' ? [] : withoutActions(member),
  ]);
  return Object.fromEntries(members) as T;
}

type List<T> = (page: PageRequest) => Promise<Page<T>>;

/** A list of its own route, oldest first; one row more than fits, so that it shows where something was cut. */
async function whole<T>(list: List<T>): Promise<T[]> {
  const { items } = await list({ limit: SECTION_LIMIT + 1, before: null, includeTotal: false });
  return items.toReversed();
}

async function ownSections(tx: Tx, c: AssistanceCase) {
  const clue = c.clueId ? await findClue(tx, c.clueId) : undefined;
  const notice = await findNoticeOfCase(tx, c.id);
  return {
    case: await viewCase(tx, c),
    advice: await openAdvice(tx, c),
    clue: clue ? await viewClue(tx, clue) : null,
    decisions: await whole((page) => listDecisions(tx, c.id, page)),
    timeline: await whole((page) => caseTimeline(tx, c.id, page)),
    history: await whole((page) => caseHistory(tx, c, page)),
    corrections: await whole((page) => caseCorrectionsOf(tx, c, page)),
    notices: notice ? [await viewNotice(tx, notice)] : [],
  };
}

/** Of the case, its clue and its parts; each under its parent, because the list itself does not name one. */
async function documentsIn(tx: Tx, parents: readonly ParentRef[]) {
  const found = [];
  for (const { kind, id } of parents) {
    const documents = await documentsOf(tx, { kind, id }, SECTION_LIMIT + 1);
    found.push(...documents.toReversed().map((document) => ({ parent: { kind, id }, document })));
  }
  return found;
}

/** Cuts every list to its bound; answers the names of those that were longer. */
function bounded<T extends Record<string, unknown>>(content: T): { content: T; truncated: string[] } {
  const entries = Object.entries(content).map(
    ([name, value]) => [name, Array.isArray(value) ? value.slice(0, SECTION_LIMIT) : value] as const,
  );
  const cut = Object.entries(content).filter(([, value]) => Array.isArray(value) && value.length > SECTION_LIMIT);
  return { content: Object.fromEntries(entries) as T, truncated: cut.map(([name]) => name) };
}

/** Read-audited for each person; the hash is of the content as this reader sees it, so that a copy can be told from another. */
export async function caseDossier(tx: Tx, c: AssistanceCase) {
  const { actor, now } = tx.ctx;
  ensureReader(c, actor);
  for (const b of c.beneficiaries) tx.viewed(b.personId, ['dossier'], 'case.dossier');
  const own = await ownSections(tx, c);
  const parts = await loadSections(tx, c.id);
  const { disbursements, referrals, visits } = parts;
  const documents = await documentsIn(tx, [
    ...(c.clueId ? [{ kind: 'clue' as const, id: c.clueId }] : []),
    { kind: 'case', id: c.id },
    ...disbursements.map(({ id }) => ({ kind: 'disbursement' as const, id })),
    ...referrals.map(({ id }) => ({ kind: 'referral' as const, id })),
    ...visits.map(({ id }) => ({ kind: 'visit' as const, id })),
  ]);
  const { content, truncated } = bounded({ ...own, ...parts, documents });
  const file = withoutActions(content);
  const { officer } = actor;
  return {
    assistanceCaseId: c.id,
    number: c.number,
    generatedAt: now.toISOString(),
    generatedBy: officer ? { id: officer.id, code: officer.code, name: officer.name } : null,
    contentHash: createHash('sha256').update(canonicalJson(file)).digest('hex'),
    truncated,
    ...file,
  };
}
