// The master key changes without touching data: each key is wrapped anew, in small batches, while the service runs (P-05).
import type { KekProvider } from '../platform/crypto/kek.ts';
import { KekError } from '../platform/crypto/kek.ts';
import { type Keyring, NEW_SERVICE_KEY, newServiceKey, servicePlace } from '../platform/crypto/keyring.ts';
import {
  type Client,
  countByKek,
  dropOldReplyKeys,
  rewrap,
  rewrapServiceKey,
  serviceKeysOf,
  wrappedByOthers,
} from './repository.ts';

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const NO_KEY_ID = FIRST_ID;

export type Rewrapped = { dataKeys: number; serviceKeys: number; left: number };

function openedBy(keks: readonly KekProvider[], kekId: string): KekProvider {
  const kek = keks.find((k) => k.id === kekId);
  if (!kek)
    throw new KekError(`A key is wrapped by ${kekId}, which is neither in KEK_FILE nor in KEK_PREVIOUS_FILE: add it.`);
  return kek;
}

async function rewrapDataKeys(client: Client, keyring: Keyring): Promise<number> {
  let done = 0;
  for (let after = FIRST_ID; ; ) {
    const keys = await wrappedByOthers(client, keyring.kekId, after);
    const last = keys.at(-1);
    if (!last) return done;
    const next = keys.map(({ id, wrapped: from }) => ({
      id,
      from,
      to: keyring.wrap(id, keyring.unwrap(from).export()),
    }));
    done += await rewrap(client, { id: keyring.kekId, suite: keyring.suite }, next);
    after = last.id;
  }
}

/** `keks`: the first wraps from now on. `left` counts what a service that still runs with the former key has wrapped meanwhile. */
export async function rotateKek(client: Client, keyring: Keyring, keks: readonly KekProvider[]): Promise<Rewrapped> {
  for (const kekId of (await countByKek(client)).keys()) openedBy(keks, kekId);
  const [kek] = keks;
  let serviceKeys = 0;
  for (const row of await serviceKeysOf(client)) {
    if (!kek || row.kek_id === kek.id) continue;
    const place = servicePlace(row.name, row.generation);
    const key = openedBy(keks, row.kek_id).unwrap(place, row.wrapped);
    await rewrapServiceKey(client, kek.id, row, kek.wrap(NO_KEY_ID, place, key, keyring.suite));
    serviceKeys += 1;
  }
  const dataKeys = await rewrapDataKeys(client, keyring);
  const counts = await countByKek(client);
  const left = [...counts].reduce((sum, [kekId, n]) => sum + (kekId === keyring.kekId ? 0 : n), 0);
  return { dataKeys, serviceKeys, left };
}

/** What a key of the service seals or signs goes on with a new one; the former opens what is there. */
export const ROTATABLE = ['reply', 'cursor'] as const;

export async function rotateServiceKeys(client: Client, kek: KekProvider, { suite }: Keyring): Promise<string[]> {
  const rows = await serviceKeysOf(client);
  for (const name of ROTATABLE) {
    const newest = Math.max(...rows.filter((row) => row.name === name).map((row) => row.generation));
    await client.query(NEW_SERVICE_KEY, newServiceKey(kek, name, newest + 1, suite));
  }
  await dropOldReplyKeys(client);
  return [...ROTATABLE];
}
