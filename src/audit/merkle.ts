// The tree of RFC 6962 §2.1: hashes of leaves and nodes, proofs from stored subtrees, and how anybody checks them. Pure.
import { hash as digestOf } from 'node:crypto';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
const HASH_BYTES = 32;
const sha256 = (data: Buffer) => digestOf('sha256', data, 'buffer');
/** Written anew for each node: a million of them are made in a second or two. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

export const leafHash = (data: Buffer): Buffer => sha256(Buffer.concat([LEAF, data]));
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  // A proof may hold what is no hash: nothing of the former node must stand in for it.
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) return sha256(Buffer.concat([NODE, left, right]));
  left.copy(node, 1);
  right.copy(node, 1 + HASH_BYTES);
  return sha256(node);
}
export const EMPTY_ROOT = sha256(Buffer.alloc(0));

/** A complete subtree: 2^level leaves from `index` * 2^level on. */
export type NodeId = { level: number; index: number };
/** Leaves from `begin` up to, not with, `end`; `begin` is a multiple of the power of two that spans it. */
export type Span = { begin: number; end: number };

/** Complete subtrees that together are the span, from left to right. Arithmetic, not bits: sizes may pass 2^31. */
export function subtreesOf({ begin, end }: Span): NodeId[] {
  const found: NodeId[] = [];
  let at = begin;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    found.push({ level, index: at / width });
    at += width;
  }
  return found;
}

/** Root over neighbouring subtrees, as `subtreesOf` gives them. */
export function foldSubtrees(hashes: readonly Buffer[]): Buffer {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two below `n`, for n ≥ 2. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** PATH(m, D[n]) of RFC 6962 §2.1.1 as spans, from the leaf up. */
export function inclusionSpans(index: number, size: number): Span[] {
  const path: Span[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      path.unshift({ begin: middle, end });
      end = middle;
    } else {
      path.unshift({ begin, end: middle });
      begin = middle;
    }
  }
  return path;
}

/** PROOF(m, D[n]) of RFC 6962 §2.1.2 as spans; empty for equal sizes; nothing follows from an empty first tree. */
export function consistencySpans(first: number, second: number): Span[] {
  if (first === 0 || first === second) return [];
  const path: Span[] = [];
  let [begin, end] = [0, second];
  while (end !== first) {
    const middle = begin + splitOf(end - begin);
    if (first <= middle) {
      path.unshift({ begin: middle, end });
      end = middle;
    } else {
      path.unshift({ begin, end: middle });
      begin = middle;
    }
  }
  if (begin > 0) path.unshift({ begin, end });
  return path;
}

/** Root that the proof leads to (RFC 9162 §2.1.3.2), or undefined where it has the wrong length. */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: Buffer,
  proof: readonly Buffer[],
): Buffer | undefined {
  if (!(index >= 0 && index < size) || leaf.length !== HASH_BYTES) return undefined;
  const spans = inclusionSpans(index, size);
  if (spans.length !== proof.length) return undefined;
  return proof.reduce(
    (hash, sibling, i) => ((spans[i]?.begin ?? 0) > index ? nodeHash(hash, sibling) : nodeHash(sibling, hash)),
    leaf,
  );
}

/** Both roots that the proof leads to (RFC 9162 §2.1.4.2), or undefined where it has the wrong form. */
function rootsFromConsistency(first: number, second: number, root1: Buffer, proof: readonly Buffer[]) {
  const spans = consistencySpans(first, second);
  if (spans.length !== proof.length) return undefined;
  // Where the first tree is a complete subtree of the second it is its own starting point and not repeated.
  const seeded = (spans[0]?.begin ?? 0) >= first;
  const start = seeded ? root1 : proof[0];
  if (!start) return undefined;
  let [old, now] = [start, start];
  for (const [i, sibling] of proof.entries()) {
    const span = spans[i];
    if (!span || (i === 0 && !seeded)) continue;
    if (span.begin >= first) now = nodeHash(now, sibling);
    else [old, now] = [nodeHash(sibling, old), nodeHash(sibling, now)];
  }
  return { old, now };
}

export function isConsistent(
  first: number,
  second: number,
  root1: Buffer,
  root2: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (first < 1 || first > second) return false;
  if (first === second) return proof.length === 0 && root1.equals(root2);
  const roots = rootsFromConsistency(first, second, root1, proof);
  return roots?.old.equals(root1) === true && roots.now.equals(root2);
}

/** Subtrees on the right edge of a tree that grows leaf by leaf. */
export type Frontier = {
  size(): number;
  /** Adds a leaf; `onNode` hears every subtree that it completes. */
  add(leaf: Buffer, onNode?: (node: NodeId, hash: Buffer) => void): void;
  root(): Buffer;
};

/** `edge`: the subtrees of `subtreesOf({begin: 0, end: size})`. */
export function createFrontier(size = 0, edge: readonly Buffer[] = []): Frontier {
  const levels = subtreesOf({ begin: 0, end: size }).map(({ level }) => level);
  const hashes = [...edge];
  let count = size;
  return {
    size: () => count,
    add(leaf, onNode) {
      let [hash, level] = [leaf, 0];
      while (levels.at(-1) === level) {
        levels.pop();
        hash = nodeHash(hashes.pop() ?? EMPTY_ROOT, hash);
        level += 1;
        onNode?.({ level, index: Math.floor(count / 2 ** level) }, hash);
      }
      levels.push(level);
      hashes.push(hash);
      count += 1;
    },
    root: () => foldSubtrees(hashes),
  };
}
