// Sealed streams: what was cut, moved, exchanged or changed does not open, and no byte of it is handed on (P-03).
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CHUNK_BYTES, newStreamKey, openStream, type StreamKey, sealStream } from '../../src/platform/crypto/stream.ts';

const ID = '0198c2a4-7f00-7000-8000-000000000001';
const OTHER = '0198c2a4-7f00-7000-8000-000000000002';
const key = newStreamKey(ID, `documents|content|${ID}`);
const FRAME = CHUNK_BYTES + 46;

async function* pieces(data: Buffer, size: number) {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

const seal = (data: Buffer, size = 1000) => collect(sealStream(pieces(data, size), key));
const open = (data: Buffer, size = 777, by: StreamKey = key) => collect(openStream(pieces(data, size), by));
const DATA = randomBytes(3 * CHUNK_BYTES + 10);
const frames = (sealed: Buffer) =>
  Array.from({ length: Math.ceil(sealed.length / FRAME) }, (_, i) => sealed.subarray(i * FRAME, (i + 1) * FRAME));

test.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])('%i bytes come back', async (n) => {
  const data = DATA.subarray(0, n);
  const sealed = await seal(data, 4096);
  expect((await open(sealed)).equals(data)).toBe(true);
  expect(sealed.length).toBe(n + 46 * Math.max(1, Math.ceil(n / CHUNK_BYTES)));
  expect(sealed.subarray(0, 2).toString()).toBe('A1');
  if (n > 64) expect(sealed.includes(data.subarray(0, 64))).toBe(false);
});

describe('is refused', () => {
  test('cut off after a whole chunk, within one, and to nothing', async () => {
    const sealed = await seal(DATA);
    for (const length of [FRAME, 3 * FRAME, sealed.length - 1, FRAME + 20, 0])
      await expect(open(sealed.subarray(0, length))).rejects.toThrow();
  });

  test('chunks in another order, twice, or of another object', async () => {
    const [a, b, c, d] = frames(await seal(DATA)) as [Buffer, Buffer, Buffer, Buffer];
    const foreign = newStreamKey(OTHER, `documents|content|${OTHER}`);
    const others = frames(await collect(sealStream(pieces(DATA, 1000), { ...foreign, key: key.key })));
    const arrangements = [
      [b, a, c, d],
      [a, a, c, d],
      [a, b, d],
      [a, b, c, d, d],
      [a, others[1] as Buffer, c, d],
    ];
    for (const arrangement of arrangements) await expect(open(Buffer.concat(arrangement))).rejects.toThrow();
  });

  test('a changed bit anywhere: suite, key id, nonce, data or tag', async () => {
    const sealed = await seal(DATA.subarray(0, 100));
    for (const at of [0, 1, 2, 17, 18, 29, 30, 80, sealed.length - 16, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(open(changed)).rejects.toThrow();
    }
  });

  test('under the key or the place of another document', async () => {
    const sealed = await seal(DATA);
    await expect(open(sealed, 777, newStreamKey(ID, key.place))).rejects.toThrow();
    await expect(open(sealed, 777, { ...key, place: `documents|content|${OTHER}` })).rejects.toThrow();
  });
});

test('nothing of a changed chunk is handed on', async () => {
  const sealed = await seal(DATA);
  sealed[FRAME + 100] = (sealed[FRAME + 100] ?? 0) ^ 1;
  const got: Buffer[] = [];
  await expect(
    (async () => {
      for await (const part of openStream(pieces(sealed, 5000), key)) got.push(part);
    })(),
  ).rejects.toThrow();
  expect(Buffer.concat(got).equals(DATA.subarray(0, CHUNK_BYTES))).toBe(true);
});
