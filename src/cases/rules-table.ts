// Rules that decisions are held against, entered by the administrator: wage standards and tiers of approval (domain §7, ADR 0028).
import { bigint, boolean, date, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { EnumValue } from '../reference/enums.ts';

const fen = (name: string) => bigint(name, { mode: 'bigint' });
const day = (name: string) => date(name, { mode: 'string' });
const instant = (name: string) => timestamp(name, { withTimezone: true });

export const assistanceStandards = pgTable('assistance_standards', {
  id: uuid().primaryKey(),
  regionCode: text('region_code').notNull(),
  /** The year that the wage was earned in; a decision uses the latest year published by its day. */
  year: integer().notNull(),
  series: text().$type<EnumValue<'wage-series'>>().notNull(),
  version: integer().notNull(),
  annualFen: fen('annual_fen').notNull(),
  capMonths: integer('cap_months').notNull(),
  advanceMonths: integer('advance_months').notNull(),
  advanceMaxMonths: integer('advance_max_months').notNull(),
  publishedOn: day('published_on').notNull(),
  basis: text().notNull(),
  /** Null = came with the sandbox. */
  recordedBy: uuid('recorded_by'),
  createdAt: instant('created_at').notNull(),
});

export const approvalTiers = pgTable('approval_tiers', {
  id: uuid().primaryKey(),
  /** Null = every procuratorate. */
  agencyId: uuid('agency_id'),
  aboveFen: fen('above_fen').notNull(),
  approvers: integer().notNull(),
  committee: boolean().notNull(),
  levelsAbove: integer('levels_above').notNull(),
  validFrom: day('valid_from').notNull(),
  validTo: day('valid_to'),
  basis: text().notNull(),
  recordedBy: uuid('recorded_by'),
  createdAt: instant('created_at').notNull(),
});
