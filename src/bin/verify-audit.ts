// npm run verify-audit: checks an export of the audit record against checkpoints that were kept elsewhere; needs no database.
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { leafHash, rootFromInclusion } from '../audit/merkle.ts';
import type { SignedCheckpoint } from '../audit/note.ts';
import { checkLeaves, createVerification, type Fault } from '../audit/verify.ts';
import { recordsOf } from '../audit/verify-block.ts';
import {
  type Consistency,
  checkConsistency,
  type LogKey,
  mergeCheckpoints,
  parseKeys,
  Refusal,
} from '../audit/verify-log.ts';
import { hashOfRecord, isWireRecord, type WireRecord } from '../audit/wire.ts';
import { blocksOf } from './verify-blocks.ts';

const USAGE = `Usage: verify-audit --records <export.ndjson> --checkpoints <log>.checkpoints... [--key <vkey or file>] [--tolerance <seconds>]
       verify-audit --checkpoints <log>.checkpoints... [--key <vkey or file>]
       verify-audit --proof <answer of /v1/audit/proofs>.json --key <vkey or file> [--checkpoints <kept>...]
The leaf hashes (<log>.leaves) and the verifier keys (<log>.vkey) are taken from beside the first checkpoints; keys that you were
given another way (--key) prove more than those that lie there. Give every copy that you or others have kept (--checkpoints several
times): they are held against each other, and a log that was forked or rolled back is refused. With --proof they are what a proof of
consistency (?fromSize=) begins at.`;

const fail = (text: string): never => {
  throw new Refusal(text);
};

function readKeys(given: string): LogKey[] {
  const keys = parseKeys(existsSync(given) ? readFileSync(given, 'utf8') : given);
  return keys.length > 0 ? keys : fail(`${given} holds no verifier key`);
}

const readNotes = (files: readonly string[]) => files.map((name) => ({ name, text: readFileSync(name, 'utf8') }));

type Given = { checkpoints: readonly string[]; key: string | undefined; toleranceMs: number };

/** What was kept of the log: checkpoints that agree, and the exported leaf hashes, which agree with them. */
function readLog({ checkpoints: files, key, toleranceMs }: Given) {
  const base = (files[0] ?? fail(USAGE)).replace(/\.checkpoints$/, '');
  const checkpoints = mergeCheckpoints(readNotes(files), readKeys(key ?? `${base}.vkey`), toleranceMs);
  const leaves = existsSync(`${base}.leaves`) ? readFileSync(`${base}.leaves`) : undefined;
  const contradicted = leaves && checkLeaves(leaves, checkpoints);
  if (contradicted) fail(describe(contradicted));
  return { checkpoints, leaves };
}

const describe = ({ leafIndex, what }: Fault, record?: WireRecord) => {
  const named = record ? ` (record ${record.id}, ${record.type}, ${record.kind} ${record.resourceId})` : '';
  return `first bad position: leaf ${leafIndex}${named}: ${what}`;
};

