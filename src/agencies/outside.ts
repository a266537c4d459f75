// Access tokens of configured outside issuers: their published keys, bounded in age, fetched rarely whatever a token says (S-02, S-05, S-06).
import { createRemoteJWKSet, customFetch, errors as wrong } from 'jose';
import type { Actor } from '../kernel/actor.ts';
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import { authProblems } from '../platform/http/auth.ts';
import type { Issuer } from '../platform/issuers.ts';
import { findOfficerBySubject } from './credential-repository.ts';
import { Forged, type Header, type KeyOf, openJwt } from './jws.ts';
import { asService } from './system-actor.ts';
import { MAX_LIFE_SECONDS, type OutsideSource, toActor } from './tokens.ts';

/** Asked at most so often, whatever key a token names. */
const COOLDOWN_MS = 30_000;
/** A key that its issuer has removed is refused within five minutes. */
const FRESH_MS = 270_000;
/** An issuer that cannot be reached is believed for an hour, and then not at all. */
const KEPT_MS = 3_900_000;
const TIMEOUT_MS = 2000;

const unavailable = () => authProblems['auth.issuer_unavailable']({ retryAfter: COOLDOWN_MS / 1000 });

class Resting extends Error {
  override readonly name = 'Resting';
}

/** The keys of one issuer, from its address in the configuration alone. */
export function remoteKeys(jwksUri: string, now: () => number): KeyOf {
  let asked = Number.NEGATIVE_INFINITY;
  let loaded = Number.NEGATIVE_INFINITY;
  // Instead of the library's own waiting, which begins with a success only: an issuer that is down would be asked by every token.
  const rarely: typeof fetch = async (url, init) => {
    if (now() - asked < COOLDOWN_MS) throw new Resting();
    asked = now();
    return fetch(url, init);
  };
  const keys = createRemoteJWKSet(new URL(jwksUri), {
    cooldownDuration: 0,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: rarely,
  });
  return async (header: Header) => {
    if (now() - loaded >= FRESH_MS) {
      const begun = now();
      const done = await keys.reload().then(
        () => true,
        () => false,
      );
      if (done) loaded = begun;
    }
    if (now() - loaded >= KEPT_MS) throw unavailable();
    try {
      return await keys(header);
    } catch (error) {
      if (error instanceof Resting || error instanceof wrong.JOSEError) throw new Forged();
      // The address answered no more while an unknown key was looked for.
      if (error instanceof TypeError) throw new Forged();
      throw error;
    }
  };
}

/** What a decisive act can be done with here, for the challenge of RFC 9470. */
export const strongFactors = ({ issuers, sandbox }: { issuers: readonly Issuer[]; sandbox: boolean }): string[] => [
  'officer_key',
  ...new Set(issuers.map(({ acr }) => acr).filter((acr) => acr !== 'vouched')),
  ...(sandbox ? ['sandbox'] : []),
];

const claimOf = (claims: Record<string, unknown>, name: string) => {
  const value = claims[name];
  return typeof value === 'string' && value.length > 0 && value.length <= 500 ? value : undefined;
};

/** A token that is bound to what we cannot check is no token for us; one that is bound to a certificate is held to it. */
function bindingOf(cnf: unknown): { certificate?: string } | undefined {
  if (cnf === undefined) return {};
  const { 'x5t#S256': certificate, ...others } = (cnf ?? {}) as Record<string, unknown>;
  return typeof certificate === 'string' && Object.keys(others).length === 0 ? { certificate } : undefined;
}

/** The officer of such a token: known by a registered subject, of the agency that the token names. */
async function officerOf(
  deps: TxDeps,
  issuer: Issuer,
  keyOf: KeyOf,
  token: string,
  now: number,
): Promise<Actor | undefined> {
  const { algorithms, audience, acr, officerClaim, agencyClaim } = issuer;
  const rules = { algorithms, audience, issuer: issuer.issuer, typ: 'at+jwt', needs: ['iat'], now };
  const opened = await openJwt(token, keyOf, { ...rules, maxLifeSeconds: MAX_LIFE_SECONDS });
  if (!('claims' in opened)) return undefined;
  const subject = claimOf(opened.claims, officerClaim);
  const binding = bindingOf(opened.claims.cnf);
  if (subject === undefined || binding === undefined) return undefined;
  const found = await readTx(deps, asService, (tx) => findOfficerBySubject(tx, issuer.issuer, subject));
  const named = agencyClaim === undefined || claimOf(opened.claims, agencyClaim) === found?.agency.code;
  return found && named ? { ...toActor(found.agency, found.officer, null, acr), ...binding } : undefined;
}

/** Looks at the issuer's name to choose among the configured ones; whatever else a token says of itself is not asked. */
export function outsideSource(deps: TxDeps, issuers: readonly Issuer[], now: () => number): OutsideSource {
  const known = new Map(issuers.map((one) => [one.issuer, { issuer: one, keyOf: remoteKeys(one.jwksUri, now) }]));
  return (token, name) => {
    const found = known.get(name);
    return found && officerOf(deps, found.issuer, found.keyOf, token, now());
  };
}
