// Keeps the work items: when all facts of a transaction are known, each resource they touched is asked once who may act now.
import { permissionsOf, ROLES_BY_KIND } from '../agencies/roles.ts';
import type { AgencyKind } from '../kernel/actor.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactsHandler, Tx } from '../platform/db/tx.ts';
import { designated, type WorkKind } from './domain.ts';
import { findLinesOfCases } from './facts-repository.ts';
import { type NewWork, releaseItemsOf, replaceItems } from './repository.ts';
import { isWorkKind, sources, type WorkResource } from './sources.ts';

/** A resource's first fact says that nothing awaits anybody yet: there is nothing to take away. */
const FIRST = [
  'clue.submitted',
  'case.opened',
  'disbursement.planned',
  'referral.requested',
  'visit.planned',
  'account.opened',
  'notice.sent',
  'break_glass.granted',
];

const grantable = new Map<AgencyKind, ReadonlySet<string>>();
/** All that the officers of such an agency can be given. */
function grantableBy(kind: AgencyKind): ReadonlySet<string> {
  const known = grantable.get(kind) ?? permissionsOf(ROLES_BY_KIND[kind]);
  grantable.set(kind, known);
  return known;
}

const earliest = (a: string | null, b: string | null) => (a && b ? (a < b ? a : b) : (a ?? b));

/** What is overdue goes before the rest. */
const isLate = (dueOn: string | null, today: string) => dueOn !== null && dueOn < today;

function itemsOf(resource: WorkResource, today: string): NewWork[] {
  const { kind, id, number, urgent } = resource;
  return resource.candidates.flatMap((candidate) => {
    const { agency } = candidate;
    const dueOn = earliest(candidate.dueOn, resource.dueOn);
    return resource.openings(candidate, grantableBy(agency.kind)).map((opening) => ({
      ...{ kind, resourceId: id, resourceNumber: number, agencyId: agency.id },
      ...opening,
      ...{ urgent: urgent || isLate(dueOn, today), dueOn, assigneeOfficerId: designated(opening) },
    }));
  });
}

/** With these the lines of a case end, or an advance has to come back. */
const DECIDED = ['case.granted', 'case.refused', 'case.withdrawn', 'case.closed', 'case.revoked'];

type Stale = { kind: WorkKind; id: string; fresh: boolean };

/** Resources whose own facts a fact has changed without saying so: the case that counts its lines, and what a clock is about. */
function alsoStale({ kind, data = {} }: Fact): Stale[] {
  const { assistanceCaseId, subjectKind, subjectId } = data;
  if (kind === 'disbursement' && typeof assistanceCaseId === 'string')
    return [{ kind: 'case', id: assistanceCaseId, fresh: false }];
  if (kind === 'deadline' && isWorkKind(subjectKind) && typeof subjectId === 'string')
    return [{ kind: subjectKind, id: subjectId, fresh: false }];
  return [];
}

/** Every submission registers people and nobody waits for that; who is linked to a case may have to confirm a merge. */
const isStill = ({ kind, type }: Fact) => kind === 'person' && !/linked|merge|erasure/.test(type);

/** Each resource once, whatever number of facts it has. */
async function staleAfter(tx: Tx, facts: readonly Fact[]): Promise<Stale[]> {
  const stale = new Map<string, Stale>();
  for (const fact of facts) {
    const { kind, id, type } = fact;
    if (isWorkKind(kind) && !isStill(fact))
      stale.set(id, { kind, id, fresh: FIRST.includes(type) || (stale.get(id)?.fresh ?? false) });
  }
  const decided = facts.filter(({ type }) => DECIDED.includes(type)).map(({ id }) => id);
  const lines = (await findLinesOfCases(tx, decided)).map((id): Stale => ({ kind: 'disbursement', id, fresh: false }));
  for (const other of [...facts.flatMap(alsoStale), ...lines]) if (!stale.has(other.id)) stale.set(other.id, other);
  return [...stale.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** An officer who is suspended or changes roles holds nobody up. */
function releaseLeavers(tx: Tx, facts: readonly Fact[]): void {
  for (const { type, data } of facts) {
    const left = type === 'agency.officer_suspended' || (type === 'agency.officer_edited' && data?.roles);
    if (left && typeof data?.officerId === 'string') tx.later(releaseItemsOf(tx, data.officerId));
  }
}

/** Once for a transaction, when all its facts are known: a case decided on is not asked five times. Writes are sent and not awaited. */
export const workItemHandler: FactsHandler = {
  async onAll(tx, facts) {
    const stale = await staleAfter(tx, facts);
    const loaded = await Promise.all(stale.map(({ kind, id }) => sources[kind].load(tx, id)));
    const items = loaded.flatMap((resource) => (resource ? itemsOf(resource, tx.ctx.today) : []));
    if (stale.length > 0) tx.later(...replaceItems(tx, stale, items));
    releaseLeavers(tx, facts);
  },
};
