// ISSUERS_FILE: the outside issuers whose access tokens are accepted, as a JSON list; keys come from there and nowhere else (S-02, S-47).
export type Issuer = {
  issuer: string;
  jwksUri: string;
  audience: string;
  algorithms: readonly string[];
  /** The claim that names the officer; it is held against the external subjects that were registered for this issuer. */
  officerClaim: string;
  /** Where it is given, this claim must be the code of the officer's agency. */
  agencyClaim?: string | undefined;
  /** What such a token proves, in the word of the province; `vouched` if it proves no more than a system does. */
  acr: string;
};

/** Asymmetric ones only: a shared secret could be made by whoever verifies. */
const ALGORITHMS: readonly string[] = ['ES256', 'ES384', 'ES512', 'EdDSA', 'PS256', 'PS384', 'PS512'];
const RESERVED: readonly string[] = ['client', 'officer_key', 'sandbox', 'service'];
const MEMBERS = ['issuer', 'jwksUri', 'audience', 'algorithms', 'officerClaim', 'agencyClaim', 'acr'];

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 500;
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

function isSafeUrl(value: unknown, production: boolean): value is string {
  if (!isText(value) || !URL.canParse(value)) return false;
  const { protocol, hostname, username } = new URL(value);
  if (username !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && !production && LOOPBACK.includes(hostname));
}

type Entry = Partial<Record<keyof Issuer, unknown>>;

function problemsOf(entry: Entry, production: boolean): string[] {
  const { issuer, jwksUri, audience, algorithms, officerClaim, agencyClaim, acr } = entry;
  const listed =
    Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every((one) => ALGORITHMS.includes(one));
  const rules: readonly (readonly [boolean, string])[] = [
    [Object.keys(entry).every((name) => MEMBERS.includes(name)), `knows only ${MEMBERS.join(', ')}`],
    [isSafeUrl(issuer, production), 'needs issuer, an https URL'],
    [isSafeUrl(jwksUri, production), 'needs jwksUri, an https URL'],
    [isText(audience), 'needs audience'],
    [listed, `needs algorithms out of ${ALGORITHMS.join(', ')}`],
    [isText(officerClaim), 'needs officerClaim'],
    [agencyClaim === undefined || isText(agencyClaim), 'has an agencyClaim that is no name of a claim'],
    [
      typeof acr === 'string' && /^[a-z0-9][a-z0-9_.:-]{0,49}$/.test(acr) && !RESERVED.includes(acr),
      `needs acr, a name of its own (not ${RESERVED.join(', ')})`,
    ],
  ];
  return rules.filter(([met]) => !met).map(([, problem]) => problem);
}

/** Every problem of the file at once; the values themselves are not repeated. */
export function parseIssuers(
  text: string,
  ownIssuer: string,
  production: boolean,
): { issuers: Issuer[]; problems: string[] } {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one)))
    return { issuers: [], problems: ['ISSUERS_FILE must hold a JSON list of issuers.'] };
  const entries = list as Entry[];
  const problems = entries.flatMap((entry, i) =>
    problemsOf(entry, production).map((one) => `ISSUERS_FILE entry ${i + 1} ${one}.`),
  );
  const names = [ownIssuer, ...entries.map((entry) => entry.issuer)];
  if (new Set(names).size !== names.length)
    problems.push('ISSUERS_FILE names an issuer twice, or this service itself.');
  return { issuers: problems.length > 0 ? [] : (list as Issuer[]), problems };
}
