// The one place where signatures are verified: algorithms by list, keys never from the token itself (RFC 8725; S-01, S-02, S-04).
import { createHash } from 'node:crypto';
import {
  type CompactVerifyResult,
  type CryptoKey,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  errors as wrong,
} from 'jose';

export const ASSERTION_ALGORITHMS = ['ES256', 'EdDSA', 'PS256'] as const;
export type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number];

export type PublicJwk =
  | { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  | { kty: 'OKP'; crv: 'Ed25519'; x: string }
  | { kty: 'RSA'; n: string; e: string };

/** Header members that would tell the verifier where to find a key, or what to understand differently. */
const REFUSED = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip'];
/** What we and the configured issuers publish: no path, no query, no address. */
const KID = /^[A-Za-z0-9_.:=-]{1,200}$/;

export type Header = { alg: string; kid?: string; typ?: string };
export type KeyOf = (header: Header) => Promise<CryptoKey | Uint8Array>;

/** The token proves nothing: it was not signed by whom it names. */
export class Forged extends Error {
  override readonly name = 'Forged';
}

/** One spelling for one token: letters that only differ in bits nobody reads make no second one. */
const isCanonical = (jws: string): boolean =>
  jws.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);

/** Header of a compact JWS that may be looked at at all, undefined for any other. */
export function headerOf(jws: string): Header | undefined {
  if (!isCanonical(jws)) return undefined;
  try {
    const header = decodeProtectedHeader(jws) as Record<string, unknown>;
    const { alg, kid, typ } = header;
    const strings = [alg, kid ?? '', typ ?? ''].every((member) => typeof member === 'string');
    const named = kid === undefined || KID.test(String(kid));
    const plain = REFUSED.every((name) => !Object.hasOwn(header, name));
    return strings && named && plain ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}

const strict = (keyOf: KeyOf) => (header: unknown) => keyOf(header as Header);

/** A compact JWS; throws `Forged` for whatever is not signed by the key that `keyOf` gives. An error of `keyOf` itself passes. */
export async function openJws(jws: string, keyOf: KeyOf, algorithms: readonly string[]): Promise<CompactVerifyResult> {
  if (!headerOf(jws)) throw new Forged();
  return compactVerify(jws, strict(keyOf), { algorithms: [...algorithms] }).catch(asForged);
}

function asForged(error: unknown): never {
  if (error instanceof wrong.JOSEError || error instanceof TypeError) throw new Forged();
  throw error;
}

export type Claims = JWTPayload & { iss: string; sub: string; exp: number };
export type Opened =
  | { claims: Claims; header: Header }
  /** Signed by the right key, but expired, early, for somebody else: no guess, and no token either. */
  | { unfit: string };

export type JwtRules = {
  algorithms: readonly string[];
  issuer?: string;
  audience: string | string[];
  typ?: string;
  /** System time in milliseconds. */
  now: number;
  maxLifeSeconds: number;
  /** Claims that must be there besides `iss`, `sub`, `exp`. */
  needs?: readonly string[];
};

const LEEWAY = 30;

/** A JWT: signature first, then every claim. Throws `Forged`; answers `unfit` for what is genuine and not good. */
export async function openJwt(token: string, keyOf: KeyOf, rules: JwtRules): Promise<Opened> {
  const header = headerOf(token);
  if (!header) throw new Forged();
  const options: JWTVerifyOptions = {
    algorithms: [...rules.algorithms],
    audience: rules.audience,
    clockTolerance: LEEWAY,
    currentDate: new Date(rules.now),
    requiredClaims: ['exp', 'sub', 'iss', ...(rules.needs ?? [])],
    ...(rules.issuer === undefined ? {} : { issuer: rules.issuer }),
    ...(rules.typ === undefined ? {} : { typ: rules.typ }),
  };
  try {
    const { payload } = await jwtVerify(token, strict(keyOf), options);
    const now = rules.now / 1000;
    const { exp = 0, iat = now } = payload;
    if (iat > now + LEEWAY || exp - iat > rules.maxLifeSeconds) return { unfit: 'life' };
    return { claims: payload as Claims, header };
  } catch (error) {
    // jose looks at the claims behind the signature only.
    if (error instanceof wrong.JWTExpired || error instanceof wrong.JWTClaimValidationFailed)
      return { unfit: error.claim };
    return asForged(error);
  }
}

/** RFC 7638, over the members of the key in their order. */
export function thumbprintOf(jwk: PublicJwk): string {
  const { kty } = jwk;
  const parts =
    kty === 'EC'
      ? { crv: jwk.crv, kty, x: jwk.x, y: jwk.y }
      : kty === 'OKP'
        ? { crv: jwk.crv, kty, x: jwk.x }
        : { e: jwk.e, kty, n: jwk.n };
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

export const algorithmOf = ({ kty }: PublicJwk): AssertionAlgorithm =>
  kty === 'EC' ? 'ES256' : kty === 'OKP' ? 'EdDSA' : 'PS256';

const RSA_BYTES = { least: 256, most: 512 };

/** A public key of ours to verify with; undefined where it is none (a point off the curve, a short modulus). */
export async function importPublic(jwk: PublicJwk): Promise<CryptoKey | Uint8Array | undefined> {
  if (jwk.kty === 'RSA') {
    const { length } = Buffer.from(jwk.n, 'base64url');
    if (length < RSA_BYTES.least || length > RSA_BYTES.most || jwk.e !== 'AQAB') return undefined;
  }
  return importJWK(jwk as JWK, algorithmOf(jwk)).catch(() => undefined);
}
