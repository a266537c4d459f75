// Makes a directory fit for a database: private, on a file system that keeps owner and mode, reachable by its user.
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { EmbeddedError, reasonOf } from './errors.ts';
import { canEnter, databaseUser, isRoot, type RunAs } from './run-as.ts';

/**
 * Makes the directory if it is missing and tells why it cannot hold the database; undefined when it can. EmbeddedError
 * where no directory of this machine could.
 */
export function whyUnusable(directory: string): string | undefined {
  let made: string | undefined;
  try {
    made = makePrivate(directory);
    const reason = probe(directory, databaseUser(directory));
    if (reason !== undefined) removeMade(directory, made);
    return reason;
  } catch (error) {
    removeMade(directory, made);
    if (error instanceof EmbeddedError) throw error;
    return reasonOf(error);
  }
}

/** Returns the topmost directory that had to be made, as `mkdir` does. */
function makePrivate(directory: string): string | undefined {
  const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Parents made on the way must let the database's user pass, whatever the umask took away.
  for (let up = directory; made !== undefined && isRoot() && up !== made; ) {
    up = dirname(up);
    chmodSync(up, 0o711);
  }
  if (made !== undefined || isOurs(directory)) closeToOthers(directory, databaseUser(directory));
  return made;
}

/** A directory that held other things before is never re-moded: DATA_DIR=/tmp must not close /tmp. */
function isOurs(directory: string): boolean {
  if (statSync(directory).uid !== process.getuid?.()) return false;
  const entries = readdirSync(directory);
  return entries.includes('postgres-passwords.json') || entries.every((name) => /^postgres($|[.-])/.test(name));
}

function closeToOthers(directory: string, runAs: RunAs | undefined): void {
  if (runAs !== undefined) chownSync(directory, 0, runAs.gid);
  // 0710: the database's user passes through to its own folder, but neither lists nor reads what lies beside it.
  chmodSync(directory, runAs === undefined ? 0o700 : 0o710);
}

function probe(directory: string, runAs: RunAs | undefined): string | undefined {
  const cluster = statSync(join(directory, 'postgres'), { throwIfNoEntry: false });
  const uid = runAs?.uid ?? process.getuid?.();
  if (cluster !== undefined && cluster.uid !== uid && !isRoot()) {
    return `its database belongs to another user (uid ${cluster.uid})`;
  }
  const trial = mkdtempSync(join(directory, '.probe-'));
  try {
    if (runAs !== undefined) chownSync(trial, runAs.uid, runAs.gid);
    chmodSync(trial, 0o700);
    const seen = statSync(trial);
    if ((seen.mode & 0o777) !== 0o700 || seen.uid !== uid) return 'its file system does not keep owners and modes';
    writeFileSync(join(trial, 'file'), '');
    linkSync(join(trial, 'file'), join(trial, 'link'));
    if (canEnter(trial, runAs)) return undefined;
    return `the user ${runAs?.name ?? 'of the database'}, who runs PostgreSQL because root may not, cannot reach it`;
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

function removeMade(directory: string, made: string | undefined): void {
  if (made === undefined) return;
  for (let up = directory; ; up = dirname(up)) {
    try {
      rmdirSync(up);
    } catch {
      return;
    }
    if (up === made) return;
  }
}
