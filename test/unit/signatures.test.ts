// Signatures and the configuration around them: Wycheproof (S-04), thumbprints, ISSUERS_FILE, misspelt settings (S-47).
import { expect, test } from '@jest/globals';
import { thumbprintOf } from '../../src/agencies/jws.ts';
import { parseIssuers } from '../../src/platform/issuers.ts';
import { misspelt } from '../../src/platform/misspelt.ts';
import { runSignatureVectors } from '../support/signature-vectors.ts';

test('Wycheproof json_web_signature: 0 of 355 invalid accepted', async () => {
  const outcome = await runSignatureVectors();
  expect(outcome.tests).toBe(outcome.expected);
  expect(outcome.invalidAccepted).toEqual([]);
  expect(outcome.validAccepted).toBe(8);
});

test('a thumbprint is that of RFC 7638', () => {
  // The example of RFC 8037, appendix A.3.
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
  expect(thumbprintOf({ kty: 'OKP', crv: 'Ed25519', x })).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});

const issuer = {
  issuer: 'https://idp.test',
  jwksUri: 'https://idp.test/jwks',
  audience: 'https://aid.test',
  algorithms: ['ES256'],
  officerClaim: 'employee',
  acr: 'idp_mfa',
};
const problemsOf = (list: unknown) => parseIssuers(JSON.stringify(list), 'https://aid.test', true).problems;

test('a good list of issuers is read', () => {
  expect(parseIssuers(JSON.stringify([issuer]), 'https://aid.test', true)).toEqual({ issuers: [issuer], problems: [] });
});

test.each<[string, unknown]>([
  ['no list', {}],
  ['a list of texts', ['https://idp.test']],
  ['a symmetric algorithm', [{ ...issuer, algorithms: ['HS256'] }]],
  ['RS256', [{ ...issuer, algorithms: ['ES256', 'RS256'] }]],
  ['no algorithm', [{ ...issuer, algorithms: [] }]],
  ['keys over plain http', [{ ...issuer, jwksUri: 'http://idp.test/jwks' }]],
  ['credentials in the address', [{ ...issuer, jwksUri: 'https://me:secret@idp.test/jwks' }]],
  ['an acr of our own', [{ ...issuer, acr: 'officer_key' }]],
  ['an unknown member', [{ ...issuer, jku: 'https://x.test' }]],
  ['no claim for the officer', [{ ...issuer, officerClaim: undefined }]],
  ['an issuer twice', [issuer, issuer]],
  ['this service itself', [{ ...issuer, issuer: 'https://aid.test' }]],
])('%s is refused, and the value is not repeated', (_name, list) => {
  const problems = problemsOf(list);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.join()).not.toMatch(/secret|idp\.test/);
});

test("a name that is nearly a setting is told, others are nobody else's business", () => {
  const settings = ['DATABASE_URL', 'HOST', 'PORT', 'KEK_FILE', 'ROLE_CONFIRMATION', 'SANDBOX'];
  const env = { DATABASE_URI: 'x', ROLE_CONFIRMATIONS: 'x', DATABASE_URL_FILE: '/x', POST: 'x', HOSTS: 'x', PATH: 'x' };
  expect(misspelt(env, settings)).toEqual([
    'DATABASE_URI is no setting: is DATABASE_URL meant?',
    'ROLE_CONFIRMATIONS is no setting: is ROLE_CONFIRMATION meant?',
  ]);
});
