// Content on its way into the store: sealed already, in files of its own that nobody else can open, and swept when forgotten.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedFile } from './store.ts';

export type Spooled = SealedFile & {
  /** Removes the file if it is still there. */
  discard(): Promise<void>;
};

export type Spool = {
  /** Writes what comes to the end and onto the disk; a source that fails leaves nothing behind. */
  write(source: AsyncIterable<Buffer>): Promise<Spooled>;
  /** Removes what a process that ended has left. */
  sweep(before: Date): Promise<number>;
};

async function fill(path: string, source: AsyncIterable<Buffer>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const piece of source) {
      hash.update(piece);
      bytes += piece.length;
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

export function createSpool(directory: string): Spool {
  return {
    async write(source) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, randomBytes(16).toString('hex'));
      const discard = () => rm(path, { force: true });
      try {
        return { path, ...(await fill(path, source)), discard };
      } catch (error) {
        await discard();
        throw error;
      }
    },
    async sweep(before) {
      const names = await readdir(directory).catch(() => []);
      let removed = 0;
      for (const name of names) {
        const path = join(directory, name);
        const found = await stat(path).catch(() => undefined);
        if (!found?.isFile() || found.mtime >= before) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}
