// Every suite: what was moved, exchanged or changed does not open (P-03), all of them can be read at any time, keys are looked after.
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { KekError, loadKek, loadPreviousKeks, localKek } from '../../src/platform/crypto/kek.ts';
import { newStreamKey, openStream, sealStream } from '../../src/platform/crypto/stream.ts';
import { decrypt, encrypt, keyIdOf, SUITES } from '../../src/platform/crypto/suite.ts';

const ID = '0198c2a4-7f00-7000-8000-000000000001';
const OTHER = '0198c2a4-7f00-7000-8000-000000000002';
const key = createSecretKey(randomBytes(32));
const TEXT = Buffer.from('李秀兰，沈阳市和平区南湖街道');
const PLACE = `clues|narrative|${ID}`;

describe.each(SUITES)('%s', (suite) => {
  const seal = (plain = TEXT) => encrypt(ID, key, PLACE, plain, suite);

  test('opens where it was sealed, empty and long too, and says its suite and key', () => {
    for (const plain of [TEXT, Buffer.alloc(0), randomBytes(5000)]) {
      const sealed = seal(plain);
      expect(decrypt(key, PLACE, sealed).equals(plain)).toBe(true);
      expect(sealed.length).toBe(plain.length + 46);
      expect([sealed.toString('latin1', 0, 2), keyIdOf(sealed)]).toEqual([suite, ID]);
    }
    expect(seal().equals(seal())).toBe(false);
  });

  test('opens by the bytes of the key as by its object', () => {
    expect(decrypt(key.export(), PLACE, seal()).equals(TEXT)).toBe(true);
  });

  test('does not open in another table, column or row, by another key, or with another key id', () => {
    const sealed = seal();
    for (const place of [
      `cases|narrative|${ID}`,
      `clues|outcome|${ID}`,
      `clues|narrative|${OTHER}`,
      PLACE.slice(0, -1),
    ])
      expect(() => decrypt(key, place, sealed)).toThrow();
    expect(() => decrypt(createSecretKey(randomBytes(32)), PLACE, sealed)).toThrow();
    const renamed = Buffer.concat([sealed.subarray(0, 2), encrypt(OTHER, key, PLACE, TEXT, suite).subarray(2, 18)]);
    expect(() => decrypt(key, PLACE, Buffer.concat([renamed, sealed.subarray(18)]))).toThrow();
  });

  test('does not open with any one bit changed, or cut off anywhere', () => {
    const sealed = seal();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => decrypt(key, PLACE, changed)).toThrow();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(() => decrypt(key, PLACE, sealed.subarray(0, length))).toThrow();
  });

  test('does not open under the name of another suite', () => {
    for (const other of SUITES.filter((id) => id !== suite)) {
      const sealed = seal();
      sealed.write(other, 0, 'latin1');
      expect(() => decrypt(key, PLACE, sealed)).toThrow();
    }
  });

  test('seals streams and keys too', async () => {
    const content = randomBytes(70_000);
    const streamKey = newStreamKey(ID, `documents|content|${ID}`);
    async function* once(data: Buffer) {
      yield data;
    }
    const sealed: Buffer[] = [];
    for await (const part of sealStream(once(content), streamKey, suite)) sealed.push(part);
    expect(sealed.every((part) => part.toString('latin1', 0, 2) === suite)).toBe(true);
    const opened: Buffer[] = [];
    for await (const part of openStream(once(Buffer.concat(sealed)), streamKey)) opened.push(part);
    expect(Buffer.concat(opened).equals(content)).toBe(true);

    const kek = localKek(randomBytes(32));
    const wrapped = kek.wrap(ID, 'keyring|wrapped', key.export(), suite);
    expect(kek.unwrap('keyring|wrapped', wrapped).equals(key.export())).toBe(true);
    expect(() => localKek(randomBytes(32)).unwrap('keyring|wrapped', wrapped)).toThrow();
  });
});

describe('KEK_FILE', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kek-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is made once, and the former ones are read one a line', () => {
    const file = join(folder, 'kek');
    const made = loadKek(file, true);
    expect(loadKek(file, true).equals(made)).toBe(true);
    const former = [randomBytes(32), randomBytes(32)];
    writeFileSync(join(folder, 'former'), `${former.map((k) => k.toString('base64')).join('\n\n')}\n`);
    expect(loadPreviousKeks(join(folder, 'former')).map((k) => k.toString('hex'))).toEqual(
      former.map((k) => k.toString('hex')),
    );
  });

  test('a sentence for what is absent or too short', () => {
    writeFileSync(join(folder, 'short'), 'c2hvcnQ=\n');
    for (const load of [
      () => loadKek(join(folder, 'none'), false),
      () => loadKek(join(folder, 'short'), false),
      () => loadPreviousKeks(join(folder, 'none')),
      () => loadPreviousKeks(join(folder, 'short')),
    ])
      expect(load).toThrow(KekError);
  });
});
