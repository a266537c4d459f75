// Data keys are replaced while the service runs (P-05, ADR 0018): retire, wait, seal anew, wait, remove. Each step may be repeated, so a
// run that was killed goes on where it stood, and no ciphertext is ever without its key.
import type { KeyObject } from 'node:crypto';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { newKeyBytes } from '../platform/crypto/secret.ts';
import { decrypt, encrypt } from '../platform/crypto/suite.ts';
import { pause } from '../platform/pause.ts';
import {
  beginRotation,
  type Client,
  endRotation,
  type KeyColumn,
  keysToRetire,
  type Page,
  pageOf,
  primaryKeyOf,
  putSealed,
  type Replacement,
  removeRetired,
  replaceKeys,
  runningTransactions,
  sealedInDatabase,
  waitForDisk,
} from './repository.ts';
import { type SealedColumn, sealedColumns, serviceSealed } from './sealed.ts';

export type Work = { client: Client; keyring: Keyring; newId: () => string; say: (line: string) => void };

export type Rotated = { replaced: number; sealed: number; removed: number; kept: number; resumed: boolean };

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** A column that no list names would lose its key: nothing is begun then. */
export async function refuseUnlisted(client: Client): Promise<void> {
  const listed = new Set([...sealedColumns, ...serviceSealed].map((c) => `${c.table}.${c.column}`));
  const found = (await sealedInDatabase(client)).map((c) => `${c.table}.${c.column}`);
  const unlisted = found.filter((name) => !listed.has(name));
  if (unlisted.length > 0) throw new Error(`columns that no list of sealed ones names: ${unlisted.join(', ')}`);
}

/** Until every transaction that runs now has ended: what began later sees what was committed before. */
async function waitForOthers(client: Client): Promise<void> {
  const former = await runningTransactions(client);
  while (former.size > 0) {
    await pause(20);
    const running = await runningTransactions(client);
    for (const id of former) if (!running.has(id)) former.delete(id);
  }
}

async function retire({ client, keyring, newId }: Work, run: string): Promise<number> {
  let replaced = 0;
  for (let after = FIRST_ID; ; ) {
    const keys = await keysToRetire(client, run, after);
    const last = keys.at(-1);
    if (!last) return replaced;
    const next: Replacement[] = keys.map(({ id: former }) => {
      const id = newId();
      return { former, id, wrapped: keyring.wrap(id, newKeyBytes()) };
    });
    replaced += await replaceKeys(client, keyring, next);
    after = last.id;
  }
}

/** Keys of one pass, each unwrapped once. */
function opener(keyring: Keyring) {
  const known = new Map<string, KeyObject>();
  return (id: string, wrapped: Buffer): KeyObject => {
    const key = known.get(id) ?? keyring.unwrap(wrapped);
    if (known.size > 20_000) known.clear();
    known.set(id, key);
    return key;
  };
}
type Opener = ReturnType<typeof opener>;

function sealAnew(keyring: Keyring, open: Opener, { table, place }: SealedColumn, page: Page): Buffer | undefined {
  const { sealed, key_id, wrapped, next_id, next_wrapped, row_id } = page;
  // Without a present key the owner was erased: there is nothing to save.
  if (!sealed || !wrapped || !next_id || !next_wrapped) return undefined;
  const where = `${table}|${place}|${row_id}`;
  const plain = decrypt(open(key_id, wrapped), where, sealed);
  return encrypt(next_id, open(next_id, next_wrapped), where, plain, keyring.suite);
}

/** One statement a row, each with a lock of its own, sent together: no writer waits longer than one of them lasts. */
const TOGETHER = 25;

async function passColumn(work: Work, open: Opener, column: SealedColumn, pk: readonly KeyColumn[]): Promise<number> {
  const { client, keyring } = work;
  let found = 0;
  for (let after: string[] | undefined; ; ) {
    const pages = await pageOf(client, column, pk, after, true);
    const last = pages.at(-1);
    if (!last) return found;
    const stale = pages.flatMap((page) => {
      const next = sealAnew(keyring, open, column, page);
      return next ? [{ page, next }] : [];
    });
    for (let at = 0; at < stale.length; at += TOGETHER) {
      const batch = stale.slice(at, at + TOGETHER);
      const settled = await Promise.allSettled(batch.map((s) => putSealed(client, column, pk, s.page, s.next)));
      const failed = settled.find((s) => s.status === 'rejected' && !isBusy(s.reason));
      if (failed?.status === 'rejected') throw failed.reason;
      // The loop of the event queue is the service's too where both are one process.
      await pause(0);
    }
    found += stale.length;
    after = last.key;
  }
}

/** A row that somebody holds is found again by the next pass. */
const isBusy = (error: unknown) => ['55P03', '40P01'].includes(String((error as { code?: string }).code));

async function pass(work: Work, kind: string | null): Promise<number> {
  const open = opener(work.keyring);
  let found = 0;
  for (const column of sealedColumns) {
    if (kind !== null && column.owner !== kind) continue;
    found += await passColumn(work, open, column, await primaryKeyOf(work.client, column.table));
  }
  return found;
}

/** Passes until one finds nothing, with all earlier transactions ended before each: then nobody holds an old ciphertext any more. */
async function sealEverything(work: Work, kind: string | null): Promise<number> {
  let sealed = 0;
  for (let quiet = 0; quiet < 2; ) {
    await waitForOthers(work.client);
    const found = await pass(work, kind);
    sealed += found;
    quiet = found === 0 ? quiet + 1 : 0;
  }
  await waitForOthers(work.client);
  return sealed;
}

/** New data keys for all owners of a kind (null: of every kind), and everything under the former ones sealed anew. */
export async function rotateDataKeys(work: Work, kind: string | null): Promise<Rotated> {
  const { client, say } = work;
  await refuseUnlisted(client);
  const run = await beginRotation(client, { id: work.newId(), kind });
  if (run.resumed) say('An interrupted run goes on.');
  const replaced = await retire(work, run.id);
  say(`${replaced} data keys replaced; sealing anew.`);
  await waitForDisk(client, false);
  const sealed = await sealEverything(work, run.kind);
  await waitForDisk(client, true);
  const { removed, kept } = await removeRetired(client);
  await endRotation(client, run.id);
  return { replaced, sealed, removed, kept, resumed: run.resumed };
}
