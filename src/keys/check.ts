// Opens every ciphertext where it stands: 0 unreadable and 0 lost is what a rotation, a restore and a new machine are measured by (P-05).
import type { KeyObject } from 'node:crypto';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { decrypt, keyIdOf } from '../platform/crypto/suite.ts';
import {
  type Client,
  erasedIds,
  type KeyColumn,
  type Page,
  pageOf,
  primaryKeyOf,
  repliesOf,
  rowsNaming,
} from './repository.ts';
import { refuseUnlisted } from './rotation.ts';
import { type SealedColumn, sealedColumns } from './sealed.ts';

export type Checked = {
  /** Opened, of each column. */
  opened: Record<string, number>;
  total: number;
  /** Their key was destroyed by an erasure that is on record. */
  erased: number;
  /** Column and primary key of what has no key, and no erasure that would explain it. */
  lost: string[];
  /** Column and primary key. */
  unreadable: string[];
  /** By the first two bytes. */
  suites: Record<string, number>;
};

function openOne(keyring: Keyring, known: Map<string, KeyObject>, column: SealedColumn, page: Page): boolean {
  const { sealed, wrapped, key_id, row_id } = page;
  if (!sealed || !wrapped) return false;
  try {
    const key = known.get(key_id) ?? keyring.unwrap(wrapped);
    known.set(key_id, key);
    decrypt(key, `${column.table}|${column.place}|${row_id}`, sealed);
    return true;
  } catch {
    return false;
  }
}

/** Whose keys no erasure touches. */
const NEVER_ERASED: readonly string[] = ['fund', 'legal_hold', 'break_glass_grant', 'webhook_endpoint'];

/** A text without a key: what an erasure on record has destroyed, and what is lost. */
async function noteKeyless(
  client: Client,
  column: SealedColumn,
  pk: readonly KeyColumn[],
  keyless: readonly Page[],
  checked: Checked,
): Promise<void> {
  if (keyless.length === 0) return;
  const keys = keyless.map((page) => page.key);
  const ids = NEVER_ERASED.includes(column.owner) ? [] : await erasedIds(client);
  const named = await rowsNaming(client, column, pk, keys, ids);
  const erased = new Set(named.map((key) => key.join('/')));
  checked.erased += erased.size;
  for (const key of keys.map((parts) => parts.join('/')))
    if (!erased.has(key)) checked.lost.push(`${column.table}.${column.column} ${key}`);
}

async function checkColumn(client: Client, keyring: Keyring, column: SealedColumn, checked: Checked): Promise<void> {
  const name = `${column.table}.${column.column}`;
  const pk = await primaryKeyOf(client, column.table);
  const known = new Map<string, KeyObject>();
  checked.opened[name] = 0;
  for (let after: string[] | undefined; ; ) {
    const pages = await pageOf(client, column, pk, after, false);
    for (const page of pages) {
      if (!page.wrapped) continue;
      if (openOne(keyring, known, column, page)) {
        checked.opened[name] = (checked.opened[name] ?? 0) + 1;
        checked.total += 1;
        const suite = page.sealed?.toString('latin1', 0, 2) ?? '';
        checked.suites[suite] = (checked.suites[suite] ?? 0) + 1;
      } else checked.unreadable.push(`${name} ${page.key.join('/')}`);
    }
    await noteKeyless(
      client,
      column,
      pk,
      pages.filter((page) => !page.wrapped),
      checked,
    );
    after = pages.at(-1)?.key;
    if (!after) return;
    if (known.size > 20_000) known.clear();
  }
}

export async function checkSealed(client: Client, keyring: Keyring): Promise<Checked> {
  await refuseUnlisted(client);
  const checked: Checked = { opened: {}, total: 0, erased: 0, lost: [], unreadable: [], suites: {} };
  for (const column of sealedColumns) await checkColumn(client, keyring, column, checked);
  for (const { scope, key, reply } of await repliesOf(client)) {
    const by = keyring.generations('reply').find((generation) => generation.id === keyIdOf(reply));
    try {
      if (!by) throw new Error('no key');
      decrypt(by.key, `idempotency_keys|reply|${scope}|${key}`, reply);
      checked.total += 1;
    } catch {
      checked.unreadable.push(`idempotency_keys.reply ${scope}`);
    }
  }
  return checked;
}
