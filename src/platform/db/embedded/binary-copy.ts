// Copies the PostgreSQL binaries out of a directory that the database's user cannot reach.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isRoot } from './run-as.ts';

/** The first copy that `accept`s, an earlier one if it is whole; undefined when no place serves. */
export function copyWithinReach(source: string, name: string, accept: (copy: string) => boolean): string | undefined {
  for (const cache of caches()) {
    try {
      if (!makeTrusted(cache)) continue;
      for (const copy of [name, `${name}-2`, `${name}-3`].map((each) => join(cache, each))) {
        if (isWholeOrMade(source, copy) && accept(copy)) return copy;
      }
    } catch {
      // A full or read-only place: the next one may serve, and the caller says so when none does.
    }
  }
  return undefined;
}

function caches(): string[] {
  const configured = process.env.XDG_CACHE_HOME;
  const home = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  const permanent = isRoot() ? '/var/cache' : home;
  return [
    join(permanent, 'judicial-assistance'),
    join(tmpdir(), `judicial-assistance-binaries-${process.getuid?.() ?? 'user'}`),
    join('/var/tmp', `judicial-assistance-binaries-${process.getuid?.() ?? 'user'}`),
  ];
}

/** Programs are run from here, so nobody else may have made the directory or be able to write to it. */
function makeTrusted(cache: string): boolean {
  if (mkdirSync(cache, { recursive: true, mode: 0o755 }) !== undefined) chmodSync(cache, 0o755);
  const found = statSync(cache);
  return found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/**
 * A rename shows the copy whole or not at all; of two copies made at once either serves. Cleaners of temporary
 * directories remove old files one by one, so a copy is compared before it is trusted; a damaged one is passed over and
 * not replaced, since another instance may be running from it.
 */
function isWholeOrMade(source: string, copy: string): boolean {
  if (existsSync(copy)) return listing(source) === listing(copy);
  const aside = `${copy}.${randomBytes(6).toString('hex')}`;
  try {
    copyTree(source, aside);
    renameSync(aside, copy);
    return true;
  } catch (error) {
    if (!existsSync(copy)) throw error;
    return listing(source) === listing(copy);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function listing(root: string): string {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sized = files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return `${path.slice(root.length)}:${statSync(path).size}`;
  });
  return sized.sort().join('\n');
}

/** Links are left out: they are made anew. Modes are set outright, whatever the umask of the install was. */
function copyTree(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    if (!entry.isFile()) continue;
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
    chmodSync(target, (statSync(source).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
