// What can be checked of a record by itself, apart from its neighbours: in blocks of lines, so that every core can take one. Pure.
import { leafHash } from './merkle.ts';
import { hashOfRecord, parseRecord, streamOf, type WireRecord } from './wire.ts';

/** A record whose content gives its hash; `chain` names the chain in which it stands at `sequence`. */
export type Checked = {
  leafIndex: number | null;
  chain: string;
  sequence: number;
  prevHash: Buffer | null;
  hash: Buffer;
  leaf: Buffer;
  recordedAt: number;
};

/** Why a record is none: said for the place where it stands. */
export type Unfit = { unfit: string };

const NO_RECORD: Unfit = { unfit: 'its line is no record, or says something twice' };
const NOT_ITS_HASH: Unfit = { unfit: 'its content does not give its hash' };

const bytesOf = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));

export function checkRecord(record: WireRecord): Checked | Unfit {
  const { kind, resourceId, sequence, viewSequence, leafIndex } = record;
  const [hash, prevHash] = [hashOfRecord(record), bytesOf(record.prevHash)];
  if (!hash || hash.toString('base64') !== record.hash) return NOT_ITS_HASH;
  if (prevHash && prevHash.length !== HASH_BYTES) return NOT_ITS_HASH;
  return {
    leafIndex,
    chain: `${kind}/${resourceId}/${streamOf(record)}`,
    sequence: sequence ?? viewSequence ?? 0,
    prevHash,
    hash,
    leaf: leafHash(hash),
    recordedAt: Date.parse(record.recordedAt),
  };
}

/**
 * The checked records of a block, as few values as go from one thread to another: of each one its numbers, its hashes, and the name
 * of its chain. `unfit` is said of the line behind the last of them; nothing behind that line is looked at.
 */
export type Block = { count: number; numbers: Float64Array; hashes: Uint8Array; chains: string; unfit: string | null };

const HASH_BYTES = 32;
const NUMBERS = 4;
const HASHES = 3 * HASH_BYTES;
const NEWLINE = 10;

function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString('utf8').split('\n');
  if (bytes.at(-1) === NEWLINE) lines.pop();
  return lines;
}

/** Whole lines, the last one with or without its end. */
export function checkBlock(bytes: Buffer): Block {
  const lines = linesOf(bytes);
  const numbers = new Float64Array(lines.length * NUMBERS);
  const hashes = Buffer.allocUnsafeSlow(lines.length * HASHES);
  const chains: string[] = [];
  let unfit: string | null = null;
  for (const line of lines) {
    const record = parseRecord(line);
    const checked = record ? checkRecord(record) : NO_RECORD;
    if ('unfit' in checked) {
      unfit = checked.unfit;
      break;
    }
    const { leafIndex, sequence, recordedAt, prevHash, hash, leaf } = checked;
    const at = chains.length;
    numbers.set([leafIndex ?? -1, sequence, recordedAt, prevHash ? 1 : 0], at * NUMBERS);
    hash.copy(hashes, at * HASHES);
    leaf.copy(hashes, at * HASHES + HASH_BYTES);
    prevHash?.copy(hashes, at * HASHES + 2 * HASH_BYTES);
    chains.push(checked.chain.replaceAll('\n', ' '));
  }
  return { count: chains.length, numbers, hashes, chains: chains.join('\n'), unfit };
}

/** The records of a block, in their order; at its end what is said of a line that is none. */
export function* recordsOf({ count, numbers, hashes, chains, unfit }: Block): Generator<Checked | Unfit> {
  const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  const names = chains.split('\n');
  for (let n = 0; n < count; n++) {
    const [from, at] = [n * HASHES, n * NUMBERS];
    const leafIndex = numbers[at] ?? -1;
    yield {
      leafIndex: leafIndex < 0 ? null : leafIndex,
      sequence: numbers[at + 1] ?? 0,
      recordedAt: numbers[at + 2] ?? Number.NaN,
      chain: names[n] ?? '',
      hash: bytes.subarray(from, from + HASH_BYTES),
      leaf: bytes.subarray(from + HASH_BYTES, from + 2 * HASH_BYTES),
      prevHash: numbers[at + 3] === 1 ? bytes.subarray(from + 2 * HASH_BYTES, from + HASHES) : null,
    };
  }
  if (unfit !== null) yield { unfit };
}
