// Striking a person out of texts that are also about others, where the key must stay (ADR 0019).
import type { Tx } from '../platform/db/tx.ts';
import { writeRedacted } from './erasure-repository.ts';
import { isMember, knownIds, type Replacement, type Row, replaceAll, submittedOf } from './subject-domain.ts';

/** Whose key seals the texts of a table, and the column with its id. */
const OWNERS: Readonly<Record<string, readonly [kind: string, idColumn: string]>> = {
  clues: ['clue', 'id'],
  clue_routings: ['clue', 'clue_id'],
  clue_duplicate_verdicts: ['clue', 'clue_id'],
  assistance_cases: ['case', 'id'],
  case_decisions: ['case', 'case_id'],
  case_document_requests: ['case', 'case_id'],
  case_corrections: ['case', 'case_id'],
  case_field_revisions: ['case', 'case_id'],
  case_advances: ['case', 'case_id'],
  case_notices: ['notice', 'id'],
  referrals: ['referral', 'id'],
  referral_outputs: ['referral', 'referral_id'],
  visits: ['visit', 'id'],
  visit_measures: ['visit', 'visit_id'],
  visit_confirmations: ['visit', 'visit_id'],
  visit_former_dates: ['visit', 'visit_id'],
  documents: ['document', 'id'],
  deadlines: ['deadline', 'id'],
  clue_subjects: ['person', 'person_id'],
  case_beneficiaries: ['person', 'person_id'],
  referral_persons: ['person', 'person_id'],
};

const MARK = '［已删除］';
const long = (value: unknown): value is string => typeof value === 'string' && [...value].length > 1;

/** What the person is called and where they are found, in any of their records; longest first. */
export function valuesOf(rows: readonly Row[]): string[] {
  const known = knownIds(rows);
  const values = rows.flatMap((row) => {
    if (row.table === 'persons') return [row.texts.name, row.texts.id_number];
    if (row.table === 'person_versions') return Object.values(JSON.parse(row.texts.former ?? '{}') as object);
    if (row.table === 'disbursements' && row.row.payee_type === 'self') {
      const payee = JSON.parse(row.texts.payee ?? '{}') as { accountNumber?: string };
      return [payee.accountNumber];
    }
    if (!isMember(row.table) || !known.has(String(row.row.person_id))) return [];
    const { name, idNumber, phone, address } = submittedOf(row);
    return [name, idNumber, phone, address];
  });
  // Codes of sexes and documents stand among the former values.
  const words = new Set(['female', 'male', 'unknown', 'citizen_id', 'passport', 'residence_permit', 'none']);
  return [...new Set(values.filter(long))].filter((value) => !words.has(value)).sort((a, b) => b.length - a.length);
}

/** JSON is struck out value by value, so that a quotation mark in a name does not break it. */
const quoted = (value: string) => JSON.stringify(value).slice(1, -1);

/** Texts of records that stay; answers in how many the person was struck out. */
export async function redactShared(
  tx: Tx,
  erasureId: string,
  rows: readonly Row[],
  sole: ReadonlySet<string>,
): Promise<number> {
  const known = knownIds(rows);
  const replacements = valuesOf(rows).flatMap((value): Replacement[] => [
    [value, MARK],
    [quoted(value), MARK],
  ]);
  let redacted = 0;
  for (const { table, rowId, row, texts } of rows) {
    const [kind, idColumn] = OWNERS[table] ?? [];
    const ownerId = idColumn ? String(row[idColumn]) : '';
    const gone = kind === undefined || sole.has(ownerId) || known.has(ownerId);
    if (gone || (table === 'documents' && sole.has(String(row.parent_id)))) continue;
    for (const [column, text] of Object.entries(texts)) {
      const next = text === null ? null : replaceAll(text, replacements);
      if (next === null || next === text) continue;
      const key = await tx.vault.keyFor(kind, ownerId);
      const sealed = tx.vault.seal(key, { table, column, rowId }, next);
      await writeRedacted(tx, erasureId, { table, column, rowId, sealed });
      redacted += 1;
    }
  }
  return redacted;
}
