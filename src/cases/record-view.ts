// The history of fields and the corrections of a case as each reader may see them: values for who sees the texts, else the fact alone.
import type { Static } from 'typebox';
import { availableActions } from '../kernel/action.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';
import { caseActions } from './actions.ts';
import { addressCorrections, CORRECTION_ID, type FieldValue } from './correction-domain.ts';
import { refsOf } from './decision-view.ts';
import { caseMachine, seesTexts } from './domain.ts';
import {
  type CorrectionRow,
  findCorrection,
  listCorrections,
  listRevisions,
  openCorrections,
  openRevisions,
} from './record-repository.ts';
import type { CorrectionItem, CorrectionView, RevisionItem } from './record-schema.ts';
import type { AssistanceCase } from './repository.ts';

type Value = Static<typeof RevisionItem>['oldValue'];
type CorrectionItemView = Static<typeof CorrectionItem>;

/** A value was checked when it was recorded; the schema's union is the same set, only writable. */
const shownValue = (value: FieldValue | undefined): Value => (value ?? null) as Value;

/** Who reads former values is on record with each person of the case. */
function noteReader(tx: Tx, c: AssistanceCase, shown: boolean, count: number): void {
  if (!shown || count === 0) return;
  for (const b of c.beneficiaries) tx.viewed(b.personId, ['narrative'], 'case.history');
}

export async function caseHistory(
  tx: Tx,
  c: AssistanceCase,
  page: PageRequest,
): Promise<Page<Static<typeof RevisionItem>>> {
  const found = await listRevisions(tx, c.id, page);
  const shown = seesTexts(c, tx.ctx.actor);
  const values = shown ? await openRevisions(tx, found.items) : [];
  const agencies = found.items.map((row) => row.agencyId);
  const refs = await refsOf(
    tx,
    agencies,
    found.items.map((row) => row.officerId),
  );
  noteReader(tx, c, shown, found.items.length);
  const items = found.items.map((row, i) => ({
    id: row.id,
    pointer: row.pointer,
    changedAt: row.changedAt.toISOString(),
    version: row.caseVersion,
    type: row.factType,
    correctionId: row.correctionId,
    agency: refs.agency(row.agencyId),
    officer: row.officerId ? refs.officer(row.officerId) : null,
    shown,
    oldValue: shownValue(values[i]?.from),
    newValue: shownValue(values[i]?.to),
  }));
  return { ...found, items };
}

/** Each correction as this caller may see it, in the order given. */
async function itemsOf(tx: Tx, c: AssistanceCase, rows: readonly CorrectionRow[]): Promise<CorrectionItemView[]> {
  const shown = seesTexts(c, tx.ctx.actor);
  const texts = shown ? await openCorrections(tx, rows) : [];
  const refs = await refsOf(
    tx,
    [],
    rows.flatMap((row) => [row.proposedBy, row.decidedBy]),
  );
  noteReader(tx, c, shown, rows.length);
  return rows.map((row, i) => ({
    id: row.id,
    pointer: row.pointer,
    state: row.state,
    proposedBy: refs.officer(row.proposedBy),
    proposedAt: row.proposedAt.toISOString(),
    decidedBy: row.decidedBy ? refs.officer(row.decidedBy) : null,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    shown,
    oldValue: shownValue(texts[i]?.text?.from),
    newValue: shownValue(texts[i]?.text?.to),
    reason: texts[i]?.text?.reason ?? null,
    opinion: texts[i]?.decision ?? null,
  }));
}

export async function caseCorrectionsOf(
  tx: Tx,
  c: AssistanceCase,
  page: PageRequest,
): Promise<Page<CorrectionItemView>> {
  const found = await listCorrections(tx, c.id, page);
  return { ...found, items: await itemsOf(tx, c, found.items) };
}

/** One correction under the version of its case: what is decided about it changes the case. */
export async function viewCorrection(
  tx: Tx,
  c: AssistanceCase,
  correctionId: string,
): Promise<Static<typeof CorrectionView> | undefined> {
  const row = await findCorrection(tx, c.id, correctionId.toLowerCase());
  const [item] = row ? await itemsOf(tx, c, [row]) : [];
  if (!item) return undefined;
  const { actor, language } = tx.ctx;
  const all = availableActions(caseMachine, caseActions, c, actor, `/v1/assistance-cases/${c.id}`, language);
  const offered = item.id === c.pendingCorrectionId ? all.filter(({ href }) => href.includes(CORRECTION_ID)) : [];
  return { ...item, version: c.version, availableActions: addressCorrections(offered, c.pendingCorrectionId) };
}
