// Access tokens: ES256 JWTs of this service (at+jwt, RFC 9068), verified once and cached by hash for at most five seconds.
import { createHash } from 'node:crypto';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import type { Actor } from '../kernel/actor.ts';
import { UUID_PATTERN } from '../kernel/ids.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Pool } from '../platform/db/client.ts';
import { Forged, openJwt } from './jws.ts';
import type { AgencyRow, OfficerRow } from './repository.ts';
import { permissionsOf } from './roles.ts';
import { openSigningKeys, type PublicKey, TOKEN_LIFE_SECONDS } from './signing-keys.ts';

export { type PublicKey, TOKEN_LIFE_SECONDS };

const ID = new RegExp(UUID_PATTERN);
/** Half a second is left for a look that began before. */
const CACHE_MS = 4500;
const CACHE_SIZE = 2000;
/** One second for the rounding of `iat` and `exp`. */
export const MAX_LIFE_SECONDS = TOKEN_LIFE_SECONDS + 1;

/** What a token of ours says, in our words. */
export type Subject = {
  sub: string;
  kind: 'officer' | 'client';
  factor: string;
  /** The system that asked for it: for a token of an officer, the one that vouched or handed the assertion over. */
  clientId?: string | undefined;
  generation?: number | undefined;
  /** The credential of the officer that it rests on. */
  credentialId?: string | undefined;
  certificate?: string | undefined;
};

export type Signer = {
  sign(subject: Subject): Promise<string>;
  /** A signed statement under the published keys; its `typ` keeps it from ever being taken for an access token. */
  attest(claims: JWTPayload, typ: `${string}-receipt+jwt`): Promise<string>;
  /** Throws `Forged` for what we have not signed; undefined for what we have, but is good no longer or for something else. */
  verify(token: string): Promise<Subject | undefined>;
  keys(): Promise<PublicKey[]>;
  retiredKeys(): Promise<PublicKey[]>;
};

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const member = (value: unknown, name: string) =>
  typeof value === 'object' && value !== null ? text((value as Record<string, unknown>)[name]) : undefined;

function toClaims({ kind, factor, clientId, generation, credentialId, certificate }: Subject): JWTPayload {
  return {
    kind,
    acr: factor,
    ...(clientId ? { client_id: clientId, gen: generation } : {}),
    ...(clientId && kind === 'officer' ? { act: { sub: clientId } } : {}),
    ...(credentialId ? { cred: credentialId } : {}),
    ...(certificate ? { cnf: { 'x5t#S256': certificate } } : {}),
  };
}

function toSubject(payload: JWTPayload & { sub: string }): Subject | undefined {
  const { kind, acr, client_id, gen, cred, cnf } = payload;
  const ids = [payload.sub, client_id, cred].filter((one) => one !== undefined);
  const named = ids.every((one) => typeof one === 'string' && ID.test(one));
  if (!named || (kind !== 'officer' && kind !== 'client') || (cnf && !client_id)) return undefined;
  return {
    sub: payload.sub,
    kind,
    factor: kind === 'client' ? 'client' : (text(acr) ?? 'vouched'),
    clientId: text(client_id),
    generation: typeof gen === 'number' ? gen : undefined,
    credentialId: text(cred),
    certificate: member(cnf, 'x5t#S256'),
  };
}

/** `now` is system time in milliseconds. */
export async function openSigner(pool: Pool, keyring: Keyring, issuer: string, now: () => number): Promise<Signer> {
  const keys = await openSigningKeys(pool, keyring, now);
  const keyOf = async ({ kid }: { kid?: string }) => {
    const key = await keys.find(kid);
    if (!key) throw new Forged();
    return key;
  };
  const signed = async (jwt: SignJWT, typ: string) => {
    const { kid, key } = await keys.current();
    return jwt.setProtectedHeader({ alg: 'ES256', typ, kid }).setIssuer(issuer).sign(key);
  };
  return {
    keys: keys.published,
    retiredKeys: keys.retired,
    sign: (subject) =>
      signed(
        new SignJWT(toClaims(subject))
          .setSubject(subject.sub)
          .setAudience(issuer)
          .setIssuedAt()
          .setExpirationTime(`${TOKEN_LIFE_SECONDS}s`),
        'at+jwt',
      ),
    attest: (claims, typ) => signed(new SignJWT(claims), typ),
    async verify(token) {
      const rules = { algorithms: ['ES256'], issuer, audience: issuer, typ: 'at+jwt', needs: ['iat'] };
      const opened = await openJwt(token, keyOf, { ...rules, now: now(), maxLifeSeconds: MAX_LIFE_SECONDS });
      return 'claims' in opened ? toSubject(opened.claims) : undefined;
    },
  };
}

type Client = { id: string; roles: readonly string[]; certificateThumbprint?: string | null };

export function toActor(
  agency: AgencyRow,
  officer: OfficerRow | null,
  client: Client | null,
  factor: string = 'client',
): Actor {
  const { id, code, name, kind, level, regionCode } = agency;
  return {
    officer: officer
      ? { id: officer.id, code: officer.code, name: officer.name, roles: officer.roles, personKey: officer.personKey }
      : null,
    client: client ? { id: client.id } : null,
    agency: { id, code, name, kind, level, regionCode },
    permissions: permissionsOf(officer?.roles ?? client?.roles ?? []),
    factor,
    ...(client?.certificateThumbprint ? { certificate: client.certificateThumbprint } : {}),
  };
}

/** `forged`: nobody we know has signed it, which counts as a failure; `unfit`: genuine, but expired, suspended or revoked. */
export type Authenticated = Actor | 'forged' | 'unfit';
export type ActorSource = (subject: Subject) => Promise<Actor | undefined>;
/** The officer of a token of somebody else; undefined where the issuer is none of those configured. */
export type OutsideSource = (token: string, issuer: string) => Promise<Actor | undefined> | undefined;

export type Authenticator = {
  authenticate(token: string): Promise<Authenticated>;
  /** After a change of rights: nobody is who they were, in this process at once. */
  forget(): void;
};

function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return '';
  }
}

/** Token → actor, with what `complete` adds; all answers live at most five seconds, so a suspension takes effect within that on every replica (S-18). */
export function createAuthenticator(
  signer: Signer,
  load: ActorSource,
  now: () => number,
  outside: OutsideSource = () => undefined,
  complete: (actor: Actor) => Promise<Actor> = async (actor) => actor,
): Authenticator {
  const cache = new Map<string, { until: number; actor: Promise<Authenticated> }>();
  const ours = async (token: string) => {
    const subject = await signer.verify(token);
    return subject && load(subject);
  };
  const look = async (token: string): Promise<Authenticated> => {
    try {
      const actor = await (outside(token, issuerOf(token)) ?? ours(token));
      return actor ? await complete(actor) : 'unfit';
    } catch (error) {
      if (error instanceof Forged) return 'forged';
      throw error;
    }
  };
  const authenticate = async (token: string): Promise<Authenticated> => {
    const hash = createHash('sha256').update(token).digest('base64');
    const hit = cache.get(hash);
    if (hit && hit.until > now()) return hit.actor;
    if (cache.size >= CACHE_SIZE) cache.clear();
    // The promise is kept, so that many requests of one caller ask the database once; a failed look is not an answer.
    const actor = look(token);
    cache.set(hash, { until: now() + CACHE_MS, actor });
    // Nor is a forgery: a flood of them must not push out who is known.
    actor.then((found) => found === 'forged' && cache.delete(hash)).catch(() => cache.delete(hash));
    return actor;
  };
  return { authenticate, forget: () => cache.clear() };
}
