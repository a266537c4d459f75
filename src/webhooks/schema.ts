// Wire shapes of webhook endpoints and deliveries; the secret is shown once, where it was made.
import { type Static, Type } from 'typebox';
import type { ListedRow } from '../platform/db/access.ts';
import { Closed, Id, Instant, Literals, Nullable, named, pageOf, pageQuery, Text } from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import type { DeliveryRow } from './delivery-repository.ts';
import type { EndpointRow } from './repository.ts';

const TypeName = Type.String({
  pattern: '^(\\*|[a-z_]+\\.[a-z_]+)$',
  maxLength: 100,
  description: 'of GET /v1/event-types; `*` = all that its holder may read of',
});
const Types = Type.Array(TypeName, { minItems: 1, maxItems: 200, uniqueItems: true });
const Url = Type.String({ minLength: 10, maxLength: 2048, description: 'https, public, without user or fragment' });
const State = Literals(enumValues('webhook-endpoint-states'));
const Outcome = Literals(enumValues('webhook-outcomes'));
const Count = Type.Integer({ minimum: 0 });

const shown = {
  id: Id,
  agencyId: Id,
  clientId: Nullable({ ...Id, description: 'the client with whose eyes it is sent events' }),
  officerId: Nullable({ ...Id, description: 'or the officer' }),
  url: Type.String({ maxLength: 2048 }),
  types: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200 }),
  description: Nullable(Type.String({ maxLength: 500 })),
  state: State,
  disabledReason: Nullable(Literals(enumValues('webhook-disabled-reasons'))),
  publicKey: Type.String({ maxLength: 64, description: '`whpk_…`, verifies the signatures `v1a`' }),
  formerSecretUntil: Nullable({ ...Instant, description: 'until then the former secret signs along' }),
  challenge: Closed({
    tries: Count,
    nextAt: Nullable({ ...Instant, description: 'when the address is asked next; null: not any more' }),
    outcome: Nullable(Outcome),
  }),
  throttledUntil: Nullable({ ...Instant, description: 'nothing is sent before, as the receiver asked' }),
  failingSince: Nullable({ ...Instant, description: 'failures only since then; after five days it is disabled' }),
  lastDeliveredAt: Nullable(Instant),
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant,
};

export const EndpointView = named('WebhookEndpoint', Closed(shown));
export const EndpointPage = pageOf('WebhookEndpointPage', EndpointView);
export const IssuedView = named(
  'WebhookEndpointWithSecret',
  Closed({
    ...shown,
    secret: Type.String({ maxLength: 100, description: '`whsec_…`, verifies the signatures `v1`; shown once' }),
  }),
);
export const EndpointInput = named(
  'WebhookEndpointInput',
  Closed({ url: Url, types: Types, description: Type.Optional(Text(500)) }),
);
export const EndpointPatch = named(
  'WebhookEndpointPatch',
  Closed({
    url: Type.Optional(Url),
    types: Type.Optional(Types),
    description: Type.Optional(Nullable(Text(500))),
    state: Type.Optional(Literals(['disabled'] as const, 'disables it; `activation` asks the address again')),
  }),
);
export const EndpointQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(State),
  type: Type.Optional(TypeName),
});
export const ActivationBody = named(
  'WebhookActivation',
  Closed({
    challenge: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'as the address was sent it; without it, it is asked again',
      }),
    ),
  }),
);

export const DeliveryView = named(
  'WebhookDelivery',
  Closed({
    id: Id,
    eventId: Nullable({ ...Id, description: '`webhook-id` and id of the event; null for a test, whose own id it is' }),
    type: Type.String({ maxLength: 100 }),
    state: Literals(enumValues('webhook-delivery-states')),
    tries: Count,
    nextAt: Nullable(Instant),
    attempts: Type.Array(
      Closed({
        at: Instant,
        outcome: Outcome,
        status: Nullable(Type.Integer({ minimum: 100, maximum: 999 })),
        ms: Count,
      }),
      { maxItems: 30, description: 'newest last; of an answer the status is kept and nothing else' },
    ),
    createdAt: Instant,
    deliveredAt: Nullable(Instant),
  }),
);
export const DeliveryPage = pageOf('WebhookDeliveryPage', DeliveryView);
export const DeliveryQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(enumValues('webhook-delivery-states'))),
  type: Type.Optional(Type.String({ pattern: '^[a-z_]+\\.[a-z_]+$', maxLength: 100 })),
});
export const DeliveryParams = Closed({ id: Id, deliveryId: Id });
export const RecoveryBody = named(
  'WebhookRecovery',
  Closed({
    since: Instant,
    until: Type.Optional(Instant),
    includeDelivered: Type.Optional(
      Type.Boolean({ default: false, description: 'also what was delivered: replays the range' }),
    ),
  }),
);
export const RecoveryView = named(
  'WebhookRecoveryResult',
  Closed({ queued: { ...Count, description: 'deliveries sent again; events that had none follow by themselves' } }),
);

const iso = (at: Date | null) => at?.toISOString() ?? null;

export function toEndpointView(row: ListedRow<EndpointRow>): Static<typeof EndpointView> {
  return {
    id: row.id,
    agencyId: row.agencyId,
    clientId: row.clientId,
    officerId: row.officerId,
    url: row.url,
    types: row.types,
    description: row.description,
    state: row.state === 'removed' ? 'disabled' : row.state,
    disabledReason: row.disabledReason,
    publicKey: row.publicKey,
    formerSecretUntil: iso(row.formerUntil),
    challenge: { tries: row.challengeTries, nextAt: iso(row.challengeAt), outcome: row.challengeOutcome },
    throttledUntil: iso(row.throttledUntil),
    failingSince: iso(row.failingSince),
    lastDeliveredAt: iso(row.lastDeliveredAt),
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toDeliveryView(row: DeliveryRow): Static<typeof DeliveryView> {
  const { id, eventId, type, state, tries, attempts } = row;
  return {
    ...{ id, eventId, type, state, tries },
    nextAt: iso(row.dueAt),
    attempts: [...attempts],
    createdAt: row.createdAt.toISOString(),
    deliveredAt: iso(row.deliveredAt),
  };
}
