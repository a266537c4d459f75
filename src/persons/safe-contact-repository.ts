// Safe-contact rules in the database: one sealed text a person, found through any record that the caller sees.
import { and, eq, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { visible } from '../platform/db/access.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { SafeContactText } from './safe-contact-domain.ts';
import { safeContactRules } from './table.ts';

export type SafeContactRow = typeof safeContactRules.$inferSelect;
export type SafeContact = SafeContactRow & { text: SafeContactText };

/** Kinds of records whose people are looked up by the database. */
export type ContactKind = 'clue' | 'case' | 'referral' | 'visit' | 'account' | 'person';

const placeOf = (personId: string) => ({ table: 'safe_contact_rules', column: 'rule', rowId: personId });

export async function openRules<R extends { holderId: string; ruleSealed: Buffer }>(tx: Tx, rows: readonly R[]) {
  const texts = await tx.vault.open(rows.map((r) => ({ place: placeOf(r.holderId), data: r.ruleSealed })));
  return rows.flatMap((row, i) => (texts[i] ? [{ ...row, text: JSON.parse(texts[i]) as SafeContactText }] : []));
}

const column = <T>(name: string) => sql<T>`${sql.raw(name)}`.as(name);

/** The rules of everybody on a record; `memberId` is the id of the subject or beneficiary there. Cheap where no rule exists. */
export async function safeContactsOn(tx: Tx, kind: ContactKind, id: string) {
  const rows = await prepared(tx.db, 'safe_contacts', (db, name) =>
    db
      .select({
        memberId: column<string>('member_id'),
        personId: column<string>('person_id'),
        holderId: column<string>('holder_id'),
        agencyId: column<string>('agency_id'),
        ruleSealed: column<Buffer>('rule_sealed'),
        blocked: column<string[]>('blocked'),
        reviewOn: sql<string>`review_on::text`.as('review_on'),
        validUntil: sql<string | null>`valid_until::text`.as('valid_until'),
        relation: column<string | null>('relation'),
      })
      .from(sql`safe_contacts_on(${sql.placeholder('kind')}, ${sql.placeholder('id')}::uuid)`)
      .prepare(name),
  ).execute({ kind, id });
  return rows.length === 0 ? [] : openRules(tx, rows);
}

/** The same as JSON, in the statement of the record itself; `openRules` where there are any, which is rare. */
export const contactsNested = (kind: ContactKind, id: PgColumn) =>
  sql`(select coalesce(json_agg(json_build_object('memberId', c.member_id, 'personId', c.person_id, 'holderId', c.holder_id,
    'agencyId', c.agency_id, 'ruleSealed', c.rule_sealed, 'blocked', c.blocked, 'reviewOn', c.review_on, 'validUntil', c.valid_until,
    'relation', c.relation)), '[]') from safe_contacts_on(${sql.raw(`'${kind}'`)}, ${id}) c)`.mapWith(
    (found: unknown) =>
      (found as SealedRule[]).map((rule) => ({ ...rule, ruleSealed: Buffer.from(rule.ruleSealed.slice(2), 'hex') })),
  );
type SealedRule = Omit<Awaited<ReturnType<typeof safeContactsOn>>[number], 'text' | 'ruleSealed'> & {
  ruleSealed: string;
};
export type FoundRule = Omit<SealedRule, 'ruleSealed'> & { ruleSealed: Buffer };

export type ContactRule = Awaited<ReturnType<typeof safeContactsOn>>[number];

/** The rule of a visible person itself; locked where it is to be changed. */
export async function findSafeContact(tx: Tx, personId: string, lock = false): Promise<SafeContact | undefined> {
  const query = tx.db
    .select()
    .from(safeContactRules)
    .where(and(eq(safeContactRules.personId, personId), visible(tx, 'person', safeContactRules.personId)));
  const [row] = await (lock ? query.for('update') : query);
  const [opened] = row ? await openRules(tx, [{ ...row, holderId: personId }]) : [];
  return opened;
}

export async function saveSafeContact(
  tx: Tx,
  row: Omit<SafeContactRow, 'ruleSealed'>,
  text: SafeContactText,
): Promise<SafeContact> {
  const key = await tx.vault.keyFor('person', row.personId);
  const sealed = { ...row, ruleSealed: tx.vault.seal(key, placeOf(row.personId), JSON.stringify(text)) };
  const { personId: _, ...set } = sealed;
  await tx.db.insert(safeContactRules).values(sealed).onConflictDoUpdate({ target: safeContactRules.personId, set });
  return { ...sealed, text };
}

export type NamedOfficer = { id: string; name: string; personKey: string };

export async function findOfficers(tx: Tx, ids: readonly string[]): Promise<Map<string, NamedOfficer>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.db.execute<NamedOfficer>(
    sql`select id, name, person_key as "personKey" from officers where id = any(${sql.param([...ids])}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.id, row]));
}
