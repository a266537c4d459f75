// Keeps the work items: when all facts of a transaction are known, each resource they touched is asked once who may act now.
import { permissionsOf, ROLES_BY_KIND } from '../agencies/roles.ts';
import type { AgencyKind } from '../kernel/actor.ts';
import type { FactSink, Tx } from '../platform/db/tx.ts';
import { designated } from './domain.ts';
import { type NewWork, releaseItemsOf, replaceItems, underSystemScope } from './repository.ts';
import { alsoStale, isWorkKind, type Stale, sources, type WorkResource } from './sources.ts';

type Facts = Parameters<FactSink>[1];

const grantable = new Map<AgencyKind, ReadonlySet<string>>();
/** All that the officers of such an agency can be given. */
function grantableBy(kind: AgencyKind): ReadonlySet<string> {
  const known = grantable.get(kind) ?? permissionsOf(ROLES_BY_KIND[kind]);
  grantable.set(kind, known);
  return known;
}

function itemsOf(resource: WorkResource): NewWork[] {
  const { kind, id, number, urgent, dueOn } = resource;
  return resource.candidates.flatMap((agency) =>
    resource.openings(agency, grantableBy(agency.kind)).map((opening) => ({
      ...{ kind, resourceId: id, resourceNumber: number, agencyId: agency.id },
      ...opening,
      ...{ urgent, dueOn, assigneeOfficerId: designated(opening) },
    })),
  );
}

/** Each resource once, whatever number of facts it has; a first fact says that nothing awaits anybody yet. */
async function staleAfter(tx: Tx, facts: Facts): Promise<Stale[]> {
  const stale = new Map<string, Stale>();
  for (const { kind, id, sequence } of facts) {
    if (isWorkKind(kind)) stale.set(id, { kind, id, fresh: sequence === 1 || (stale.get(id)?.fresh ?? false) });
  }
  for (const fact of facts)
    for (const other of await alsoStale(tx, fact)) if (!stale.has(other.id)) stale.set(other.id, other);
  return [...stale.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** An officer who is suspended or changes roles holds nobody up. */
async function releaseLeavers(tx: Tx, facts: Facts): Promise<void> {
  for (const { type, data } of facts) {
    const left = type === 'agency.officer_suspended' || (type === 'agency.officer_edited' && data?.roles);
    if (left && typeof data?.officerId === 'string') await releaseItemsOf(tx, data.officerId);
  }
}

async function refresh(tx: Tx, facts: Facts): Promise<void> {
  const stale = await staleAfter(tx, facts);
  const loaded = await Promise.all(stale.map(({ kind, id }) => sources[kind].load(tx, id)));
  const items = loaded.flatMap((resource) => (resource ? itemsOf(resource) : []));
  if (stale.length > 0) await replaceItems(tx, stale, items);
  await releaseLeavers(tx, facts);
}

const concerns = ({ kind, type }: Facts[number]) => isWorkKind(kind) || type.startsWith('agency.officer_');

/** A sink and no fact handler: handlers hear one fact after another, and a case decided on would be asked five times. */
export const workItemSink: FactSink = async (tx, facts) => {
  if (facts.some(concerns)) await underSystemScope(tx, () => refresh(tx, facts));
};
