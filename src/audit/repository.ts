// The audit sink: one row per fact and one per person seen in clear, in the same transaction (A-01, P-08).
import { and, desc, eq, isNotNull, lt } from 'drizzle-orm';
import type { ResourceKind } from '../kernel/fact.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import { insertRows } from '../platform/db/prepared.ts';
import type { FactSink, Tx } from '../platform/db/tx.ts';
import { auditRecords } from './table.ts';

export const auditSink: FactSink = async (tx, facts, views) => {
  const { actor, now, requestId } = tx.ctx;
  const common = {
    occurredAt: now,
    agencyId: actor.agency.id,
    officerId: actor.officer?.id ?? null,
    clientId: actor.client?.id ?? null,
    requestId,
  };
  const changes = facts.map((fact) => ({
    ...common,
    id: tx.newId(),
    type: fact.type,
    kind: fact.kind,
    resourceId: fact.id,
    sequence: fact.sequence,
    purpose: null,
    changed: [...(fact.changed ?? [])],
    data: fact.data ?? {},
  }));
  const seen = views.map((view) => ({
    ...common,
    id: tx.newId(),
    type: view.act?.type ?? 'person.viewed',
    kind: view.act?.kind ?? 'person',
    resourceId: view.personId,
    sequence: null,
    purpose: view.purpose,
    changed: [...view.fields],
    data: view.act?.data ?? {},
  }));
  const rows = [...changes, ...seen];
  tx.later(insertRows(tx.db, auditRecords, rows));
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