/** The record on a line, if it is one: read again for the message alone. */
async function recordOnLine(path: string, line: number): Promise<WireRecord | undefined> {
  const file = await open(path, 'r');
  let at = 0;
  for await (const text of file.readLines()) {
    if (at++ < line) continue;
    try {
      const value: unknown = JSON.parse(text);
      return isWireRecord(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

async function findFault(path: string, verification: ReturnType<typeof createVerification>) {
  let line = 0;
  for await (const block of blocksOf(path))
    for (const record of recordsOf(block)) {
      const fault = verification.take(record);
      if (fault) return { fault, line };
      line += 1;
    }
  const fault = verification.end();
  return fault && { fault, line };
}

function warn(key: string | undefined): void {
  if (!key)
    console.log('The verifier key lay beside the checkpoints: compare it with one that you were given another way.');
}

async function verifyRecords(path: string, given: Given): Promise<void> {
  const { checkpoints, leaves } = readLog(given);
  const verification = createVerification({ checkpoints, leaves, toleranceMs: given.toleranceMs });
  const found = await findFault(path, verification);
  if (found) {
    const record = await recordOnLine(path, found.line);
    fail(describe(found.fault, record?.leafIndex === found.fault.leafIndex ? record : undefined));
  }
  const { records, chains, uncovered, lateStarts } = verification.summary();
  console.log(`${records} records in ${chains} chains agree with ${checkpoints.length} checkpoints.`);
  if (uncovered > 0)
    console.log(`${uncovered} of them are younger than the last checkpoint and are not vouched for yet.`);
  if (lateStarts > 0)
    console.log(`${lateStarts} chains begin behind records that were written before there were hashes.`);
  warn(given.key);
}

/** Without the records: that all checkpoints are one log that only grew. */
function verifyCheckpoints(given: Given): void {
  const { checkpoints, leaves } = readLog(given);
  const last = checkpoints.at(-1);
  if (!leaves && checkpoints.length > 1)
    fail(`${checkpoints.length} checkpoints are signed, but nothing shows that each goes on from the one before: give
<log>.leaves beside them, or ask for proofs of consistency (GET /v1/audit/proofs?fromSize=) and check those with --proof`);
  console.log(`${checkpoints.length} checkpoints are one log of ${last?.treeSize} records that only grew.`);
  warn(given.key);
}

type Inclusion = { leafIndex: number; recordHash: string; hashes: string[]; record: WireRecord | null };
type Proof = { checkpoint: { note: string }; inclusion: Inclusion | null; consistency: Consistency | null };

function verifyInclusion({ leafIndex, record, recordHash, hashes }: Inclusion, checkpoint: SignedCheckpoint): void {
  const hash = record ? isWireRecord(record) && hashOfRecord(record) : Buffer.from(recordHash, 'base64');
  const said = record?.hash ?? recordHash;
  const name = record ? `record ${record.id}` : `the record of hash ${recordHash}`;
  if (!hash || hash.toString('base64') !== said || said !== recordHash)
    throw new Refusal(`${name}: its content does not give its hash`);
  const path = hashes.map((text) => Buffer.from(text, 'base64'));
  const root = rootFromInclusion(leafIndex, checkpoint.treeSize, leafHash(hash), path);
  if (!root?.equals(checkpoint.rootHash)) fail(`${name} is not leaf ${leafIndex} of the signed tree`);
  const sealed = `leaf ${leafIndex} of ${checkpoint.treeSize}, signed at ${checkpoint.sealedAt.toISOString()}.`;
  console.log(`${name[0]?.toUpperCase()}${name.slice(1)} is ${sealed}`);
  if (!record) console.log('Its content was not shown to you: only that it was sealed there is proved.');
}

function verifyProof(file: string, { checkpoints: kept, key, toleranceMs }: Given): void {
  const { checkpoint: given, inclusion, consistency } = JSON.parse(readFileSync(file, 'utf8')) as Proof;
  const keys = readKeys(key ?? fail(USAGE));
  const answer = mergeCheckpoints([{ name: file, text: given.note }], keys, toleranceMs)[0] ?? fail(USAGE);
  const files = readNotes(kept);
  if (files.length > 0) mergeCheckpoints([...files, { name: file, text: given.note }], keys, toleranceMs);
  if (!inclusion && !consistency) fail('the answer proves neither a record nor that the tree goes on');
  if (inclusion) verifyInclusion(inclusion, answer);
  if (!consistency) return;
  if (files.length === 0)
    fail('give the checkpoints that you have kept (--checkpoints): the proof begins at one of them');
  const base = checkConsistency(consistency, mergeCheckpoints(files, keys, toleranceMs), answer);
  console.log(`The log of ${answer.treeSize} records goes on from the checkpoint of ${base.treeSize} that was kept.`);
}

function readArguments() {
  const text = { type: 'string' } as const;
  const checkpoints = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({ options: { records: text, checkpoints, key: text, proof: text, tolerance: text } }).values;
  } catch {
    return fail(USAGE);
  }
}

try {
  const { records, checkpoints = [], key, proof, tolerance = '120' } = readArguments();
  if (!/^\d{1,6}$/.test(tolerance) || (records && proof)) fail(USAGE);
  const given = { checkpoints, key, toleranceMs: Number(tolerance) * 1000 };
  if (proof) verifyProof(proof, given);
  else if (records) await verifyRecords(records, given);
  else verifyCheckpoints(given);
} catch (error) {
  console.error(error instanceof Refusal ? error.message : `cannot be verified: ${(error as Error).message}`);
  process.exitCode = 1;
}
