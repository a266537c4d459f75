// Lists of clues: filtered, masked, newest first.
import { and, eq, gte, type SQL } from 'drizzle-orm';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ClueState } from './domain.ts';
import type { ClueRow } from './repository.ts';
import { clues } from './table.ts';

export type ClueFilter = {
  state?: ClueState;
  regionCode?: string;
  agencyId?: string;
  sourceAgencyId?: string;
  updatedSince?: Date;
  urgency?: ClueRow['urgency'];
};

export function filterOf(filter: ClueFilter): SQL | undefined {
  return and(
    filter.state ? eq(clues.state, filter.state) : undefined,
    filter.regionCode ? eq(clues.regionCode, filter.regionCode) : undefined,
    filter.agencyId ? eq(clues.receivingAgencyId, filter.agencyId) : undefined,
    filter.sourceAgencyId ? eq(clues.sourceAgencyId, filter.sourceAgencyId) : undefined,
    filter.updatedSince ? gte(clues.updatedAt, filter.updatedSince) : undefined,
    filter.urgency ? eq(clues.urgency, filter.urgency) : undefined,
  );
}

/** What a list shows of a clue. */
export const LISTED = [
  'id',
  'number',
  'externalId',
  'state',
  'version',
  'source',
  'regionCode',
  'urgency',
  'greenChannel',
  'foundOn',
  'campaignCode',
  'caseId',
  'subjectCount',
  'sourceAgencyId',
  'receivingAgencyId',
  'createdAt',
  'updatedAt',
] as const;

export type ListedClue = Pick<ListedRow<ClueRow>, (typeof LISTED)[number]>;

export async function listClues(tx: Tx, filter: ClueFilter, page: PageRequest): Promise<Page<ListedClue>> {
  const where = filterOf(filter);
  return listVisible(tx, 'clue', clues, where, page, LISTED);
}
