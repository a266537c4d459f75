// Public vectors through the suites as the service uses them (P-04): Wycheproof, no deviation.
import { expect, test } from '@jest/globals';
import { sm4Gcm } from '../../src/platform/crypto/sm.ts';
import { suiteOf } from '../../src/platform/crypto/suite.ts';
import { runAead, runHmac } from '../support/wycheproof.ts';

test.each([
  ['aes_gcm', suiteOf('A1'), 256, 66, 316],
  ['sm4_gcm', sm4Gcm, 128, 65, 104],
] as const)('%s', (name, suite, keySize, run, total) => {
  expect(runAead(name, suite, keySize)).toEqual({ total, run, deviations: [] });
});

test.each([
  ['hmac_sha256', 'sha256'],
  ['hmac_sm3', 'sm3'],
] as const)('%s', (name, hash) => {
  expect(runHmac(name, hash)).toEqual({ total: 174, run: 174, deviations: [] });
});
