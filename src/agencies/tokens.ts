// Access tokens: ES256 JWTs of this service (at+jwt, RFC 9068), verified once and cached by hash for at most five seconds.
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
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

export type Signer = {
  kid: string;
  sign(claims: Record<string, string>, subject: string): Promise<string>;
  verify(token: string): Promise<{ sub: string; kind: string } | undefined>;
};

/** Loads the newest signing key, making the first one; two replicas starting together keep one row each and verify both. */
export async function openSigner(pool: Pool, keyring: Keyring, issuer: string): Promise<Signer> {
  const read = () =>
    pool.query<{ kid: string; public_jwk: JWK; private_sealed: Buffer }>(
      'select kid, public_jwk, private_sealed from signing_keys order by created_at desc, kid',
    );
  let rows = await read();
  if (rows.length === 0) {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const publicJwk = await exportJWK(pair.publicKey);
    const kid = createHash('sha256').update(JSON.stringify(publicJwk)).digest('base64url').slice(0, 16);
    const sealed = encrypt(
      NO_KEY,
      keyring.service('token'),
      `signing_keys|private|${kid}`,
      Buffer.from(JSON.stringify(await exportJWK(pair.privateKey))),
    );
    await pool.query(
      'insert into signing_keys (kid, public_jwk, private_sealed) values ($1, $2, $3) on conflict do nothing',
      [kid, JSON.stringify(publicJwk), sealed],
    );
    rows = await read();
  }
  const newest = rows[0];
  if (!newest) throw new Error('no signing key');
  const privateJwk = JSON.parse(
    decrypt(keyring.service('token'), `signing_keys|private|${newest.kid}`, newest.private_sealed).toString('utf8'),
  ) as JWK;
  const privateKey = await importJWK(privateJwk, 'ES256');
  const publicKeys = new Map(
    await Promise.all(rows.map(async (row) => [row.kid, await importJWK(row.public_jwk, 'ES256')] as const)),
  );
  return {
    kid: newest.kid,
    sign: (claims, subject) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: newest.kid })
        .setSubject(subject)
        .setIssuer(issuer)
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_LIFE_SECONDS}s`)
        .sign(privateKey),
    async verify(token) {
      const verified = await jwtVerify(
        token,
        (header) => {
          const key = header.kid ? publicKeys.get(header.kid) : undefined;
          if (!key) throw new Error('unknown key');
          return key;
        },
        {
          issuer,
          audience: issuer,
          algorithms: ['ES256'],
          typ: 'at+jwt',
          clockTolerance: 30,
          maxTokenAge: `${TOKEN_LIFE_SECONDS}s`,
          requiredClaims: ['exp', 'sub'],
        },
      ).catch(() => undefined);
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

/** Token → actor; both answers live at most five seconds, so a suspension takes effect within that (S-18). */
export function createAuthenticator(signer: Signer, load: ActorSource, now: () => number) {
  const cache = new Map<string, { until: number; actor: Actor | undefined }>();
  return async (token: string): Promise<Actor | undefined> => {
    const hash = createHash('sha256').update(token).digest('base64');
    const hit = cache.get(hash);
    if (hit && hit.until > now()) return hit.actor;
    const subject = await signer.verify(token);
    const actor = subject ? await load(subject) : undefined;
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(hash, { until: now() + CACHE_MS, actor });
    return actor;
  };
}
