// Keeps the clusters of tests from piling up: each names its process, and whoever starts next removes the orphans.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedError } from './errors.ts';
import { readPostmaster } from './postmaster-file.ts';
import { identify, isAlive, isGoneWithin, type ProcessId, signal } from './process-id.ts';
import { canEnter, databaseUser } from './run-as.ts';

const MARK = 'throwaway.json';

/** A new empty directory for a throwaway cluster, where the database's user can reach it. */
export function throwawayDataDir(): string {
  for (const parent of [tmpdir(), '/tmp', '/var/tmp']) {
    if (canEnter(parent, databaseUser(parent))) return mkdtempSync(join(parent, 'judicial-assistance-test-'));
  }
  throw new EmbeddedError('No temporary directory can hold a test database: set TMPDIR to a reachable directory.');
}

/** Refuses a directory that holds anything else: it will be removed whole. */
export function markThrowaway(dataDir: string): void {
  const others = readdirSync(dataDir).filter((name) => name !== MARK && !name.startsWith('postgres.lock'));
  if (others.length > 0 && readOwner(dataDir) === undefined) {
    throw new EmbeddedError(`${dataDir} is not empty and cannot become a throwaway database: name an empty directory.`);
  }
  writeFileSync(join(dataDir, MARK), JSON.stringify(identify(process.pid)), { mode: 0o600 });
}

/** Stops and removes the throwaway clusters beside this one whose process is dead. */
export async function sweepThrowaways(dataDir: string): Promise<void> {
  const parent = dirname(dataDir);
  for (const name of readdirSync(parent)) {
    const directory = join(parent, name);
    const owner = readOwner(directory);
    if (owner === undefined || isAlive(owner)) continue;
    const postmaster = readPostmaster(join(directory, 'postgres'));
    if (postmaster !== undefined) {
      signal(postmaster.process, 'SIGQUIT');
      await isGoneWithin(postmaster.process, 5_000);
    }
    removeThrowaway(directory);
  }
}

export function removeThrowaway(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Its watchdog or another test run is removing it at this moment.
  }
}

/** In a directory where everybody may write, only marks that this user made count. */
function readOwner(directory: string): ProcessId | undefined {
  try {
    const mark = join(directory, MARK);
    if (statSync(mark).uid !== process.getuid?.()) return undefined;
    const { pid, startedAt } = JSON.parse(readFileSync(mark, 'utf8'));
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}
