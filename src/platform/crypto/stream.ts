// Long content sealed in chunks: each is a ciphertext of suite.ts whose place names its number and whether it is the last, so
// that a chunk that was cut off, moved, exchanged or taken from another object does not open (P-03, P-04).
import { randomBytes } from 'node:crypto';
import { asKeyObject, NONCE_BYTES, TAG_BYTES } from './cipher.ts';
import { DEFAULT_SUITE, decrypt, encrypt, HEADER_BYTES, type SuiteId } from './suite.ts';

export const CHUNK_BYTES = 65_536;
/** Suite, key id, nonce and tag of one chunk. */
const OVERHEAD = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

export type StreamKey = { id: string; key: Buffer; place: string };

/** A key for one object, used for nothing else. */
export const newStreamKey = (id: string, place: string): StreamKey => ({ id, key: randomBytes(32), place });

type Chunks = AsyncIterable<Buffer>;

const placeOf = ({ place }: StreamKey, index: number, last: boolean) => `${place}|${index}|${last ? 'last' : 'more'}`;

/** Pieces of any length become pieces of `size`; the last one, which may be empty, is known as such. */
async function* inChunks(source: Chunks, size: number): AsyncGenerator<{ chunk: Buffer; last: boolean }> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    while (held.length > size) {
      yield { chunk: held.subarray(0, size), last: false };
      held = held.subarray(size);
    }
  }
  yield { chunk: held, last: true };
}

export async function* sealStream(
  source: Chunks,
  key: StreamKey,
  suite: SuiteId = DEFAULT_SUITE,
): AsyncGenerator<Buffer> {
  const by = asKeyObject(key.key);
  let index = 0;
  for await (const { chunk, last } of inChunks(source, CHUNK_BYTES)) {
    yield encrypt(key.id, by, placeOf(key, index++, last), chunk, suite);
  }
}

/** Throws at the first chunk that is not what was sealed, before anything of it is handed on. */
export async function* openStream(source: Chunks, key: StreamKey): AsyncGenerator<Buffer> {
  const by = asKeyObject(key.key);
  let index = 0;
  for await (const { chunk, last } of inChunks(source, CHUNK_BYTES + OVERHEAD)) {
    yield decrypt(by, placeOf(key, index++, last), chunk);
  }
}
