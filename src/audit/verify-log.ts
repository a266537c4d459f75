// Checkpoints that were kept in several places, held against each other and against the keys that were good when they were signed. Pure.
import { isConsistent } from './merkle.ts';
import {
  hasForeign,
  isSignedBy,
  parseCheckpoint,
  parseVerifierKey,
  type SignedCheckpoint,
  splitNotes,
  type VerifierKey,
} from './note.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** A key and when it signs: milliseconds, from `from` until the next key of its log begins. */
export type LogKey = VerifierKey & { from: number; until: number };

/**
 * A verifier key a line, behind it since when it signs, as `<log>.vkey` is exported. One without a time is good at any, unless the
 * same key stands there with one.
 */
export function parseKeys(text: string): LogKey[] {
  const found = text.split('\n').flatMap((line): LogKey[] => {
    const [vkey = '', since] = line.trim().split(/\s+/);
    const key = parseVerifierKey(vkey);
    const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
    if (key && Number.isNaN(from)) throw new Refusal(`the time behind the verifier key ${vkey} is none`);
    return key ? [{ ...key, from, until: Number.POSITIVE_INFINITY }] : [];
  });
  const isTimed = ({ name, hash }: LogKey) =>
    found.some((key) => key.name === name && key.hash.equals(hash) && Number.isFinite(key.from));
  const keys = found.filter((key) => Number.isFinite(key.from) || !isTimed(key));
  return keys.map((key) => {
    const later = found.filter(
      (other) => other.name === key.name && other.from > key.from && Number.isFinite(key.from),
    );
    return { ...key, until: Math.min(...later.map((other) => other.from), key.until) };
  });
}

export type KeptNotes = { name: string; text: string };

const describe = ({ treeSize, sealedAt }: SignedCheckpoint) => `of ${treeSize} records (${sealedAt.toISOString()})`;

function readNotes({ name, text }: KeptNotes, keys: readonly LogKey[], toleranceMs: number): SignedCheckpoint[] {
  if (hasForeign(text)) throw new Refusal(`${name} holds what is no checkpoint between others`);
  return splitNotes(text).map((note) => {
    const checkpoint = parseCheckpoint(note);
    if (!checkpoint) throw new Refusal(`${name} holds what is no checkpoint`);
    const by = keys.filter((key) => isSignedBy(checkpoint, key));
    const at = checkpoint.sealedAt.getTime();
    if (by.length === 0) throw new Refusal(`the checkpoint ${describe(checkpoint)} is not signed by the key given`);
    if (!by.some(({ from, until }) => at >= from - toleranceMs && at <= until + toleranceMs))
      throw new Refusal(`the checkpoint ${describe(checkpoint)} is signed by a key that was not in use then`);
    return checkpoint;
  });
}

/**
 * All of them by size, each signed. Two of one size must be the same tree, and who is larger must not be older: else one of the
 * files comes from a log that was forked, or that began anew from a backup. Throws a Refusal.
 */
export function mergeCheckpoints(
  files: readonly KeptNotes[],
  keys: readonly LogKey[],
  toleranceMs: number,
): SignedCheckpoint[] {
  const merged: SignedCheckpoint[] = [];
  const all = files.flatMap((file) => readNotes(file, keys, toleranceMs));
  for (const next of all.sort((a, b) => a.treeSize - b.treeSize)) {
    const last = merged.at(-1);
    if (last && last.origin !== next.origin)
      throw new Refusal(`checkpoints of two logs: ${last.origin}, ${next.origin}`);
    if (last && next.sealedAt.getTime() < last.sealedAt.getTime() - toleranceMs)
      throw new Refusal(`fork or rollback: the checkpoint ${describe(next)} is older than the one ${describe(last)}`);
    if (last?.treeSize !== next.treeSize) merged.push(next);
    else if (!last.rootHash.equals(next.rootHash))
      throw new Refusal(`fork: two checkpoints of ${next.treeSize} records name different trees`);
  }
  if (merged.length === 0) throw new Refusal(`${files.map(({ name }) => name).join(', ')}: no checkpoint`);
  return merged;
}

/** As `GET /v1/audit/proofs?fromSize=` answers it. */
export type Consistency = { fromSize: number; hashes: readonly string[] };

/**
 * That `now` goes on from the kept checkpoint of `fromSize`: its root is the one that was kept, never the one in the answer. A proof
 * that begins before a later one that was kept says nothing about what was sealed between the two.
 */
export function checkConsistency(
  { fromSize, hashes }: Consistency,
  kept: readonly SignedCheckpoint[],
  now: SignedCheckpoint,
): SignedCheckpoint {
  const base = kept.find(({ treeSize }) => treeSize === fromSize);
  if (!base)
    throw new Refusal(`no kept checkpoint of ${fromSize} records: the proof begins at a tree that nobody has kept`);
  const path = hashes.map((hash) => Buffer.from(hash, 'base64'));
  if (!isConsistent(fromSize, now.treeSize, base.rootHash, now.rootHash, path))
    throw new Refusal(
      `fork: the tree ${describe(now)} does not go on from the one ${describe(base)}; first bad position: a leaf below ${fromSize}`,
    );
  const later = kept.findLast(({ treeSize }) => treeSize > fromSize && treeSize <= now.treeSize);
  if (later)
    throw new Refusal(
      `the proof begins at ${fromSize} records, but the checkpoint ${describe(later)} was kept: ask for the proof from there (?fromSize=${later.treeSize})`,
    );
  return base;
}
