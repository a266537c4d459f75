// Referrals in the database: narrative sealed with the referral's key, each disclosed person with the person's own.
import { and, asc, desc, eq, gte, inArray, isNotNull, lt, not, type SQL, sql } from 'drizzle-orm';
import { agencies } from '../agencies/table.ts';
import type { AgencyKind } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  type DisclosedPerson,
  type FollowUpState,
  OPEN_STATES,
  type ReferralState,
  type ReferralTexts,
} from './domain.ts';
import { referralOutputs, referralPersons, referrals } from './table.ts';

export type ReferralRow = typeof referrals.$inferSelect;
export type ReferralPerson = typeof referralPersons.$inferSelect;
export type ReferralOutput = typeof referralOutputs.$inferSelect & { note: string | null };

/** A referral with what hangs on it, narrative opened; the persons' data stay sealed until `openPersons`. */
export type Referral = ReferralRow & {
  proposal: string | null;
  texts: ReferralTexts;
  persons: ReferralPerson[];
  outputs: ReferralOutput[];
};

const proposalPlace = (id: string) => ({ table: 'referrals', column: 'proposal', rowId: id });
const textsPlace = (id: string) => ({ table: 'referrals', column: 'texts', rowId: id });
const notePlace = (id: string) => ({ table: 'referral_outputs', column: 'note', rowId: id });
const personPlace = (p: { referralId: string; position: number }) => ({
  table: 'referral_persons',
  column: 'disclosed',
  rowId: `${p.referralId}/${p.position}`,
});

export async function findReferral(tx: Tx, id: string, lock = false): Promise<Referral | undefined> {
  const query = tx.db
    .select()
    .from(referrals)
    .where(and(eq(referrals.id, id), visible(tx, 'referral', referrals.id)));
  const [row] = await (lock ? query.for('update') : query);
  return row ? openReferral(tx, row) : undefined;
}

/** The latest referrals of a case as its view shows them. */
export async function findLatestOfCase(tx: Tx, caseId: string, limit: number) {
  const { id, number, state, agencyId, measures } = referrals;
  return tx.db
    .select({ id, number, state, agencyId, measures })
    .from(referrals)
    .where(and(eq(referrals.assistanceCaseId, caseId), visible(tx, 'referral', id)))
    .orderBy(desc(id))
    .limit(limit);
}

/** State and recipient alone, without opening anything. */
export async function findPart(tx: Tx, id: string) {
  const { state, agencyId } = referrals;
  const where = and(eq(referrals.id, id), visible(tx, 'referral', referrals.id));
  const [row] = await tx.db.select({ state, agencyId }).from(referrals).where(where);
  return row;
}

/** Ids of all open referrals to an agency, in the order in which rows are locked. */
export async function openReferralsOf(tx: Tx, agencyId: string): Promise<string[]> {
  const rows = await tx.db
    .select({ id: referrals.id })
    .from(referrals)
    .where(
      and(
        eq(referrals.agencyId, agencyId),
        inArray(referrals.state, [...OPEN_STATES]),
        visible(tx, 'referral', referrals.id),
      ),
    )
    .orderBy(asc(referrals.id));
  return rows.map((row) => row.id);
}

/** Kinds of the departments that an agency carries on for: their measures are its own now. */
export async function findPredecessorKinds(tx: Tx, agencyId: string): Promise<AgencyKind[]> {
  const { rows } = await tx.db.execute<{ kind: AgencyKind }>(sql`
    with recursive former as (
      select id, kind, 1 as depth from agencies where successor_id = ${agencyId}
      union all select a.id, a.kind, former.depth + 1 from agencies a join former on a.successor_id = former.id
        where former.depth < 9)
    select distinct kind from former`);
  return rows.map((row) => row.kind);
}

/** Departments with open referrals whose last day is before `day`; they have a successor, or nobody to hand over to. */
export async function recipientsEndedBefore(tx: Tx, day: string): Promise<string[]> {
  const rows = await tx.db
    .selectDistinct({ id: agencies.id })
    .from(agencies)
    .innerJoin(referrals, eq(referrals.agencyId, agencies.id))
    .where(
      and(
        lt(agencies.validTo, day),
        isNotNull(agencies.successorId),
        inArray(referrals.state, [...OPEN_STATES]),
        visible(tx, 'referral', referrals.id),
      ),
    )
    .orderBy(asc(agencies.id));
  return rows.map((row) => row.id);
}

/** Clues from which `senderId` has referred one of the people, newest first; a person has few. */
export async function findClueIdsOf(tx: Tx, senderId: string, personIds: readonly string[]): Promise<string[]> {
  const rows = await tx.db
    .select({ clueId: referrals.clueId })
    .from(referrals)
    .innerJoin(referralPersons, eq(referralPersons.referralId, referrals.id))
    .where(
      and(
        inArray(referralPersons.personId, [...personIds]),
        eq(referrals.senderAgencyId, senderId),
        isNotNull(referrals.clueId),
        visible(tx, 'referral', referrals.id),
      ),
    )
    .orderBy(desc(referrals.id))
    .limit(20);
  return [...new Set(rows.flatMap((row) => row.clueId ?? []))];
}

