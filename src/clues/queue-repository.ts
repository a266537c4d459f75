// The queue of a procuratorate: clues that await its decision, urgent treatment first, then green channel, each oldest first.
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { Page, PageRequest } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import { countUpTo } from '../platform/db/counting.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ClueFilter, filterOf } from './list-repository.ts';
import type { ClueRow } from './repository.ts';
import { clues } from './table.ts';

/** Written exactly as in the index `clues_queue`. */
const rank = sql<number>`(case when ${clues.urgency} = 'emergency_medical' then 0 when ${clues.greenChannel} then 1 else 2 end)`;

/** Rank and id of the last clue of the page before. */
function afterOf(before: string | null): SQL | undefined {
  if (before === null) return undefined;
  const [place = '', id = ''] = before.split(':', 2);
  return sql`(${rank}, ${clues.id}) > (${Number(place)}::int, ${id}::uuid)`;
}

/** Of the receiver named by the filter, else of the caller's own agency; only what the caller sees. */
export async function listQueue(tx: Tx, filter: ClueFilter, page: PageRequest): Promise<Page<ClueRow>> {
  const { agencyId = tx.ctx.actor.agency.id, ...others } = filter;
  const awaiting = and(eq(clues.receivingAgencyId, agencyId), sql`${clues.state} = 'submitted'`);
  const where = and(awaiting, filterOf(others), visible(tx, 'clue', clues.id));
  const rows = await tx.db
    .select({ row: clues, rank })
    .from(clues)
    .where(and(where, afterOf(page.before)))
    .orderBy(asc(rank), asc(clues.id))
    .limit(page.limit + 1);
  const items = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? items.at(-1) : undefined;
  const nextId = last ? `${last.rank}:${last.row.id}` : null;
  return {
    items: items.map(({ row }) => row),
    nextId,
    ...(await countUpTo(tx, page.includeTotal, (one) => one.from(clues).where(where))),
  };
}
