// checkpoints kept in several places are one log that only grew, each signed by a key in its time; a fork or a rollback is refused.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { consistencySpans, createFrontier, foldSubtrees, leafHash, type Span } from '../../src/audit/merkle.ts';
import {
  parseCheckpoint,
  rawPublicKey,
  type SignedCheckpoint,
  signCheckpoint,
  verifierKey,
} from '../../src/audit/note.ts';
import { checkConsistency, mergeCheckpoints, parseKeys } from '../../src/audit/verify-log.ts';

const ORIGIN = 'service.test/audit/1';
const pair = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { vkey: verifierKey(ORIGIN, rawPublicKey(publicKey)), privateKey };
};
const [first, second] = [pair(), pair()];
const time = (minute: number) => new Date(Date.UTC(2026, 10, 23, 10, minute));
const leavesOf = (name: string, size: number) =>
  Array.from({ length: size }, (_, n) => leafHash(Buffer.from(`${name} ${n}`)));
function rootOf(leaves: readonly Buffer[]) {
  const tree = createFrontier();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

function note(leaves: readonly Buffer[], minute: number, ...keys: KeyObject[]): string {
  const checkpoint = { origin: ORIGIN, treeSize: leaves.length, rootHash: rootOf(leaves), sealedAt: time(minute) };
  return signCheckpoint(checkpoint, ...(keys.length > 0 ? keys : [first.privateKey]));
}
const leaves = leavesOf('a', 30);
const grown = (size: number, minute: number, ...keys: KeyObject[]) => note(leaves.slice(0, size), minute, ...keys);
const merge = (keys: string, ...files: string[][]) =>
  mergeCheckpoints(
    files.map((notes, i) => ({ name: `file ${i}`, text: notes.map((one) => `${one}\n`).join('') })),
    parseKeys(keys),
    1000,
  ).map(({ treeSize }) => treeSize);
const parsed = (text: string) => parseCheckpoint(text) as SignedCheckpoint;

describe('checkpoints of several copies', () => {
  test('are merged by size', () => {
    expect(merge(first.vkey, [grown(7, 1), grown(20, 3)], [grown(7, 1), grown(12, 2)])).toEqual([7, 12, 20]);
  });

  test('of one size name one tree', () => {
    const forked = note(leavesOf('b', 12), 2);
    expect(() => merge(first.vkey, [grown(7, 1), forked], [grown(12, 2)])).toThrow(
      /fork: two checkpoints of 12 records/,
    );
  });

  test('that became fewer are a rollback', () => {
    expect(() => merge(first.vkey, [grown(20, 3)], [grown(12, 9)])).toThrow(
      /fork or rollback: .* 20 records .* 12 records/,
    );
    expect(merge(first.vkey, [grown(20, 3)], [grown(12, 2)])).toEqual([12, 20]);
  });

  test('are signed, of one log, and nothing else', () => {
    expect(() => merge(second.vkey, [grown(7, 1)])).toThrow('not signed by the key given');
    expect(() => merge(first.vkey, [grown(7, 1), grown(9, 2).replace('9\n', '10\n')])).toThrow('of 10 records');
    expect(() => merge(first.vkey, [grown(7, 1), 'a note that was hidden', grown(9, 2)])).toThrow(
      'no checkpoint between',
    );
    const hidden = grown(9, 2).replace('\ntime ', '\n time ');
    expect(() => merge(first.vkey, [grown(7, 1), hidden, grown(12, 3)])).toThrow('no checkpoint between');
    // What a crash has left at the end says nothing yet.
    const torn = { name: 'torn', text: `${grown(7, 1)}\n${grown(9, 2).slice(0, -20)}` };
    expect(mergeCheckpoints([torn], parseKeys(first.vkey), 1000)).toHaveLength(1);
    expect(() => merge(first.vkey, [])).toThrow('no checkpoint');
  });
});

describe('keys', () => {
  const both = `${first.vkey} ${time(0).toISOString()}\n${second.vkey} ${time(5).toISOString()}\n`;

  test('verify what was signed in their time', () => {
    const handedOver = grown(12, 6, second.privateKey, first.privateKey);
    expect(merge(both, [grown(7, 4), handedOver, grown(20, 8, second.privateKey)])).toEqual([7, 12, 20]);
    // Who knows only the former key is told by it that the log went on.
    expect(merge(first.vkey, [grown(7, 4), handedOver])).toEqual([7, 12]);
  });

  test('and nothing else', () => {
    expect(() => merge(both, [grown(7, 8)])).toThrow('by a key that was not in use then');
    expect(() => merge(both, [grown(7, 3, second.privateKey)])).toThrow('by a key that was not in use then');
    // A key that stands there without a time as well has its time.
    expect(() => merge(`${first.vkey}\n${both}`, [grown(7, 8)])).toThrow('by a key that was not in use then');
    expect(() => parseKeys(`${first.vkey} yesterday`)).toThrow('is none');
  });
});

describe('a proof of consistency', () => {
  const proof = (all: readonly Buffer[], from: number, to: number) => {
    const root = ({ begin, end }: Span) => rootOf(all.slice(begin, end)).toString('base64');
    return { fromSize: from, hashes: consistencySpans(from, to).map(root) };
  };

  test('begins at what was kept', () => {
    const kept = [parsed(grown(7, 1)), parsed(grown(12, 2))];
    expect(foldSubtrees([]).length).toBe(32);
    expect(checkConsistency(proof(leaves, 12, 20), kept, parsed(grown(20, 3))).treeSize).toBe(12);
    expect(checkConsistency(proof(leaves, 7, 11), kept, parsed(grown(11, 2))).treeSize).toBe(7);
    expect(() => checkConsistency(proof(leaves, 7, 20), kept, parsed(grown(20, 3)))).toThrow(
      /the checkpoint of 12 .* ask for the proof from there/,
    );
    expect(() => checkConsistency(proof(leaves, 8, 20), kept, parsed(grown(20, 3)))).toThrow('nobody has kept');
  });

  test('of another tree is a fork, whatever the answer says of the root', () => {
    const other = [...leavesOf('b', 3), ...leaves.slice(3)];
    const kept = [parsed(grown(12, 2))];
    const answer = parsed(note(other.slice(0, 20), 3));
    expect(() => checkConsistency(proof(other, 12, 20), kept, answer)).toThrow(/fork: .* a leaf below 12/);
    expect(() => checkConsistency({ fromSize: 12, hashes: [] }, kept, answer)).toThrow('fork');
  });
});
