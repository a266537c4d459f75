// Agencies, their officers and clients, and the keys that sign access tokens.
import { bigint, boolean, date, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { AgencyKind, AgencyLevel } from '../kernel/actor.ts';
import { bytea } from '../platform/crypto/table.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const agencies = pgTable('agencies', {
  id: uuid().primaryKey(),
  code: text().notNull().unique(),
  name: text().notNull(),
  nameEn: text('name_en').notNull(),
  kind: text().$type<AgencyKind>().notNull(),
  level: text().$type<AgencyLevel>().notNull(),
  regionCode: text('region_code').notNull(),
  parentId: uuid('parent_id'),
  successorId: uuid('successor_id'),
  orgShort: text('org_short'),
  decisionNumberTemplate: text('decision_number_template'),
  validFrom: date('valid_from', { mode: 'string' }),
  validTo: date('valid_to', { mode: 'string' }),
  state: text().$type<'active' | 'suspended'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const officers = pgTable('officers', {
  id: uuid().primaryKey(),
  agencyId: uuid('agency_id').notNull(),
  code: text().notNull().unique(),
  name: text().notNull(),
  personKey: text('person_key').notNull(),
  roles: text().array().notNull(),
  state: text().$type<'active' | 'suspended'>().notNull().default('active'),
  /** During an absence the substitute finds the officer's work items among their own. */
  absentFrom: date('absent_from', { mode: 'string' }),
  absentUntil: date('absent_until', { mode: 'string' }),
  substituteOfficerId: uuid('substitute_officer_id'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const clients = pgTable('clients', {
  id: uuid().primaryKey(),
  agencyId: uuid('agency_id').notNull(),
  name: text().notNull(),
  roles: text().array().notNull(),
  secretHash: bytea('secret_hash').notNull(),
  secretExpiresAt: instant('secret_expires_at').notNull(),
  /** Still good while the client's systems change over (S-09). */
  previousSecretHash: bytea('previous_secret_hash'),
  previousSecretExpiresAt: instant('previous_secret_expires_at'),
  secretUsedAt: instant('secret_used_at'),
  /** Its tokens are bound to this certificate (RFC 8705), base64url of SHA-256. */
  certificateThumbprint: text('certificate_thumbprint'),
  /** Tokens of an earlier generation are good no longer. */
  generation: integer().notNull().default(1),
  state: text().$type<'active' | 'suspended'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const signingKeys = pgTable('signing_keys', {
  kid: text().primaryKey(),
  publicJwk: jsonb('public_jwk').$type<Record<string, unknown>>().notNull(),
  privateSealed: bytea('private_sealed'),
  createdAt: instant('created_at').notNull().defaultNow(),
  /** Published before; from here on it signs. */
  signsFrom: instant('signs_from').notNull().defaultNow(),
  revokedAt: instant('revoked_at'),
});

/** One row: how often the directory of agencies has changed. */
export const directoryEditions = pgTable('directory_editions', {
  singleton: boolean().primaryKey().default(true),
  edition: bigint({ mode: 'number' }).notNull(),
});
