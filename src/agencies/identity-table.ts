// Keys of clients and officers, grants of roles, spent assertions and counted failures (ADR 0016).
import { integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { AssertionAlgorithm, PublicJwk } from './jws.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const clientKeys = pgTable('client_keys', {
  id: uuid().primaryKey(),
  clientId: uuid('client_id').notNull(),
  thumbprint: text().notNull(),
  publicJwk: jsonb('public_jwk').$type<PublicJwk>().notNull(),
  algorithm: text().$type<AssertionAlgorithm>().notNull(),
  expiresAt: instant('expires_at').notNull(),
  removedAt: instant('removed_at'),
  /** From here on it speaks; registered by one person, let in by another. */
  confirmedAt: instant('confirmed_at'),
  createdAt: instant('created_at').notNull(),
});

export const officerCredentials = pgTable('officer_credentials', {
  id: uuid().primaryKey(),
  officerId: uuid('officer_id').notNull(),
  kind: text().$type<'key' | 'external_subject'>().notNull(),
  thumbprint: text(),
  publicJwk: jsonb('public_jwk').$type<PublicJwk>(),
  algorithm: text().$type<AssertionAlgorithm>(),
  issuer: text(),
  subject: text(),
  state: text().$type<'proposed' | 'active' | 'removed'>().notNull(),
  proposedByOfficerId: uuid('proposed_by_officer_id'),
  proposedByPersonKey: text('proposed_by_person_key'),
  confirmedByOfficerId: uuid('confirmed_by_officer_id'),
  expiresAt: instant('expires_at').notNull(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const roleGrants = pgTable('role_grants', {
  id: uuid().primaryKey(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id'),
  clientId: uuid('client_id'),
  /** The key that speaks for the client from the confirmation on. */
  clientKeyId: uuid('client_key_id'),
  roles: text().array().notNull(),
  state: text().$type<'open' | 'confirmed' | 'refused'>().notNull(),
  proposedByOfficerId: uuid('proposed_by_officer_id').notNull(),
  proposedByPersonKey: text('proposed_by_person_key').notNull(),
  decidedByOfficerId: uuid('decided_by_officer_id'),
  decidedByPersonKey: text('decided_by_person_key'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const spentAssertions = pgTable(
  'spent_assertions',
  { issuer: text().notNull(), jti: text().notNull(), expiresAt: instant('expires_at').notNull() },
  (table) => [primaryKey({ columns: [table.issuer, table.jti] })],
);

export const authFailures = pgTable(
  'auth_failures',
  {
    subject: text().notNull(),
    source: text().notNull(),
    failures: integer().notNull(),
    since: instant('since').notNull(),
  },
  (table) => [primaryKey({ columns: [table.subject, table.source] })],
);
