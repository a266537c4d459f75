// what is hashed of a record: canonical JSON (RFC 8785), domains apart, known answers for SHA-256 and SM3.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentDigest, contentJson, linkHash, type RecordContent } from '../../src/audit/chain.ts';
import { hashOfRecord } from '../../src/audit/wire.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';

const record: RecordContent = {
  id: '0198c2a4-7f00-7000-8000-000000000001',
  recordedAt: '2026-11-23T10:00:00.000Z',
  occurredAt: '2026-02-12T01:00:00.000Z',
  type: 'clue.submitted',
  kind: 'clue',
  resourceId: '0198c2a4-7f00-7000-8000-000000000002',
  agencyId: '0198c2a4-7f00-7000-8000-000000000003',
  officerId: null,
  clientId: '0198c2a4-7f00-7000-8000-000000000004',
  requestId: '线索-1',
  purpose: null,
  changed: ['facts'],
  data: { b: 1, a: ['x'], 线: true },
};

/** Made apart from this code, with Python's json and hashlib. */
const KNOWN = [
  [
    '7f00fbd4faa57794d3ff4933e089f6cabd4425b1a6ede235a6c7b6841e6695fb',
    'd7055a62cf3fdffe0486658058659b15bf3caaa3ceb1e9b607b11bb6ff1ac596',
    'c1916b28cc96326215d323d3de96eda030d2b095e66811043a5fdc36a0b5df31',
  ],
  [
    '36fea073df143f01116d2821da59fb2e62cf8751f33de1f449f25009d49cac0a',
    'e9bf5a6c0319d5d2b6b5523f72b3d05311eb538f0db621d90d56d4aa52a76b29',
    '939dcba938a3db62e0aad65ceae4fff7edb58d27da9e417b28fa4488ba1d0e0a',
  ],
];

describe('canonical JSON', () => {
  test('gives the example of RFC 8785 §3.2.2 and sorts as §3.2.3 says', () => {
    const given = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    );
    expect(canonicalJson(given)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(canonicalJson(keys)) as object)).toHaveLength(7);
    expect([...canonicalJson(keys).matchAll(/:(\d)/g)].map((m) => m[1]).join('')).toBe('2467153');
  });

  test('of a record is that of any value', () => {
    const text = fc.string({ unit: 'binary' });
    const arbitrary = fc.record({
      ...Object.fromEntries(Object.keys(record).map((name) => [name, text])),
      officerId: fc.option(text),
      changed: fc.array(text),
      data: fc.dictionary(text, fc.jsonValue()),
    });
    fc.assert(
      fc.property(arbitrary, (content) => {
        expect(contentJson(content as unknown as RecordContent)).toBe(canonicalJson(content));
      }),
    );
  });
});

describe('hashes', () => {
  test('have known answers', () => {
    const known = (['sha-256', 'sm3'] as const).map((alg) => {
      const content = contentDigest(alg, record);
      return [content, linkHash(alg, 'fact', 1, null, content), linkHash(alg, 'view', 1, null, content)].map((hash) =>
        hash.toString('hex'),
      );
    });
    expect(known).toEqual(KNOWN);
  });

  test('cover every member, its place and its predecessor', () => {
    const place = {
      leafIndex: 7,
      sequence: 2,
      viewSequence: null,
      alg: 'sha-256',
      prevHash: 'AAAA',
      hash: null,
    } as const;
    const whole = { ...record, ...place };
    const original = hashOfRecord(whole)?.toString('hex');
    expect(hashOfRecord({ ...whole, leafIndex: 8 })?.toString('hex')).toBe(original);
    for (const name of Object.keys(record)) {
      const changed = { ...whole, [name]: name === 'changed' ? ['x'] : 'x' };
      expect([name, hashOfRecord(changed)?.toString('hex') === original]).toEqual([name, false]);
    }
    for (const other of [
      { sequence: 3 },
      { prevHash: null },
      { alg: 'sm3' as const },
      { sequence: null, viewSequence: 2 },
    ])
      expect(hashOfRecord({ ...whole, ...other })?.toString('hex')).not.toBe(original);
  });
});
