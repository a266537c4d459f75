// Both stores keep the same promises; the spool forgets what failed; the S3 requests satisfy a server that checks signatures.
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { directoryStore } from '../../src/platform/objects/directory.ts';
import { s3Store } from '../../src/platform/objects/s3.ts';
import { createSpool } from '../../src/platform/objects/spool.ts';
import { ObjectMissingError, type ObjectStore } from '../../src/platform/objects/store.ts';
import { type S3Server, startS3 } from '../support/s3-server.ts';

const ACCOUNT = {
  accessKeyId: 'AKIATEST',
  secretAccessKey: 'a/secret+with=signs',
  region: 'cn-north-1',
  bucket: 'aid',
};
const id = (n: number) => `0198c2a4-7f00-7000-8000-00000000000${n}`;

let home = '';
let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3(ACCOUNT);
});
afterAll(() => s3.stop());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'objects-'));
  s3.objects.clear();
  s3.refusals.length = 0;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function* of(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function read(store: ObjectStore, name: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of await store.get(name)) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function names(store: ObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, modifiedAt } of store.list()) {
    expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(60_000);
    found.push(name);
  }
  return found.sort();
}

const stores: readonly (readonly [string, () => ObjectStore])[] = [
  ['directory', () => directoryStore(join(home, 'objects'))],
  ['s3', () => s3Store({ ...ACCOUNT, endpoint: `${s3.endpoint}/` })],
];

describe.each(stores)('%s', (_name, open) => {
  test('puts, gets, lists and removes; what is absent is missing, and may be removed', async () => {
    const store = open();
    const spool = createSpool(join(home, 'incoming'));
    expect(await names(store)).toEqual([]);
    for (const n of [1, 2, 3]) await store.put(id(n), await spool.write(of('sealed ', String(n))));
    expect(await read(store, id(2))).toBe('sealed 2');
    expect(await names(store)).toEqual([id(1), id(2), id(3)]);
    await store.remove(id(2));
    await store.remove(id(2));
    await expect(store.get(id(2))).rejects.toThrow(ObjectMissingError);
    expect(await names(store)).toEqual([id(1), id(3)]);
    expect(s3.refusals).toEqual([]);
  });

  test('an object of twenty megabytes arrives whole', async () => {
    const store = open();
    const piece = 'x'.repeat(1_048_576);
    const spooled = await createSpool(join(home, 'incoming')).write(of(...Array.from({ length: 20 }, () => piece)));
    await store.put(id(1), spooled);
    expect((await read(store, id(1))).length).toBe(20 * 1_048_576);
  });

  test('a name that is no id is refused', async () => {
    await expect((async () => open().get('../../etc/passwd'))()).rejects.toThrow('not the name of an object');
  });
});

test('the directory and its files are for the service alone', async () => {
  const store = directoryStore(join(home, 'objects'));
  await store.put(id(1), await createSpool(join(home, 'incoming')).write(of('sealed')));
  expect(statSync(join(home, 'objects', '01', id(1))).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, 'objects')).mode & 0o777).toBe(0o700);
  expect(statSync(join(home, 'incoming')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(home, 'incoming'))).toEqual([]);
});

test('wrong credentials are an error with its status, never a missing object', async () => {
  const store = s3Store({ ...ACCOUNT, endpoint: s3.endpoint, secretAccessKey: 'wrong' });
  const spooled = await createSpool(join(home, 'incoming')).write(of('sealed'));
  await expect(store.put(id(1), spooled)).rejects.toMatchObject({ code: 'OBJECT_STORE_403' });
  await expect(store.get(id(1))).rejects.toMatchObject({ code: 'OBJECT_STORE_403' });
  expect(s3.refusals).toEqual(['PUT signature', 'GET signature']);
});

describe('the spool', () => {
  test('a source that fails leaves no file', async () => {
    const spool = createSpool(join(home, 'incoming'));
    async function* broken() {
      yield Buffer.from('part');
      throw new Error('the client went away');
    }
    await expect(spool.write(broken())).rejects.toThrow('the client went away');
    expect(readdirSync(join(home, 'incoming'))).toEqual([]);
  });

  test('a sweep takes what is older, and nothing else', async () => {
    const spool = createSpool(join(home, 'incoming'));
    const old = await spool.write(of('old'));
    const fresh = await spool.write(of('fresh'));
    utimesSync(old.path, new Date('2026-01-01'), new Date('2026-01-01'));
    writeFileSync(join(home, 'unrelated'), '');
    expect(await spool.sweep(new Date('2026-06-01'))).toBe(1);
    expect(readdirSync(join(home, 'incoming'))).toHaveLength(1);
    await fresh.discard();
    await fresh.discard();
    expect(readdirSync(join(home, 'incoming'))).toEqual([]);
  });
});
