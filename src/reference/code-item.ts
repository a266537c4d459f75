// Shape of code sets: every code has two names, a span of validity and the source that it rests on (contract §3).
import type { AgencyKind } from './agency-kinds.ts';

export type CodeItem = {
  code: string;
  name: string;
  nameEn: string;
  /** Civil dates, both inclusive; null = open. */
  validFrom: string | null;
  validTo: string | null;
  /** Source with its mark: [V] verified, [S] secondary, [A] assumption, [A-recall] believed, text not at hand. */
  basis: string;
  /** Kind of agency that delivers it; `measures` only. */
  agencyKind?: AgencyKind | 'other';
};

export type CodeSet = { name: string; title: string; titleEn: string; items: readonly CodeItem[] };

export type CodeRow = readonly [code: string, name: string, nameEn: string];

/** Rows that share basis and validity. */
export function codeItems(rows: readonly CodeRow[], shared: Omit<CodeItem, 'code' | 'name' | 'nameEn'>): CodeItem[] {
  return rows.map(([code, name, nameEn]) => ({ code, name, nameEn, ...shared }));
}

export const always = { validFrom: null, validTo: null };
