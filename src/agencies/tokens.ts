// Access tokens: ES256 JWTs of this service (at+jwt, RFC 9068), verified once and cached by hash for at most five seconds.
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Actor } from '../kernel/actor.ts';
import { decrypt, encrypt } from '../platform/crypto/suite.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Pool } from '../platform/db/client.ts';
import type { AgencyRow, OfficerRow } from './repository.ts';
import { permissionsOf } from './roles.ts';

export const TOKEN_LIFE_SECONDS = 3600;
const CACHE_MS = 5000;
const CACHE_SIZE = 2000;
const NO_KEY = '00000000-0000-0000-0000-000000000002';

/** A public key as it is published (RFC 7517). */
export type PublicKey = { kid: string; kty: 'EC'; crv: 'P-256'; x: string; y: string; alg: 'ES256'; use: 'sig' };

export type Signer = {
  kid: string;
  sign(claims: Record<string, string>, subject: string): Promise<string>;
  /** A signed statement under the published keys; its `typ` keeps it from ever being taken for an access token. */
  attest(claims: JWTPayload, typ: `${string}-receipt+jwt`): Promise<string>;
  verify(token: string): Promise<{ sub: string; kind: string } | undefined>;
  keys(): Promise<PublicKey[]>;
};

type KeyRow = { kid: string; public_jwk: JWK; private_sealed: Buffer };
const place = (kid: string) => `signing_keys|private|${kid}`;

function readKeys(pool: Pool): Promise<KeyRow[]> {
  return pool.query<KeyRow>('select kid, public_jwk, private_sealed from signing_keys order by created_at desc, kid');
}

async function addKey(pool: Pool, keyring: Keyring): Promise<void> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = createHash('sha256').update(JSON.stringify(publicJwk)).digest('base64url').slice(0, 16);
  const privateJwk = Buffer.from(JSON.stringify(await exportJWK(pair.privateKey)));
  const sealed = encrypt(NO_KEY, keyring.service('token'), place(kid), privateJwk);
  await pool.query(
    'insert into signing_keys (kid, public_jwk, private_sealed) values ($1, $2, $3) on conflict do nothing',
    [kid, JSON.stringify(publicJwk), sealed],
  );
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

/** The keys that verify: another replica's new one is looked for when a token names it, at most every five seconds. */
function createVerifier(pool: Pool, first: readonly KeyRow[], now: () => number) {
  const keys = new Map<string, ReturnType<typeof importJWK>>();
  const take = (rows: readonly KeyRow[]) => {
    for (const row of rows) if (!keys.has(row.kid)) keys.set(row.kid, importJWK(row.public_jwk, 'ES256'));
  };
  take(first);
  let looked = Number.NEGATIVE_INFINITY;
  return async ({ kid }: { kid?: string }) => {
    if (kid !== undefined && !keys.has(kid) && now() - looked >= CACHE_MS) {
      looked = now();
      take(await readKeys(pool));
    }
    const key = kid === undefined ? undefined : keys.get(kid);
    if (!key) throw new Error('unknown key');
    return key;
  };
}

/**
 * Loads the newest signing key, making the first one; two replicas starting together keep one row each and verify both.
 * `now` is system time in milliseconds; without it no key is looked for later.
 */
export async function openSigner(
  pool: Pool,
  keyring: Keyring,
  issuer: string,
  now: () => number = () => 0,
): Promise<Signer> {
  let rows = await readKeys(pool);
  if (rows.length === 0) {
    await addKey(pool, keyring);
    rows = await readKeys(pool);
  }
  const newest = rows[0];
  if (!newest) throw new Error('no signing key');
  const privateJwk = decrypt(keyring.service('token'), place(newest.kid), newest.private_sealed).toString('utf8');
  const privateKey = await importJWK(JSON.parse(privateJwk) as JWK, 'ES256');
  const keyOf = createVerifier(pool, rows, now);
  return {
    kid: newest.kid,
    keys: async () => (await readKeys(pool)).map(published),
    sign: (claims, subject) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: newest.kid })
        .setSubject(subject)
        .setIssuer(issuer)
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_LIFE_SECONDS}s`)
        .sign(privateKey),
    attest: (claims, typ) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, kid: newest.kid }).setIssuer(issuer).sign(privateKey),
    async verify(token) {
      const verified = await jwtVerify(token, keyOf, {
        issuer,
        audience: issuer,
        algorithms: ['ES256'],
        typ: 'at+jwt',
        clockTolerance: 30,
        maxTokenAge: `${TOKEN_LIFE_SECONDS}s`,
        requiredClaims: ['exp', 'sub'],
      }).catch(() => undefined);
      const kind = verified?.payload.kind;
      return verified?.payload.sub && typeof kind === 'string' ? { sub: verified.payload.sub, kind } : undefined;
    },
  };
}

export function toActor(
  agency: AgencyRow,
  officer: OfficerRow | null,
  client: { id: string; roles: readonly string[] } | null,
): Actor {
  return {
    officer: officer
      ? { id: officer.id, code: officer.code, name: officer.name, roles: officer.roles, personKey: officer.personKey }
      : null,
    client: client ? { id: client.id } : null,
    agency: {
      id: agency.id,
      code: agency.code,
      name: agency.name,
      kind: agency.kind,
      level: agency.level,
      regionCode: agency.regionCode,
    },
    permissions: permissionsOf(officer?.roles ?? client?.roles ?? []),
  };
}

export type ActorSource = (subject: { sub: string; kind: string }) => Promise<Actor | undefined>;

export type Authenticator = {
  authenticate(token: string): Promise<Actor | undefined>;
  /** After a change of rights: nobody is who they were, in this process at once. */
  forget(): void;
};

/** Token → actor; both answers live at most five seconds, so a suspension takes effect within that on every replica (S-18). */
export function createAuthenticator(signer: Signer, load: ActorSource, now: () => number): Authenticator {
  const cache = new Map<string, { until: number; actor: Promise<Actor | undefined> }>();
  const look = async (token: string): Promise<Actor | undefined> => {
    const subject = await signer.verify(token);
    return subject ? load(subject) : undefined;
  };
  const authenticate = async (token: string): Promise<Actor | undefined> => {
    const hash = createHash('sha256').update(token).digest('base64');
    const hit = cache.get(hash);
    if (hit && hit.until > now()) return hit.actor;
    if (cache.size >= CACHE_SIZE) cache.clear();
    // The promise is kept, so that many requests of one caller ask the database once; a failed look is not an answer.
    const actor = look(token);
    cache.set(hash, { until: now() + CACHE_MS, actor });
    actor.catch(() => cache.delete(hash));
    return actor;
  };
  return { authenticate, forget: () => cache.clear() };
}
