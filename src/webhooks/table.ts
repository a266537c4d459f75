// Webhook endpoints and their deliveries: an endpoint reads on from its position of the feed; a delivery has its schedule and lease.
import { sql } from 'drizzle-orm';
import { bigint, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { xid8 } from '../events/table.ts';
import { bytea } from '../platform/crypto/table.ts';
import type { Attempt, DeliveryState, DisabledReason, EndpointState, Outcome } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const webhookEndpoints = pgTable('webhook_endpoints', {
  id: uuid().primaryKey(),
  agencyId: uuid('agency_id').notNull(),
  clientId: uuid('client_id'),
  officerId: uuid('officer_id'),
  url: text().notNull(),
  types: text().array().notNull(),
  description: text(),
  state: text().$type<EndpointState>().notNull(),
  disabledReason: text('disabled_reason').$type<DisabledReason>(),
  secretsSealed: bytea('secrets_sealed'),
  publicKey: text('public_key').notNull(),
  formerUntil: instant('former_until'),
  feedXid: xid8('feed_xid').notNull(),
  feedPosition: bigint('feed_position', { mode: 'bigint' }).notNull(),
  challengeAt: instant('challenge_at'),
  challengeTries: integer('challenge_tries').notNull().default(0),
  challengeOutcome: text('challenge_outcome').$type<Outcome>(),
  throttledUntil: instant('throttled_until'),
  firstFailedAt: instant('first_failed_at'),
  lastFailedAt: instant('last_failed_at'),
  failingSince: instant('failing_since'),
  lastDeliveredAt: instant('last_delivered_at'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const webhookDeliveries = pgTable('webhook_deliveries', {
  id: uuid().primaryKey(),
  endpointId: uuid('endpoint_id').notNull(),
  eventId: uuid('event_id'),
  type: text().notNull(),
  state: text().$type<DeliveryState>().notNull(),
  tries: integer().notNull().default(0),
  dueAt: instant('due_at'),
  leasedUntil: instant('leased_until'),
  lastStatus: integer('last_status'),
  lastOutcome: text('last_outcome').$type<Outcome>(),
  attempts: jsonb().$type<readonly Attempt[]>().notNull().default(sql`'[]'`),
  createdAt: instant('created_at').notNull(),
  deliveredAt: instant('delivered_at'),
});
