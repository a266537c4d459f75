// One page of a list: newest first by id, with an opaque cursor.
export type PageRequest = { limit: number; before: string | null; includeTotal: boolean };
export type Page<T> = { items: T[]; nextId: string | null; total?: number; totalAtLeast?: number };

/** Cuts the extra row that was read to know whether another page follows. */
export function toPage<T extends { id: string }>(rows: T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  return { items, nextId: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Counting stops here: beyond it a list answers `totalAtLeast`. */
export const EXACT_TOTAL_LIMIT = 10_000;
