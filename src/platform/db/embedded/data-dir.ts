// Chooses where the embedded database and the documents live (contract.md §5, DATA_DIR).
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { whyUnusable } from './directory.ts';
import { EmbeddedError } from './errors.ts';
import { isRoot } from './run-as.ts';

/**
 * DATA_DIR if given, else `.data` in the project, else a directory of this user that belongs to this checkout. The
 * result exists, is private and can hold the database; EmbeddedError says in one sentence why none could be found.
 */
export function resolveDataDir(configured: string | undefined, projectRoot: string): string {
  if (configured !== undefined && configured !== '') {
    const directory = resolve(projectRoot, configured);
    const reason = whyUnusable(directory);
    if (reason === undefined) return directory;
    throw new EmbeddedError(`DATA_DIR ${directory} cannot be used (${reason}): set DATA_DIR to another directory.`);
  }
  const reasons: string[] = [];
  for (const directory of inOrder(candidates(projectRoot))) {
    const reason = whyUnusable(directory);
    if (reason === undefined) return directory;
    reasons.push(`${directory}: ${reason}`);
  }
  throw new EmbeddedError(
    `No directory can hold the data (${reasons.join('; ')}): set DATA_DIR to a writable directory.`,
  );
}

function candidates(projectRoot: string): string[] {
  // Two checkouts of one user that both fall back must not meet in one database.
  const checkout = createHash('sha256').update(projectRoot).digest('hex').slice(0, 12);
  const state = process.env.XDG_STATE_HOME;
  const stateHome = state !== undefined && isAbsolute(state) ? state : join(homedir(), '.local', 'state');
  const ownTemporary = join(tmpdir(), `judicial-assistance-${process.getuid?.() ?? 'user'}`);
  return [
    join(projectRoot, '.data'),
    join(stateHome, 'judicial-assistance', checkout),
    ...(isRoot() ? [join('/var/lib/judicial-assistance', checkout)] : []),
    ...(isOwnOrAbsent(ownTemporary) ? [join(ownTemporary, checkout)] : []),
  ];
}

/** In a directory where everybody may write, another user may have made ours first to read along. */
function isOwnOrAbsent(directory: string): boolean {
  const found = statSync(directory, { throwIfNoEntry: false });
  return found === undefined || found.uid === process.getuid?.();
}

/** Where a database already lies it stays, even if a better place has become usable since. */
function inOrder(directories: string[]): string[] {
  const holds = (directory: string): boolean => existsSync(join(directory, 'postgres', 'PG_VERSION'));
  return [...directories.filter(holds), ...directories.filter((directory) => !holds(directory))];
}
