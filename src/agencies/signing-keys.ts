// The keys that sign access tokens: published before they sign, verifying until their last token has expired, then gone (S-05).
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { decrypt, encrypt } from '../platform/crypto/suite.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Pool } from '../platform/db/client.ts';

export const TOKEN_LIFE_SECONDS = 3600;
/** Others keep our key set for five minutes at most, and may begin just before the new key is there. */
const PUBLISHED_BEFORE_SECONDS = 600;
/** How old what this process knows of the keys may be: a revoked key ends within five seconds on every replica. */
const KNOWN_MS = 4500;
const NO_KEY = '00000000-0000-0000-0000-000000000002';

type Imported = Awaited<ReturnType<typeof importJWK>>;
/** A public key as it is published (RFC 7517). */
export type PublicKey = { kid: string; kty: 'EC'; crv: 'P-256'; x: string; y: string; alg: 'ES256'; use: 'sig' };

type KeyRow = { kid: string; public_jwk: JWK; private_sealed: Buffer | null; begun: boolean; good: boolean };
const place = (kid: string) => `signing_keys|private|${kid}`;

/** A key is good until the tokens of its last second have expired: an hour, and what clocks may differ. */
const KEYS = `
  select kid, public_jwk, private_sealed, signs_from <= clock_timestamp() as begun, revoked_at is null
    and coalesce(next_from + interval '${TOKEN_LIFE_SECONDS + 60} seconds' > clock_timestamp(), true) as good
  from (select *, lead(signs_from) over (partition by revoked_at is null order by signs_from, created_at, kid) as next_from
    from signing_keys) k
  order by signs_from desc, created_at desc, kid desc`;

const readKeys = (pool: Pool) => pool.query<KeyRow>(KEYS);

async function addKey(pool: Pool, keyring: Keyring, afterSeconds: number): Promise<string> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = createHash('sha256').update(JSON.stringify(publicJwk)).digest('base64url').slice(0, 16);
  const privateJwk = Buffer.from(JSON.stringify(await exportJWK(pair.privateKey)));
  const sealed = encrypt(NO_KEY, keyring.service('token'), place(kid), privateJwk, keyring.suite);
  await pool.query(
    `insert into signing_keys (kid, public_jwk, private_sealed, signs_from)
     values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4)) on conflict do nothing`,
    [kid, JSON.stringify(publicJwk), sealed, afterSeconds],
  );
  return kid;
}

export type Rotation = { kid: string; signsAfterSeconds: number; revoked: number };

/** `compromised`: the new key signs at once and no other is good any more; whoever holds a token needs a new one. */
export async function rotateSigningKey(pool: Pool, keyring: Keyring, compromised = false): Promise<Rotation> {
  const signsAfterSeconds = compromised ? 0 : PUBLISHED_BEFORE_SECONDS;
  const kid = await addKey(pool, keyring, signsAfterSeconds);
  const revoked = compromised
    ? await pool.query(
        `update signing_keys set revoked_at = clock_timestamp(), private_sealed = null
         where kid <> $1 and revoked_at is null returning kid`,
        [kid],
      )
    : [];
  return { kid, signsAfterSeconds, revoked: revoked.length };
}

/** Destroys the private half of keys that are no longer good; the public one still verifies receipts signed earlier. */
export async function destroyRetiredKeys(pool: Pool): Promise<void> {
  const retired = (await readKeys(pool)).filter((row) => !row.good && row.private_sealed).map((row) => row.kid);
  if (retired.length > 0)
    await pool.query('update signing_keys set private_sealed = null where kid = any($1::text[])', [retired]);
}

const published = ({ kid, public_jwk: { x = '', y = '' } }: KeyRow): PublicKey => ({
  kid,
  kty: 'EC',
  crv: 'P-256',
  x,
  y,
  alg: 'ES256',
  use: 'sig',
});

export type SigningKeys = {
  /** The key that signs now. */
  current(): Promise<{ kid: string; key: Imported }>;
  /** The key of that name, while it is good. */
  find(kid: string | undefined): Promise<Imported | undefined>;
  published(): Promise<PublicKey[]>;
  /** Those whose tokens have all expired: they verify receipts, never access tokens. */
  retired(): Promise<PublicKey[]>;
};

type Known = { rows: KeyRow[]; at: number };

/** Two replicas that make the first key together keep one row each and verify both. */
export async function openSigningKeys(pool: Pool, keyring: Keyring, now: () => number): Promise<SigningKeys> {
  const imported = new Map<string, Promise<Imported>>();
  const load = async (): Promise<Known> => ({ rows: await readKeys(pool), at: now() });
  let known = await load();
  let loading: Promise<Known> | undefined;
  if (known.rows.length === 0) {
    await addKey(pool, keyring, 0);
    known = await load();
  }
  const fresh = async (): Promise<KeyRow[]> => {
    if (now() - known.at < KNOWN_MS) return known.rows;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    known = await loading;
    return known.rows;
  };
  const once = (name: string, jwk: () => JWK) => {
    const key = imported.get(name) ?? importJWK(jwk(), 'ES256');
    imported.set(name, key);
    return key;
  };
  return {
    async current() {
      const row = (await fresh()).find(({ begun, good }) => begun && good);
      if (!row?.private_sealed) throw new Error('no signing key');
      const { kid, private_sealed } = row;
      const open = () => JSON.parse(decrypt(keyring.service('token'), place(kid), private_sealed).toString('utf8'));
      return { kid, key: await once(`${kid} private`, open) };
    },
    async find(kid) {
      const row = (await fresh()).find((one) => one.kid === kid && one.good);
      return row && once(row.kid, () => row.public_jwk);
    },
    published: async () => (await readKeys(pool)).filter(({ good }) => good).map(published),
    retired: async () => (await readKeys(pool)).filter(({ good }) => !good).map(published),
  };
}
