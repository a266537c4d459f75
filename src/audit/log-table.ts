// The tree over all audit records (RFC 6962, A-04): its leaves in sealing order, its complete subtrees and its checkpoints.
import { bigint, boolean, integer, pgTable, primaryKey, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import { xid8 } from './table.ts';

/** One log for each epoch of the database: a sandbox that was reset has a new one. */
export const auditLogs = pgTable('audit_logs', {
  epoch: integer().primaryKey(),
  origin: text().notNull().unique(),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
});

export const auditKeys = pgTable('audit_keys', {
  keyId: text('key_id').primaryKey(),
  /** Raw public key in base64; with the origin before it a C2SP verifier key. */
  publicKey: text('public_key').notNull(),
  privateSealed: bytea('private_sealed').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

export const auditLeaves = pgTable('audit_leaves', {
  leafIndex: bigint('leaf_index', { mode: 'number' }).primaryKey(),
  recordId: uuid('record_id').notNull().unique(),
  /** Of the record: where the sealer goes on. */
  xid: xid8().notNull(),
  leafHash: bytea('leaf_hash').notNull(),
});

/** Complete subtrees above the leaves. */
export const auditNodes = pgTable(
  'audit_nodes',
  {
    level: smallint().notNull(),
    nodeIndex: bigint('node_index', { mode: 'number' }).notNull(),
    hash: bytea().notNull(),
  },
  (t) => [primaryKey({ columns: [t.level, t.nodeIndex] })],
);

export const auditCheckpoints = pgTable('audit_checkpoints', {
  treeSize: bigint('tree_size', { mode: 'number' }).primaryKey(),
  rootHash: bytea('root_hash').notNull(),
  note: text().notNull(),
  sealedAt: timestamp('sealed_at', { withTimezone: true }).notNull(),
});

/** When everything was last sealed and exported. */
export const auditSealing = pgTable('audit_sealing', {
  onlyRow: boolean('only_row').primaryKey().default(true),
  sealedAt: timestamp('sealed_at', { withTimezone: true }).notNull().defaultNow(),
});
