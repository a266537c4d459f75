// The audit sink: one row per fact and one per person seen in clear, chained, in the same transaction (A-01, A-03, P-08).
import { and, desc, eq, isNotNull, lt } from 'drizzle-orm';
import type { ResourceKind } from '../kernel/fact.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import { type Head, keepHashes, type SequencedFact } from '../platform/db/heads.ts';
import { insertRows } from '../platform/db/prepared.ts';
import type { FactSink, Tx } from '../platform/db/tx.ts';
import { type ChainAlg, contentDigest, linkHash, type RecordContent } from './chain.ts';
import { auditRecords } from './table.ts';
import { addViews } from './view-repository.ts';

/** Of the suite in use; it stands in every record. */
const algOf = (tx: Tx): ChainAlg => (tx.vault.hash === 'sm3' ? 'sm3' : 'sha-256');

/** What every record of a transaction has in common. */
function commonOf({ ctx }: Tx) {
  const { actor, now, systemNow, requestId } = ctx;
  return {
    recordedAt: systemNow,
    occurredAt: now,
    agencyId: actor.agency.id,
    officerId: actor.officer?.id ?? null,
    clientId: actor.client?.id ?? null,
    requestId,
  };
}

type Common = ReturnType<typeof commonOf>;
type Act = Pick<RecordContent, 'id' | 'type' | 'kind' | 'resourceId' | 'purpose' | 'changed' | 'data'>;

function digestOf(alg: ChainAlg, { recordedAt, occurredAt, ...who }: Common, act: Act): Buffer {
  const times = { recordedAt: recordedAt.toISOString(), occurredAt: occurredAt.toISOString() };
  return contentDigest(alg, { ...who, ...times, ...act });
}

/** Each fact follows the one before it on its aggregate; the hash of the last one is kept at the head. */
function addFacts(tx: Tx, common: Common, facts: readonly SequencedFact[]): void {
  const alg = algOf(tx);
  const heads = new Map<string, Head>();
  const rows = facts.map((fact) => {
    const { type, kind, id: resourceId, sequence, changed, data } = fact;
    const act = {
      id: tx.newId(),
      type,
      kind,
      resourceId,
      purpose: null,
      changed: [...(changed ?? [])],
      data: data ?? {},
    };
    const name = `${kind}|${resourceId}`;
    const prevHash = heads.get(name)?.hash ?? fact.head;
    const hash = linkHash(alg, 'fact', sequence, prevHash, digestOf(alg, common, act));
    heads.set(name, { kind, resourceId, sequence, hash });
    return { ...common, ...act, sequence, alg, prevHash, hash };
  });
  tx.later(insertRows(tx.db, auditRecords, rows), keepHashes(tx, [...heads.values()]));
}

export const auditSink: FactSink = async (tx, facts, views) => {
  const common = commonOf(tx);
  if (facts.length > 0) addFacts(tx, common, facts);
  const seen = views.map(({ act, personId, purpose, fields }) => {
    const view = {
      id: tx.newId(),
      type: act?.type ?? 'person.viewed',
      kind: act?.kind ?? 'person',
      resourceId: personId,
      purpose,
      changed: [...fields],
      data: act?.data ?? {},
    };
    return { ...common, ...view, content: digestOf(algOf(tx), common, view) };
  });
  await addViews(tx, algOf(tx), seen);
};

export type AuditRow = typeof auditRecords.$inferSelect;

/** The facts of one resource that the caller sees, newest first; views of persons are not among them. */
export async function readHistory(tx: Tx, kind: ResourceKind, id: string, page: PageRequest): Promise<Page<AuditRow>> {
  const facts = and(
    eq(auditRecords.kind, kind),
    eq(auditRecords.resourceId, id),
    isNotNull(auditRecords.sequence),
    visible(tx, kind, auditRecords.resourceId),
  );
  const rows = await tx.db
    .select()
    .from(auditRecords)
    .where(and(facts, page.before ? lt(auditRecords.id, page.before) : undefined))
    .orderBy(desc(auditRecords.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(auditRecords, facts) } : {};
  return { ...toPage(rows, page.limit), ...total };
}
