// Idempotency keys: a row in the same transaction as the effect; a concurrent duplicate waits on the unique index (I-01..I-05).
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { pgTable, primaryKey, smallint, text, timestamp } from 'drizzle-orm/pg-core';
import { decrypt, encrypt, keyIdOf } from '../crypto/suite.ts';
import { bytea } from '../crypto/table.ts';
import type { Keyring } from '../crypto/vault.ts';
import type { Tx, View } from './context.ts';
import { insertRows, prepared } from './prepared.ts';

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    scope: text().notNull(),
    key: text().notNull(),
    fingerprint: bytea().notNull(),
    status: smallint(),
    /** Status, headers of record and body, sealed like the personal data in them. */
    reply: bytea(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.scope, t.key] })],
);

/** `views`: who stands in the body in clear; a replay shows them again and is audited again (P-08). */
export type StoredReply = { status: number; headers: Record<string, string>; body: string; views?: readonly View[] };

export type Claim = { kind: 'claimed' } | { kind: 'stored'; fingerprint: Buffer; reply: StoredReply | null };

export type KeyUse = { scope: string; key: string; fingerprint: Buffer };

const place = (use: KeyUse) => `idempotency_keys|reply|${use.scope}|${use.key}`;

/** Claims the key or answers what is stored. Waits at most lock_timeout for one in flight (then SQLSTATE 55P03). */
export async function claimKey(tx: Tx, keyring: Keyring, use: KeyUse): Promise<Claim> {
  const [row] = await insertRows(tx.db, idempotencyKeys, [use], {
    name: 'claim',
    end: (insert) => insert.onConflictDoNothing().returning({ key: idempotencyKeys.key }),
  });
  if (row) return { kind: 'claimed' };
  const mine = and(eq(idempotencyKeys.scope, use.scope), eq(idempotencyKeys.key, use.key));
  const [stored] = await tx.db.select().from(idempotencyKeys).where(mine);
  if (!stored) return claimKey(tx, keyring, use);
  const reply = stored.reply ? openReply(keyring, use, stored.reply) : null;
  return { kind: 'stored', fingerprint: stored.fingerprint, reply };
}

/** Kept a week: the generation that has sealed it is still there. */
function openReply(keyring: Keyring, use: KeyUse, sealed: Buffer): StoredReply {
  const by = keyring.generations('reply').find((generation) => generation.id === keyIdOf(sealed));
  if (!by) throw new Error('the key of a stored reply is missing');
  return JSON.parse(decrypt(by.key, place(use), sealed).toString('utf8')) as StoredReply;
}

export async function storeReply(tx: Tx, keyring: Keyring, use: KeyUse, reply: StoredReply): Promise<void> {
  const [current] = keyring.generations('reply');
  if (!current) throw new Error('there is no key for replies');
  keyring.uses.count(`reply|${current.id}`);
  const text = Buffer.from(JSON.stringify(reply), 'utf8');
  const sealed = encrypt(current.id, current.key, place(use), text, keyring.suite);
  const update = prepared(tx.db, 'reply', (db, name) =>
    db
      .update(idempotencyKeys)
      .set({ status: sql`${sql.placeholder('status')}`, reply: sql`${sql.placeholder('sealed')}` })
      .where(and(eq(idempotencyKeys.scope, sql.placeholder('scope')), eq(idempotencyKeys.key, sql.placeholder('key'))))
      .prepare(name),
  );
  await update.execute({ status: reply.status, sealed, scope: use.scope, key: use.key });
}

/**
 * Empties the stored replies that mention somebody who is erased: the key stays, so that a repeat does nothing a second time, and
 * is told that the answer is gone. All of the last days are opened: a reply does not say in clear whom it names.
 */
export async function emptyReplies(
  tx: Tx,
  keyring: Keyring,
  mentions: (body: string) => boolean,
  instead: StoredReply,
): Promise<number> {
  let emptied = 0;
  let after = { scope: '', key: '' };
  for (;;) {
    const beyond = sql`(${idempotencyKeys.scope}, ${idempotencyKeys.key}) > (${after.scope}, ${after.key})`;
    const page = await tx.db
      .select()
      .from(idempotencyKeys)
      .where(and(beyond, isNotNull(idempotencyKeys.reply)))
      .orderBy(asc(idempotencyKeys.scope), asc(idempotencyKeys.key))
      .limit(REPLIES_AT_ONCE);
    for (const use of page) {
      if (!use.reply || !mentions(openReply(keyring, use, use.reply).body)) continue;
      await storeReply(tx, keyring, use, instead);
      emptied += 1;
    }
    const last = page.at(-1);
    if (!last || page.length < REPLIES_AT_ONCE) return emptied;
    after = { scope: last.scope, key: last.key };
  }
}

const REPLIES_AT_ONCE = 500;

/** Keys older than `days` of real time are dropped by the worker; never under seven days. */
export async function purgeKeys(tx: Tx, days: number): Promise<void> {
  await tx.db
    .delete(idempotencyKeys)
    .where(sql`${idempotencyKeys.createdAt} < now() - make_interval(days => ${Math.max(7, days)})`);
}
