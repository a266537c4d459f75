// What a read showed, for the access record (P-08): the ids on the page or the one in the address; reads without a person leave none.
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/actor.ts';
import type { ResourceKind } from '../../kernel/fact.ts';

export type Looked = {
  agencyId: string;
  officerId: string | null;
  clientId: string | null;
  requestId: string;
  route: string;
  kind: ResourceKind | null;
  ids: readonly string[];
};

/** Must have kept the record when it resolves: the answer waits for it, and fails with it. */
export type NoteRead = (looked: Looked) => Promise<void>;

/** Directories, reference data, the feed of bare ids and figures: nothing of a person stands there. Reading the audit is chained. */
const IMPERSONAL = new Set<string>([
  'public',
  'authenticated',
  'agency:read',
  'reference:read',
  'event:read',
  'statistics:read',
  'audit:read',
  'audit_log:read',
]);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idsOf(params: { id?: string }, view: unknown): string[] {
  const { items = [] } = (view ?? {}) as { items?: readonly unknown[] };
  const shown = Array.isArray(items) ? items.map((item) => (item as { id?: unknown } | null)?.id) : [];
  const ids = [params.id, ...shown].filter((id): id is string => typeof id === 'string' && UUID.test(id));
  return [...new Set(ids)];
}

/** Undefined where the route shows nothing of a person. */
export function lookedAt(req: FastifyRequest, actor: Actor, view: unknown): Looked | undefined {
  const { config, url = '' } = req.routeOptions;
  const { permission = 'public' } = config;
  if (req.method === 'POST' || IMPERSONAL.has(permission)) return undefined;
  return {
    agencyId: actor.agency.id,
    officerId: actor.officer?.id ?? null,
    clientId: actor.client?.id ?? null,
    requestId: req.id,
    route: url,
    kind: config.resource ?? null,
    ids: idsOf(req.params as { id?: string }, view),
  };
}
