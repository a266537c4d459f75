// The key ring: service keys (blind indexes, stored replies, cursors) and data keys, wrapped by a key-encryption key (P-03, ADR 0018).
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Pool } from '../db/client.ts';
import { KekError, type KekProvider, localKek } from './kek.ts';
import { DEFAULT_SUITE, hashOf, type SuiteId } from './suite.ts';
import { createKeyUses, type KeyUses } from './uses.ts';

export { KekError, loadKek } from './kek.ts';

export const SERVICE_KEYS = ['index.id_number', 'index.phone', 'reply', 'cursor', 'token'] as const;
export type ServiceKey = (typeof SERVICE_KEYS)[number];

/** A service key may have several generations: the newest is used, the others still open what they have sealed or signed. */
export type Generation = { id: string; key: KeyObject };

export type Keyring = {
  /** Of new ciphertexts; every suite can be read at any time. */
  suite: SuiteId;
  kekId: string;
  wrap(keyId: string, key: Buffer): Buffer;
  unwrap(wrapped: Buffer): KeyObject;
  /** The generation in use. */
  service(name: ServiceKey): KeyObject;
  /** All of them, the one in use first. */
  generations(name: ServiceKey): readonly Generation[];
  /** The hash under the blind indexes of this database: chosen when their key was made, never mixed. */
  indexHash: 'sha256' | 'sm3';
  /** Counts every encryption under a data key, the key of replies and the master key. */
  uses: KeyUses;
  /** Begins a new key of stored replies where the present one is a week old, and drops those that no reply needs any more. */
  renewReplies(pool: Pool): Promise<void>;
  /** Looks for generations that came since, and at what other processes have counted. */
  refresh(pool: Pool): Promise<void>;
};

const NO_KEY_ID = '00000000-0000-0000-0000-000000000000';
/** Of the first generation, as it stands in replies of databases that have no other. */
const FIRST = 1;

/** In the header of what a generation has sealed. */
const generationId = (generation: number) => `00000000-0000-0000-0000-${String(generation).padStart(12, '0')}`;

/** Each under its own name: a wrapped key that was moved to another row does not open. */
export const servicePlace = (name: string, generation: number) =>
  `keyring.service_keys|wrapped|${name}${generation === FIRST ? '' : `|${generation}`}`;
export const dataKeyPlace = (kekId: string) => `keyring|wrapped|${kekId}`;

export const NEW_SERVICE_KEY = `insert into keyring.service_keys (name, generation, kek_id, wrapped, hash)
  select $1, $2, $3, $4, $5
  where not exists (select from keyring.service_keys where name = $1 and generation >= $2) on conflict do nothing`;

export function newServiceKey(kek: KekProvider, name: string, generation: number, suite: SuiteId): unknown[] {
  const wrapped = kek.wrap(NO_KEY_ID, servicePlace(name, generation), randomBytes(32), suite);
  return [name, generation, kek.id, wrapped, hashOf(suite)];
}

const NEWEST_REPLY = `select max(generation)::int as generation, max(created_at) < now() - interval '7 days' as due
  from keyring.service_keys where name = 'reply'`;

type Row = { name: string; generation: number; kek_id: string; wrapped: Buffer; hash: 'sha256' | 'sm3' };

/** A new generation rests for a minute, in which every process comes to know it (`refresh`). */
const KEYS = `select name, generation, kek_id, wrapped, hash from keyring.service_keys
  order by (generation = ${FIRST} or created_at < now() - interval '60 s') desc, generation desc`;

/** `keks`: the first wraps, the others still open; a KekError where a key was wrapped by none of them. */
async function readServiceKeys(pool: Pool, keks: readonly KekProvider[]) {
  const keys = new Map<string, Generation[]>();
  let indexHash: Row['hash'] = 'sha256';
  for (const row of await pool.query<Row>(KEYS)) {
    const kek = keks.find((k) => k.id === row.kek_id);
    if (!kek)
      throw new KekError(
        'KEK_FILE is not the key this database was encrypted with: give the file it was first started with.',
      );
    const key = createSecretKey(kek.unwrap(servicePlace(row.name, row.generation), row.wrapped));
    if (row.name.startsWith('index.')) indexHash = row.hash;
    keys.set(row.name, [...(keys.get(row.name) ?? []), { id: generationId(row.generation), key }]);
  }
  return { keys, indexHash };
}

const USES = 'select key, used::float8 as used from keyring.key_uses';
const ADD_USES = 'select add_key_uses($1, $2)::float8 as used';

/** Small steps of many processes, kept apart from what they seal: whether a write ends in a ROLLBACK, its nonces were drawn. */
async function openUses(pool: Pool) {
  const keep = async (key: string, more: number) =>
    (await pool.query<{ used: number }>(ADD_USES, [key, more]))[0]?.used ?? more;
  const uses = createKeyUses(keep);
  const learn = async (from: Pool) => {
    const rows = await from.query<{ key: string; used: number }>(USES);
    uses.learn(rows.map(({ key, used }) => [key, used] as const));
  };
  await learn(pool);
  return { uses, learn };
}

/** Data keys name the key that has wrapped them in what is authenticated, so only that one opens them. */
function unwrapWith(keks: readonly KekProvider[], wrapped: Buffer): Buffer {
  let failure: unknown;
  for (const kek of keks) {
    try {
      return kek.unwrap(dataKeyPlace(kek.id), wrapped);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** Loads the service keys, making those that are absent; two replicas starting at once agree through the primary key. */
export async function openKeyring(
  pool: Pool,
  given: Buffer | readonly Buffer[],
  suite: SuiteId = DEFAULT_SUITE,
): Promise<Keyring> {
  const keks = (Buffer.isBuffer(given) ? [given] : given).map(localKek);
  const [kek] = keks;
  if (!kek) throw new KekError('KEK_FILE is missing.');
  for (const name of SERVICE_KEYS) await pool.query(NEW_SERVICE_KEY, newServiceKey(kek, name, FIRST, suite));
  let { keys, indexHash } = await readServiceKeys(pool, keks);
  const { uses, learn } = await openUses(pool);
  const generations = (name: ServiceKey) => {
    const known = keys.get(name);
    if (!known) throw new Error(`service key ${name} is missing`);
    return known;
  };
  return {
    suite,
    kekId: kek.id,
    uses,
    wrap(keyId, key) {
      uses.count(`kek|${kek.id}`);
      return kek.wrap(keyId, dataKeyPlace(kek.id), key, suite);
    },
    unwrap: (wrapped) => createSecretKey(unwrapWith(keks, wrapped)),
    service: (name) => (generations(name)[0] as Generation).key,
    generations,
    get indexHash() {
      return indexHash;
    },
    async renewReplies(from) {
      const [newest] = await from.query<{ generation: number; due: boolean }>(NEWEST_REPLY);
      if (newest?.due) await from.query(NEW_SERVICE_KEY, newServiceKey(kek, 'reply', newest.generation + 1, suite));
      await from.query('select drop_reply_keys()');
    },
    async refresh(from) {
      ({ keys, indexHash } = await readServiceKeys(from, keks));
      await learn(from);
    },
  };
}

/** Keyed blind index (P-06): equality search without the value; the id space is small, so everything rests on the key. */
export function blindIndex(keyring: Keyring, field: 'id_number' | 'phone', normalised: string): Buffer {
  return createHmac(keyring.indexHash, keyring.service(`index.${field}`))
    .update(normalised)
    .digest();
}
