// What concerns a person who is kept from the caller is not there: not by its address, nor in any page (P-13, ADR 0023).
import type { Actor } from '../../kernel/actor.ts';

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** An item of a list that names such a record, wherever it stands in it: in an address too. */
const namesKept = (kept: ReadonlySet<string>, item: unknown): boolean =>
  typeof item === 'string'
    ? (item.match(ID) ?? []).some((id) => kept.has(id))
    : typeof item === 'object' && item !== null && Object.values(item).some((member) => namesKept(kept, member));

export const isKept = ({ keptFrom }: Actor, id: string | undefined): boolean =>
  id !== undefined && keptFrom?.has(id) === true;

/** A page keeps its cursor, so that the next one begins where it would have. */
export function withoutKept<V>({ keptFrom }: Actor, view: V): V {
  const { items } = (view ?? {}) as { items?: unknown };
  if (!keptFrom || !Array.isArray(items)) return view;
  return { ...view, items: items.filter((item) => !namesKept(keptFrom, item)) };
}
