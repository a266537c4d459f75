// the public RFC 6962 vectors (98 inclusion, 98 consistency), and proofs of our own trees of every small size.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  consistencySpans,
  createFrontier,
  foldSubtrees,
  inclusionSpans,
  isConsistent,
  leafHash,
  type NodeId,
  rootFromInclusion,
  type Span,
  subtreesOf,
} from '../../src/audit/merkle.ts';
import { ROOT } from '../support/settings.ts';

const read = <T>(name: string) => JSON.parse(readFileSync(join(ROOT, 'test/vectors/merkle', name), 'utf8')) as T[];
const bytes = (text: string | null) => Buffer.from(text ?? '', 'base64');
type Vector = { file: string; proof: string[] | null; wantErr: boolean };

describe('transparency-dev/merkle', () => {
  const inclusion = read<Vector & { leafIdx: number; treeSize: number; root: string; leafHash: string }>(
    'inclusion.json',
  );
  const consistency = read<Vector & { size1: number; size2: number; root1: string; root2: string }>('consistency.json');

  test('are 98 and 98', () => {
    expect([inclusion.length, consistency.length]).toEqual([98, 98]);
  });

  test('inclusion', () => {
    const wrong = inclusion.filter(({ leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }) => {
      const found = rootFromInclusion(leafIdx, treeSize, bytes(leaf), (proof ?? []).map(bytes));
      return (found?.equals(bytes(root)) === true) === wantErr;
    });
    expect(wrong.map((vector) => vector.file)).toEqual([]);
  });

  test('consistency', () => {
    const wrong = consistency.filter(
      ({ size1, size2, root1, root2, proof, wantErr }) =>
        isConsistent(size1, size2, bytes(root1), bytes(root2), (proof ?? []).map(bytes)) === wantErr,
    );
    expect(wrong.map((vector) => vector.file)).toEqual([]);
  });
});

describe('proofs from stored subtrees', () => {
  const LEAVES = 40;
  const nodes = new Map<string, Buffer>();
  const name = ({ level, index }: NodeId) => `${level}/${index}`;
  const roots: Buffer[] = [createFrontier().root()];
  const leaves: Buffer[] = [];
  const tree = createFrontier();
  for (let n = 0; n < LEAVES; n++) {
    const leaf = leafHash(Buffer.from(`leaf ${n}`));
    leaves.push(leaf);
    nodes.set(name({ level: 0, index: n }), leaf);
    tree.add(leaf, (node, hash) => nodes.set(name(node), hash));
    roots.push(tree.root());
  }
  const stored = (span: Span) =>
    foldSubtrees(
      subtreesOf(span).map((node) => {
        const hash = nodes.get(name(node));
        if (!hash) throw new Error(`subtree ${name(node)} was never complete`);
        return hash;
      }),
    );

  test('every leaf of every size', () => {
    for (let size = 1; size <= LEAVES; size++)
      for (let index = 0; index < size; index++) {
        const proof = inclusionSpans(index, size).map(stored);
        expect(rootFromInclusion(index, size, leaves[index] as Buffer, proof)).toEqual(roots[size]);
      }
  });

  test('every pair of sizes, and none with another root', () => {
    for (let second = 1; second <= LEAVES; second++)
      for (let first = 1; first <= second; first++) {
        const proof = consistencySpans(first, second).map(stored);
        const [old, now] = [roots[first] as Buffer, roots[second] as Buffer];
        expect([first, second, isConsistent(first, second, old, now, proof)]).toEqual([first, second, true]);
        const other = roots[second - 1] as Buffer;
        expect([first, second, isConsistent(first, second, old, other, proof)]).toEqual([first, second, false]);
      }
  });

  test('a tree that goes on from its right edge is the same tree', () => {
    for (let size = 0; size < LEAVES; size++) {
      const resumed = createFrontier(
        size,
        subtreesOf({ begin: 0, end: size }).map((node) => nodes.get(name(node)) as Buffer),
      );
      expect(resumed.root()).toEqual(roots[size]);
      resumed.add(leaves[size] as Buffer);
      expect(resumed.root()).toEqual(roots[size + 1]);
    }
  });
});