async function openReferral(tx: Tx, row: ReferralRow): Promise<Referral> {
  const [persons, outputs] = await Promise.all([
    tx.db
      .select()
      .from(referralPersons)
      .where(eq(referralPersons.referralId, row.id))
      .orderBy(asc(referralPersons.position)),
    tx.db.select().from(referralOutputs).where(eq(referralOutputs.referralId, row.id)).orderBy(asc(referralOutputs.id)),
  ]);
  const [proposal, texts, ...notes] = await tx.vault.open([
    { place: proposalPlace(row.id), data: row.proposalSealed },
    { place: textsPlace(row.id), data: row.textsSealed },
    ...outputs.map((o) => ({ place: notePlace(o.id), data: o.noteSealed })),
  ]);
  return {
    ...row,
    proposal: proposal ?? null,
    texts: JSON.parse(texts ?? '{}') as ReferralTexts,
    persons,
    outputs: outputs.map((o, i) => ({ ...o, note: notes[i] ?? null })),
  };
}

const nothing: DisclosedPerson = { name: null, birthDate: null, phone: null, address: null };

/** The persons' data in clear, in the order of `persons`; an erased person gives nulls. Whoever shows them records a view. */
export async function openPersons(tx: Tx, persons: readonly ReferralPerson[]): Promise<DisclosedPerson[]> {
  const opened = await tx.vault.open(persons.map((p) => ({ place: personPlace(p), data: p.disclosedSealed })));
  return opened.map((text) => (text === null ? nothing : (JSON.parse(text) as DisclosedPerson)));
}

/** Inserts a new referral, its proposal sealed with a key of its own. */
export async function insertReferral(
  tx: Tx,
  row: Omit<ReferralRow, 'proposalSealed'>,
  proposal: string,
): Promise<ReferralRow> {
  const key = await tx.vault.newKey('referral', row.id);
  const sealed = { ...row, proposalSealed: tx.vault.seal(key, proposalPlace(row.id), proposal) };
  await tx.db.insert(referrals).values(sealed);
  return sealed;
}

export type NewPerson = Omit<ReferralPerson, 'referralId' | 'position' | 'disclosedSealed'> & {
  disclosed: DisclosedPerson;
};

export async function insertPersons(
  tx: Tx,
  referralId: string,
  persons: readonly NewPerson[],
): Promise<ReferralPerson[]> {
  const rows: ReferralPerson[] = [];
  for (const [position, { disclosed, ...plain }] of persons.entries()) {
    const key = await tx.vault.keyFor('person', plain.personId);
    const disclosedSealed = tx.vault.seal(key, personPlace({ referralId, position }), JSON.stringify(disclosed));
    rows.push({ ...plain, referralId, position, disclosedSealed });
  }
  await tx.db.insert(referralPersons).values(rows);
  return rows;
}

/** Saves the given columns with the next version; answers the referral as it now stands. */
export async function saveReferral(
  tx: Tx,
  referral: Referral,
  change: Partial<ReferralRow>,
  texts?: ReferralTexts,
): Promise<Referral> {
  const next: Partial<ReferralRow> = { ...change, version: referral.version + 1, updatedAt: tx.ctx.now };
  const merged = { ...referral.texts, ...texts };
  if (texts) {
    const key = await tx.vault.keyFor('referral', referral.id);
    next.textsSealed = tx.vault.seal(key, textsPlace(referral.id), JSON.stringify(merged));
  }
  await tx.db.update(referrals).set(next).where(eq(referrals.id, referral.id));
  return { ...referral, ...next, texts: merged };
}

export async function insertOutput(
  tx: Tx,
  output: Omit<ReferralOutput, 'id' | 'noteSealed' | 'createdAt'>,
): Promise<ReferralOutput> {
  const id = tx.newId();
  const { note, ...plain } = output;
  const key = await tx.vault.keyFor('referral', output.referralId);
  const row = { ...plain, id, noteSealed: tx.vault.sealOptional(key, notePlace(id), note), createdAt: tx.ctx.now };
  await tx.db.insert(referralOutputs).values(row);
  return { ...row, note };
}

export type ReferralFilter = {
  state?: ReferralState;
  /** The department that is asked. */
  agencyId?: string;
  assistanceCaseId?: string;
  direction?: 'sent' | 'received';
  responseOverdue?: boolean;
  followUp?: FollowUpState;
  updatedSince?: Date;
};

function overdueOn(today: string): SQL {
  const condition = and(inArray(referrals.state, ['requested', 'received']), lt(referrals.respondBy, today));
  if (!condition) throw new Error('no condition');
  return condition;
}

function filterOf(tx: Tx, filter: ReferralFilter): SQL | undefined {
  const { direction, responseOverdue } = filter;
  const own = direction === 'sent' ? referrals.senderAgencyId : referrals.agencyId;
  const overdue = overdueOn(tx.ctx.today);
  return and(
    filter.state ? eq(referrals.state, filter.state) : undefined,
    filter.agencyId ? eq(referrals.agencyId, filter.agencyId) : undefined,
    filter.assistanceCaseId ? eq(referrals.assistanceCaseId, filter.assistanceCaseId) : undefined,
    direction ? eq(own, tx.ctx.actor.agency.id) : undefined,
    responseOverdue === undefined ? undefined : responseOverdue ? overdue : not(overdue),
    filter.followUp ? eq(referrals.followUp, filter.followUp) : undefined,
    filter.updatedSince ? gte(referrals.updatedAt, filter.updatedSince) : undefined,
  );
}

export async function listReferrals(
  tx: Tx,
  filter: ReferralFilter,
  page: PageRequest,
): Promise<Page<ListedRow<ReferralRow>>> {
  const where = filterOf(tx, filter);
  return listVisible(tx, 'referral', referrals, where, page);
}
