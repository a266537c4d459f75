// Assertions (RFC 7523): short-lived JWTs by which a client or an officer proves to hold a registered key, each good once.
import { decodeJwt } from 'jose';
import type { Tx } from '../platform/db/tx.ts';
import { spendAssertion } from './assertion-repository.ts';
import { ASSERTION_ALGORITHMS, Forged, type Header, importPublic, openJwt, type PublicJwk } from './jws.ts';

const MAX_LIFE_SECONDS = 300;
const JTI = /^[!-~]{1,200}$/;
/** Looked at where there is no key to look at, so that the time does not tell: a point of the curve that nobody has the key of. */
const NOBODY: PublicJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
  y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
};

export type HeldKey = { thumbprint: string | null; publicJwk: PublicJwk | null; algorithm: string | null; id: string };

/** What an assertion says of itself, before anything of it is believed: whose keys to look at. */
export function claimedBy(assertion: string): { iss: string; sub: string } {
  try {
    const { iss = '', sub = '' } = decodeJwt(assertion);
    return { iss: String(iss).slice(0, 100), sub: String(sub).slice(0, 100) };
  } catch {
    return { iss: '', sub: '' };
  }
}

/** By its RFC 7638 thumbprint; without a `kid` the only key there is for the algorithm. */
function keyFor(keys: readonly HeldKey[], { kid, alg }: Header): HeldKey | undefined {
  const fitting = keys.filter((key) => key.algorithm === alg && (kid === undefined || key.thumbprint === kid));
  return fitting.length === 1 ? fitting[0] : undefined;
}

export type AssertionRules = {
  assertion: string;
  issuer: string;
  subject?: string;
  audience: readonly string[];
  keys: readonly HeldKey[];
};

/** The key that signed, and the claims; undefined for any reason it may not be good. `jti` is spent by then. */
export async function acceptAssertion(
  tx: Tx,
  { assertion, issuer, subject, audience, keys }: AssertionRules,
): Promise<{ key: HeldKey; sub: string } | undefined> {
  let used: HeldKey | undefined;
  const keyOf = async (header: Header) => {
    used = keyFor(keys, header);
    const key = await importPublic(used?.publicJwk ?? NOBODY);
    if (!key) throw new Forged();
    return key;
  };
  const now = tx.ctx.systemNow.getTime();
  const rules = { algorithms: ASSERTION_ALGORITHMS, issuer, audience: [...audience], now, needs: ['jti'] };
  const opened = await openJwt(assertion, keyOf, { ...rules, maxLifeSeconds: MAX_LIFE_SECONDS }).catch(
    (error: unknown) => {
      if (error instanceof Forged) return undefined;
      throw error;
    },
  );
  if (!used || !opened || 'unfit' in opened) return undefined;
  const { jti, sub, exp } = opened.claims;
  if (typeof jti !== 'string' || !JTI.test(jti) || (subject !== undefined && sub !== subject)) return undefined;
  // Without `iat` its life counts from now on.
  if (exp > now / 1000 + MAX_LIFE_SECONDS) return undefined;
  const fresh = await spendAssertion(tx, issuer, jti, new Date(exp * 1000));
  return fresh ? { key: used, sub } : undefined;
}
