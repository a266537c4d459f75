// Persons in the database: matched by a keyed index, sealed with a key of their own, masked beside the ciphertext.
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { maskIdNumber, maskName } from '../kernel/mask.ts';
import { openedTo, visible } from '../platform/db/access.ts';
import type { DataKey } from '../platform/db/context.ts';
import { retryOnConstraint } from '../platform/db/errors.ts';
import { insertRows } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { Subject } from './domain.ts';
import { personReviews, persons } from './table.ts';

export type PersonRow = typeof persons.$inferSelect;

retryOnConstraint('persons_identity');

type Digests = { index: Buffer | null; name: Buffer | null; birth: Buffer | null };

/** Digests are bound to the person's number: they tell whether two submissions agree, and find nothing. */
function digestsOf(tx: Tx, subject: Identity): Digests {
  if (!subject.idNumber) return { index: null, name: null, birth: null };
  const identity = `${subject.idType}|${subject.idNumber}`;
  const bound = (field: string, value: string | null) =>
    value ? tx.vault.index('id_number', `${field}|${identity}|${value}`) : null;
  return {
    index: tx.vault.index('id_number', identity),
    name: bound('name', subject.name),
    birth: bound('birth', subject.birthDate),
  };
}

/** The same for people of one name and birth date: a hint for whoever checks for duplicates, never a match. */
export function nameBirthIndex(tx: Tx, { name, birthDate }: Pick<Subject, 'name' | 'birthDate'>): Buffer | null {
  return name && birthDate ? tx.vault.index('id_number', `name and birth|${name}|${birthDate}`) : null;
}

/** `conflicts`: where the submission says something else; `unstated`: where it says nothing and the person's record does. */
export type PersonMatch = { personId: string; conflicts: string[]; unstated: string[] };

export async function matchPerson(tx: Tx, subject: Identity): Promise<PersonMatch | undefined> {
  const d = digestsOf(tx, subject);
  if (!d.index) return undefined;
  const { rows } = await tx.db.execute<{ person_id: string; conflicts: string[]; unstated: string[] }>(
    sql`select person_id, conflicts, unstated from match_person(${d.index}, ${d.name}::bytea, ${d.birth}::bytea, ${subject.sex})`,
  );
  const row = rows[0];
  return row ? { personId: row.person_id, conflicts: row.conflicts, unstated: row.unstated } : undefined;
}

export type Identity = Pick<Subject, 'idType' | 'idNumber' | 'name' | 'birthDate' | 'sex'>;

/** Identity as it is stored: sealed with the person's key, masked beside it, and what compares and finds it. */
export function identityColumns(tx: Tx, key: DataKey, id: string, identity: Identity) {
  const place = (column: string) => ({ table: 'persons', column, rowId: id });
  const { idType, idNumber, name, birthDate, sex } = identity;
  const d = digestsOf(tx, identity);
  return {
    idType,
    idNumberSealed: tx.vault.sealOptional(key, place('id_number'), idNumber),
    idNumberMasked: idNumber ? maskIdNumber(idNumber) : null,
    idNumberIndex: d.index,
    nameSealed: tx.vault.sealOptional(key, place('name'), name),
    nameMasked: name ? maskName(name) : '*',
    nameDigest: d.name,
    birthDateSealed: tx.vault.sealOptional(key, place('birth_date'), birthDate),
    birthDateDigest: d.birth,
    nameBirthIndex: nameBirthIndex(tx, identity),
    sex,
  };
}

export async function insertPerson(tx: Tx, id: string, subject: Subject): Promise<void> {
  const key = await tx.vault.newKey('person', id);
  const times = { createdAt: tx.ctx.now, updatedAt: tx.ctx.now };
  tx.later(insertRows(tx.db, persons, [{ id, ...identityColumns(tx, key, id, subject), ...times }]));
}

export async function insertReview(
  tx: Tx,
  { personId, conflicts, unstated }: PersonMatch,
  source: { kind: string; id: string },
): Promise<void> {
  await tx.db.insert(personReviews).values({
    id: tx.newId(),
    personId,
    sourceKind: source.kind,
    sourceId: source.id,
    pointers: conflicts,
    unstated,
    state: conflicts.length > 0 ? 'open' : 'resolved',
    createdAt: tx.ctx.now,
  });
}

export async function findPerson(tx: Tx, id: string): Promise<PersonRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(persons)
    .where(and(eq(persons.id, id), visible(tx, 'person', persons.id)));
  return row;
}

/** The submission behind a review was written or received by the caller's agency. */
export function fromOwnSource(tx: Tx): SQL {
  return sql`exists (select 1 from access a where a.kind = ${personReviews.sourceKind}
    and a.resource_id = ${personReviews.sourceId} and a.agency_id = ${tx.ctx.scope} and a.relation <> 'oversight'
    and (a.until is null or a.until > now()) and ${openedTo(sql`a.sealed_to`)})`;
}

/**
 * JSON Pointers of identity data in which a submission that the caller's agency wrote or received contradicts the person,
 * as long as nobody has settled it, or says nothing: whoever knows a number is not told the name that another agency wrote.
 */
export async function disputedFields(tx: Tx, personId: string): Promise<Set<string>> {
  const own = fromOwnSource(tx);
  const rows = await tx.db
    .select({ state: personReviews.state, pointers: personReviews.pointers, unstated: personReviews.unstated })
    .from(personReviews)
    .where(and(eq(personReviews.personId, personId), own));
  return new Set(rows.flatMap((row) => [...(row.state === 'open' ? row.pointers : []), ...row.unstated]));
}

/** The person with that document, if the caller's agency may see them; others are not there. */
export async function findByIdentity(tx: Tx, idType: string, idNumber: string): Promise<PersonRow | undefined> {
  const index = tx.vault.index('id_number', `${idType}|${idNumber}`);
  const [row] = await tx.db
    .select()
    .from(persons)
    .where(and(eq(persons.idNumberIndex, index), visible(tx, 'person', persons.id)));
  return row;
}

/** Everything a disclosure may name, in clear. */
export async function openPerson(tx: Tx, person: PersonRow): Promise<ClearIdentity & { idNumber: string | null }> {
  const place = { table: 'persons', column: 'id_number', rowId: person.id };
  const [idNumber] = await tx.vault.open([{ place, data: person.idNumberSealed }]);
  return { ...(await openIdentity(tx, person)), idNumber: idNumber ?? null };
}

/** The words of a purpose, for the audit record: readable as long as the person's key exists. */
export async function sealPurpose(tx: Tx, personId: string, text: string): Promise<string> {
  const key = await tx.vault.keyFor('person', personId);
  return tx.vault.seal(key, { table: 'audit_records', column: 'purpose', rowId: personId }, text).toString('base64');
}

export type ClearIdentity = { name: string | null; birthDate: string | null };

/** Name and birth date in clear, for rules that need them (age at the decision); callers that show them record a view. */
export async function openIdentity(tx: Tx, person: PersonRow): Promise<ClearIdentity> {
  const place = (column: string) => ({ table: 'persons', column, rowId: person.id });
  const [name, birthDate] = await tx.vault.open([
    { place: place('name'), data: person.nameSealed },
    { place: place('birth_date'), data: person.birthDateSealed },
  ]);
  return { name: name ?? null, birthDate: birthDate ?? null };
}
