// Lets one process at a time own a data directory: a lock file that names its holder and outlives no kill -9.
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, EmbeddedError } from './errors.ts';
import { identify, isAlive, type ProcessId } from './process-id.ts';

export type Lock = { readonly text: string; release(): void };

const EVICTION_MS = 5_000;

/** Takes the lock, from a dead holder if need be; EmbeddedError names a living one. */
export async function acquireLock(file: string): Promise<Lock> {
  const text = JSON.stringify(identify(process.pid));
  for (let attempt = 0; attempt < 500; attempt++) {
    if (create(file, text)) return { text, release: () => release(file, text) };
    const holder = read(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new EmbeddedError(
        `Another instance (pid ${holder.pid}) already uses ${dirname(file)}: stop it or set DATA_DIR to another directory.`,
      );
    }
    evictDead(file);
    await sleep(10);
  }
  throw new EmbeddedError(`The lock ${file} cannot be taken: remove this file if no instance runs.`);
}

/** Only our own: after a first release it may be somebody else's already. */
function release(file: string, text: string): void {
  if (JSON.stringify(read(file)) === text) rmSync(file, { force: true });
}

/** Appears whole or not at all: `link` is atomic, so nobody ever reads a lock without its holder. */
function create(file: string, text: string): boolean {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(file: string): ProcessId | undefined {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8'));
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** Looks again and removes under a second lock, or two starters could each remove what the other has just made. */
function evictDead(file: string): void {
  const right = `${file}.eviction`;
  try {
    writeFileSync(right, '', { flag: 'wx', mode: 0o600 });
  } catch {
    const age = Date.now() - (statSync(right, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > EVICTION_MS) rmSync(right, { force: true });
    return;
  }
  try {
    const holder = read(file);
    if (holder === undefined || !isAlive(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(right, { force: true });
  }
}
