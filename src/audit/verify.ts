// The verifier (A-03..A-06), pure and without a database: records in sealing order against checkpoints that were kept elsewhere.
import { createFrontier, type Frontier } from './merkle.ts';
import type { SignedCheckpoint } from './note.ts';
import type { Checked, Unfit } from './verify-block.ts';

export type Fault = { leafIndex: number; what: string };

export type VerifyInput = {
  /** Signatures verified, by size, at least one. */
  checkpoints: readonly SignedCheckpoint[];
  /** Leaf hashes as exported, already held against the checkpoints: they name the leaf where a root only names a stretch. */
  leaves?: Buffer | undefined;
  /** How long a transaction may have run when a checkpoint was made without it. */
  toleranceMs: number;
};

export type Verification = {
  /** The next record; a fault ends the verification. */
  take(record: Checked | Unfit): Fault | undefined;
  end(): Fault | undefined;
  summary(): { records: number; chains: number; checkpoints: number; uncovered: number; lateStarts: number };
};

const HASH_BYTES = 32;
/** Hashes of heads as strings of single bytes: a view would keep its whole block. */
type Link = { sequence: number; hash: string };
type Waiting = { leafIndex: number; prevHash: string | null; hash: string };
const textOf = (hash: Buffer) => hash.toString('latin1');

/** Chains grow in the order of their locks, leaves in that of transactions: a link may come before the one that it follows. */
function createChains() {
  const heads = new Map<string, Link>();
  const waiting = new Map<string, Map<number, Waiting>>();
  let lateStarts = 0;

  function follow(name: string, head: Link | undefined, sequence: number, link: Waiting): Fault | undefined {
    const expected = head?.hash ?? null;
    if (link.prevHash !== expected)
      return { leafIndex: link.leafIndex, what: `does not follow record ${sequence - 1} of its chain ${name}` };
    heads.set(name, { sequence, hash: link.hash });
    return undefined;
  }

  return {
    take(name: string, sequence: number, link: Waiting): Fault | undefined {
      const head = heads.get(name);
      // What was written before there were hashes stands outside; the chain begins behind it, and says so.
      const late = !head && sequence > 1 && link.prevHash === null;
      if (late) lateStarts += 1;
      const due = (head?.sequence ?? 0) + 1;
      if (sequence < due)
        return { leafIndex: link.leafIndex, what: `stands a second time at ${sequence} of its chain ${name}` };
      if (sequence > due && !late) {
        const mine = waiting.get(name) ?? new Map<number, Waiting>();
        waiting.set(name, mine.set(sequence, link));
        return undefined;
      }
      let fault = follow(name, head, sequence, link);
      const mine = waiting.get(name);
      for (let next = sequence + 1; !fault && mine?.has(next); next++) {
        fault = follow(name, heads.get(name), next, mine.get(next) as Waiting);
        mine.delete(next);
      }
      if (mine?.size === 0) waiting.delete(name);
      return fault;
    },
    /** The first one whose predecessor never came. */
    orphan(): Fault | undefined {
      let first: Fault | undefined;
      for (const [name, mine] of waiting)
        for (const [sequence, { leafIndex }] of mine)
          if (!first || leafIndex < first.leafIndex)
            first = { leafIndex, what: `record ${sequence - 1} of its chain ${name} is missing` };
      return first;
    },
    count: () => heads.size,
    lateStarts: () => lateStarts,
  };
}

/** Roots of the exported leaves at every checkpoint; a fault where the two exports contradict each other. */
export function checkLeaves(leaves: Buffer, checkpoints: readonly SignedCheckpoint[]): Fault | undefined {
  const tree = createFrontier();
  for (const { treeSize, rootHash } of checkpoints) {
    const begin = tree.size();
    if (leaves.length < treeSize * HASH_BYTES)
      return { leafIndex: Math.floor(leaves.length / HASH_BYTES), what: 'the export of leaf hashes ends here' };
    for (let at = begin; at < treeSize; at++) tree.add(leaves.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
    if (!tree.root().equals(rootHash))
      return {
        leafIndex: begin,
        what: `the exported leaf hashes ${begin} to ${treeSize - 1} contradict the checkpoint`,
      };
  }
  return undefined;
}

export function createVerification({ checkpoints, leaves, toleranceMs }: VerifyInput): Verification {
  const chains = createChains();
  const tree: Frontier | undefined = leaves ? undefined : createFrontier();
  const last = checkpoints.at(-1)?.treeSize ?? 0;
  let count = 0;
  let passed = 0;

  const notBefore = () => (checkpoints[passed - 1]?.sealedAt.getTime() ?? Number.NEGATIVE_INFINITY) - toleranceMs;

  function checkPlace({ leafIndex, leaf, recordedAt }: Checked): Fault | undefined {
    const at = count;
    if (leafIndex !== at) {
      const what = leafIndex !== null && leafIndex < at ? 'stands here a second time' : 'is missing';
      return { leafIndex: Math.min(at, leafIndex ?? at), what };
    }
    const kept = leaves?.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
    if (kept?.length === HASH_BYTES && !kept.equals(leaf))
      return { leafIndex: at, what: 'is not the record that was sealed here' };
    // A time that is none is before everything.
    if (!(recordedAt >= notBefore())) {
      const said = Number.isNaN(recordedAt) ? 'no time' : new Date(recordedAt).toISOString();
      return { leafIndex: at, what: `says ${said}, but an older checkpoint does not have it` };
    }
    return undefined;
  }

  /** The root at a checkpoint that ends here. */
  function checkRoot(): Fault | undefined {
    const due = checkpoints[passed];
    if (due?.treeSize !== count) return undefined;
    const from = checkpoints[passed - 1]?.treeSize ?? 0;
    passed += 1;
    if (!tree || tree.root().equals(due.rootHash)) return undefined;
    return { leafIndex: from, what: `one of the records ${from} to ${count - 1} is not the one that was sealed` };
  }

  return {
    take(record) {
      if ('unfit' in record) return { leafIndex: count, what: record.unfit };
      const misplaced = checkPlace(record);
      if (misplaced) return misplaced;
      const { chain, sequence, prevHash, hash, leaf } = record;
      const link = { leafIndex: count, prevHash: prevHash && textOf(prevHash), hash: textOf(hash) };
      const fault = chains.take(chain, sequence, link);
      if (fault) return fault;
      tree?.add(Buffer.from(leaf));
      count += 1;
      return checkRoot();
    },
    end() {
      if (count < last) return { leafIndex: count, what: `is missing: a checkpoint has ${last} records` };
      return chains.orphan();
    },
    summary: () => ({
      records: count,
      chains: chains.count(),
      checkpoints: checkpoints.length,
      uncovered: Math.max(0, count - last),
      lateStarts: chains.lateStarts(),
    }),
  };
}
