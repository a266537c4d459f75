// What the reference routes ask: a page of code sets.
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { CodeSet } from './code-item.ts';

/** By name, because sets have no age; the name is the cursor. */
export function pageOfCodeSets(sets: readonly CodeSet[], page: PageRequest): Page<CodeSet & { id: string }> {
  const sorted = sets.map((set) => ({ ...set, id: set.name })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const { before } = page;
  const rest = before === null ? sorted : sorted.filter((set) => set.name > before);
  return { ...toPage(rest, page.limit), ...(page.includeTotal ? { total: sets.length } : {}) };
}
