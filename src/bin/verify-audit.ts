// npm run verify-audit: checks an export of the audit record against checkpoints that were kept elsewhere; needs no database.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { leafHash, rootFromInclusion } from '../audit/merkle.ts';
import { isSignedBy, parseCheckpoint, parseVerifierKey, type SignedCheckpoint, splitNotes } from '../audit/note.ts';
import { checkLeaves, createVerification, type Fault } from '../audit/verify.ts';
import { hashOfRecord, type WireRecord } from '../audit/wire.ts';

const USAGE = `Usage: verify-audit --records <export.ndjson> --checkpoints <log>.checkpoints [--key <vkey or file>] [--tolerance <seconds>]
       verify-audit --proof <answer of /v1/audit/proofs>.json --key <vkey or file>
The leaf hashes (<log>.leaves) and the verifier key (<log>.vkey) are taken from beside the checkpoints; a key that you were
given another way (--key) proves more than one that lies there.`;

class Failure extends Error {}

const fail = (text: string): never => {
  throw new Failure(text);
};

function readKeys(given: string): NonNullable<ReturnType<typeof parseVerifierKey>>[] {
  const text = existsSync(given) ? readFileSync(given, 'utf8') : given;
  const keys = text.split(/\s+/).flatMap((line) => parseVerifierKey(line) ?? []);
  return keys.length > 0 ? keys : fail(`${given} holds no verifier key`);
}

/** Signed ones only, by size; two of one size must be the same tree. */
function readCheckpoints(file: string, keys: ReturnType<typeof readKeys>): SignedCheckpoint[] {
  const bySize = new Map<number, SignedCheckpoint>();
  const notes = splitNotes(readFileSync(file, 'utf8'));
  for (const note of notes) {
    const checkpoint = parseCheckpoint(note) ?? fail(`${file} holds what is no checkpoint`);
    if (!keys.some((key) => isSignedBy(checkpoint, key)))
      fail(`the checkpoint of ${checkpoint.treeSize} records is not signed by the key given`);
    const known = bySize.get(checkpoint.treeSize);
    if (known && !known.rootHash.equals(checkpoint.rootHash))
      fail(`two checkpoints of ${checkpoint.treeSize} records name different trees`);
    bySize.set(checkpoint.treeSize, checkpoint);
  }
  if (bySize.size === 0) fail(`${file} holds no checkpoint`);
  return [...bySize.values()].sort((a, b) => a.treeSize - b.treeSize);
}

const describe = ({ leafIndex, what }: Fault, record?: WireRecord) => {
  const named = record ? ` (record ${record.id}, ${record.type}, ${record.kind} ${record.resourceId})` : '';
  return `first bad position: leaf ${leafIndex}${named}: ${what}`;
};

/** Whole lines of the file, as many at a time as were read. */
async function* linesOf(file: string): AsyncGenerator<string[]> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  if (rest !== '') yield [rest];
}

function parseRecord(line: string, position: number): WireRecord {
  try {
    return JSON.parse(line) as WireRecord;
  } catch {
    return fail(`first bad position: leaf ${position}: its line is no JSON`);
  }
}

async function verifyRecords(file: string, checkpointFile: string, key: string | undefined, seconds: number) {
  const base = checkpointFile.replace(/\.checkpoints$/, '');
  const keys = readKeys(key ?? `${base}.vkey`);
  const checkpoints = readCheckpoints(checkpointFile, keys);
  const leaves = existsSync(`${base}.leaves`) ? readFileSync(`${base}.leaves`) : undefined;
  const contradicted = leaves && checkLeaves(leaves, checkpoints);
  if (contradicted) fail(describe(contradicted));
  const verification = createVerification({ checkpoints, leaves, toleranceMs: seconds * 1000 });
  let position = 0;
  for await (const lines of linesOf(file))
    for (const line of lines) {
      if (line === '') continue;
      const record = parseRecord(line, position);
      const fault = verification.take(record);
      if (fault) fail(describe(fault, fault.leafIndex === record.leafIndex ? record : undefined));
      position += 1;
    }
  const missing = verification.end();
  if (missing) fail(describe(missing));
  const { records, chains, uncovered, lateStarts } = verification.summary();
  console.log(`${records} records in ${chains} chains agree with ${checkpoints.length} checkpoints.`);
  if (uncovered > 0)
    console.log(`${uncovered} of them are younger than the last checkpoint and are not vouched for yet.`);
  if (lateStarts > 0)
    console.log(`${lateStarts} chains begin behind records that were written before there were hashes.`);
  if (!key)
    console.log('The verifier key lay beside the checkpoints: compare it with one that you were given another way.');
}

type Proof = {
  checkpoint: { note: string };
  inclusion: { leafIndex: number; treeSize: number; hashes: string[]; record: WireRecord } | null;
};

function verifyProof(file: string, key: string | undefined): void {
  const { checkpoint: given, inclusion } = JSON.parse(readFileSync(file, 'utf8')) as Proof;
  const checkpoint = parseCheckpoint(given.note) ?? fail('the answer holds no checkpoint');
  const keys = readKeys(key ?? fail(USAGE));
  if (!keys.some((k) => isSignedBy(checkpoint, k))) fail('the checkpoint is not signed by the key given');
  if (!inclusion) throw new Failure('the answer holds no proof of a record');
  const { leafIndex, record, hashes } = inclusion;
  const hash = hashOfRecord(record);
  if (!hash || hash.toString('base64') !== record.hash)
    throw new Failure(`record ${record.id}: its content does not give its hash`);
  const path = hashes.map((text) => Buffer.from(text, 'base64'));
  const root = rootFromInclusion(leafIndex, checkpoint.treeSize, leafHash(hash), path);
  if (!root?.equals(checkpoint.rootHash)) fail(`record ${record.id} is not leaf ${leafIndex} of the signed tree`);
  console.log(
    `Record ${record.id} is leaf ${leafIndex} of ${checkpoint.treeSize}, signed at ${checkpoint.sealedAt.toISOString()}.`,
  );
}

function readArguments() {
  const text = { type: 'string' } as const;
  const options = { records: text, checkpoints: text, key: text, proof: text, tolerance: text };
  try {
    return parseArgs({ options }).values;
  } catch {
    return fail(USAGE);
  }
}

try {
  const { records, checkpoints, key, proof, tolerance = '120' } = readArguments();
  if (proof) verifyProof(proof, key);
  else if (records && checkpoints && /^\d{1,6}$/.test(tolerance))
    await verifyRecords(records, checkpoints, key, Number(tolerance));
  else fail(USAGE);
} catch (error) {
  console.error(error instanceof Failure ? error.message : `cannot be verified: ${(error as Error).message}`);
  process.exitCode = 1;
}
