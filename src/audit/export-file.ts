// The export outside the database: checkpoints and leaf hashes in append-only files; what was exported is never contradicted.
import { type FileHandle, mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpoint, splitNotes } from './note.ts';

export type Exported = {
  origin: string;
  /** Of the last checkpoint; 0 and no note before the first. */
  size: number;
  note: string | undefined;
  /** Verifier keys, each with the time since when it signs, in that order. */
  keys: readonly string[];
  leaves(from: number, limit: number): Promise<Buffer[]>;
  rootAt(size: number): Promise<Buffer | undefined>;
};

const HASH_BYTES = 32;
const CHUNK = 50_000;
/** The last notes of the file; one has some 300 bytes. */
const TAIL_BYTES = 4096;

export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** Files of one log: `<name>.checkpoints`, `<name>.leaves`, `<name>.vkey`. */
export const exportName = (origin: string): string => origin.replace(/[^A-Za-z0-9.-]+/g, '_');

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

async function readTail(file: string): Promise<Buffer> {
  const size = await sizeOf(file);
  if (size === 0) return Buffer.alloc(0);
  const handle = await open(file, 'r');
  try {
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function append(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, 'a', 0o640);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The database must go on from what was exported: a restored backup or a changed tree ends here, and with it the writing. */
async function ensureContinues(file: string, log: Exported): Promise<number> {
  const last = splitNotes((await readTail(file)).toString())
    .map(parseCheckpoint)
    .at(-1);
  if (!last) return 0;
  if (last.treeSize > log.size)
    throw new ExportError(`the export has a checkpoint of ${last.treeSize} records, the database only ${log.size}`);
  const root = await log.rootAt(last.treeSize);
  if (!root?.equals(last.rootHash))
    throw new ExportError(`the database contradicts the exported checkpoint of ${last.treeSize} records`);
  return last.treeSize;
}

/** Behind the last whole one: a piece that a crash has left must not stand between two. */
async function exportNote(file: string, note: string): Promise<void> {
  const tail = await readTail(file);
  const last = splitNotes(tail.toString()).at(-1);
  const whole = last === undefined ? 0 : tail.lastIndexOf(last) + Buffer.byteLength(last);
  const isTorn = tail.subarray(whole).toString().trim() !== '';
  await append(file, async (handle) => {
    if (isTorn) await handle.truncate((await sizeOf(file)) - (tail.length - whole));
    await handle.appendFile(`${isTorn && whole > 0 ? '\n' : ''}${note}\n`);
  });
}

async function exportLeaves(file: string, log: Exported): Promise<void> {
  const bytes = await sizeOf(file);
  let at = Math.floor(bytes / HASH_BYTES);
  if (at >= log.size) return;
  await append(file, async (handle) => {
    // A crash in the middle of a hash: what is whole stays.
    if (bytes % HASH_BYTES !== 0) await handle.truncate(at * HASH_BYTES);
    while (at < log.size) {
      const hashes = await log.leaves(at, Math.min(CHUNK, log.size - at));
      if (hashes.length === 0) throw new ExportError(`the leaf ${at} is not stored`);
      await handle.appendFile(Buffer.concat(hashes));
      at += hashes.length;
    }
  });
}

/** Appends what the files do not have yet; throws where they say otherwise than the database. */
export async function exportLog(directory: string, log: Exported): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o750 });
  const base = join(directory, exportName(log.origin));
  const known = await ensureContinues(`${base}.checkpoints`, log);
  const { note } = log;
  if (!note || known === log.size) return;
  await exportLeaves(`${base}.leaves`, log);
  const keys = await readFile(`${base}.vkey`, 'utf8').catch(() => '');
  const fresh = log.keys.filter((key) => !keys.split('\n').includes(key));
  if (fresh.length > 0) await append(`${base}.vkey`, (handle) => handle.appendFile(`${fresh.join('\n')}\n`));
  await exportNote(`${base}.checkpoints`, note);
}
