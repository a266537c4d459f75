// The vault of a transaction: seals and opens personal fields with the data key of their owner (person or record).
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { DataKey, Place, Tx, Vault } from '../db/context.ts';
import { insertRows, prepared } from '../db/prepared.ts';
import { blindIndex, type Keyring } from './keyring.ts';
import { decrypt, encrypt, hashOf, keyIdOf } from './suite.ts';
import { dataKeys } from './table.ts';

export type { Keyring } from './keyring.ts';

const placeText = (p: Place) => `${p.table}|${p.column}|${p.rowId}`;

export function createVault(keyring: Keyring, tx: Tx): Vault {
  const known = new Map<string, KeyObject>();
  const owned = new Map<string, DataKey>();
  const seal = (key: DataKey, place: Place, text: string) => {
    keyring.uses.count(key.id);
    return encrypt(key.id, key.key, placeText(place), Buffer.from(text, 'utf8'), keyring.suite);
  };

  async function newKey(ownerKind: string, ownerId: string): Promise<DataKey> {
    const bytes = randomBytes(32);
    const made = { id: tx.newId(), key: createSecretKey(bytes) };
    owned.set(`${ownerKind}|${ownerId}`, made);
    known.set(made.id, made.key);
    const wrapped = keyring.wrap(made.id, bytes);
    const row = { id: made.id, ownerKind, ownerId, suite: keyring.suite, kekId: keyring.kekId, wrapped };
    tx.later(insertRows(tx.db, dataKeys, [row]));
    return made;
  }

  function hold(keys: readonly { id: string; wrapped: Buffer }[]): void {
    for (const key of keys) known.set(key.id, keyring.unwrap(key.wrapped));
  }

  async function load(ids: string[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !known.has(id));
    if (missing.length === 0) return;
    const rows = await prepared(tx.db, 'keys', (db, name) =>
      db
        .select({ id: dataKeys.id, wrapped: dataKeys.wrapped })
        .from(dataKeys)
        .where(sql`${dataKeys.id} = any(${sql.placeholder('ids')}::uuid[])`)
        .prepare(name),
    ).execute({ ids: missing });
    hold(rows);
  }

  return {
    hash: hashOf(keyring.suite),
    newKey,
    seal,
    hold,
    async keyFor(ownerKind, ownerId) {
      const mine = owned.get(`${ownerKind}|${ownerId}`);
      if (mine) return mine;
      const [row] = await prepared(tx.db, 'key_of', (db, name) =>
        db
          .select({ id: dataKeys.id, wrapped: dataKeys.wrapped })
          .from(dataKeys)
          .where(
            and(
              eq(dataKeys.ownerKind, sql.placeholder('ownerKind')),
              eq(dataKeys.ownerId, sql.placeholder('ownerId')),
              isNull(dataKeys.retiredAt),
            ),
          )
          .prepare(name),
      ).execute({ ownerKind, ownerId });
      if (!row) return newKey(ownerKind, ownerId);
      const key = known.get(row.id) ?? keyring.unwrap(row.wrapped);
      known.set(row.id, key);
      const found = { id: row.id, key };
      owned.set(`${ownerKind}|${ownerId}`, found);
      return found;
    },
    sealOptional: (key, place, text) => (text === null || text === undefined ? null : seal(key, place, text)),
    async open(fields) {
      await load(fields.flatMap((f) => (f.data ? [keyIdOf(f.data)] : [])));
      return fields.map((f) => {
        const key = f.data ? known.get(keyIdOf(f.data)) : undefined;
        return f.data && key ? decrypt(key, placeText(f.place), f.data).toString('utf8') : null;
      });
    },
    index: (field, normalised) => blindIndex(keyring, field, normalised),
  };
}
