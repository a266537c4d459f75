// The queue of a procuratorate: clues that await its decision, urgent treatment first, then green channel, each oldest first.
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { EXACT_TOTAL_LIMIT, type Page, type PageRequest } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
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

async function countQueue(
  tx: Tx,
  where: SQL | undefined,
  wanted: boolean,
): Promise<Pick<Page<ClueRow>, 'total' | 'totalAtLeast'>> {
  if (!wanted) return {};
  const inner = tx.db
    .select({ one: sql`1`.as('one') })
    .from(clues)
    .where(where)
    .limit(EXACT_TOTAL_LIMIT + 1)
    .as('counted');
  const [row] = await tx.db.select({ n: sql<number>`count(*)::int` }).from(inner);
  const n = row?.n ?? 0;
  return n > EXACT_TOTAL_LIMIT ? { totalAtLeast: EXACT_TOTAL_LIMIT } : { total: n };
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
  return { items: items.map(({ row }) => row), nextId, ...(await countQueue(tx, where, page.includeTotal)) };
}
