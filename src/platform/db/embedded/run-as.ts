// Decides which system user runs PostgreSQL, which refuses to run as root.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError } from './errors.ts';

export type RunAs = { readonly name: string; readonly uid: number; readonly gid: number };

/**
 * The user under whom the database of this data directory runs: undefined for an ordinary user (himself); for root the
 * owner of a cluster that is already there, else `postgres`, else `nobody`.
 */
export function databaseUser(dataDir: string): RunAs | undefined {
  if (!isRoot()) return undefined;
  const owner = statSync(join(dataDir, 'postgres'), { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const user = lookUp('postgres') ?? lookUp('nobody');
  if (user !== undefined) return user;
  throw new EmbeddedError(
    'PostgreSQL does not run as root and this machine has no user "postgres" or "nobody": start as an ordinary user or set DATABASE_URL.',
  );
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Options for a child of PostgreSQL: its user, a directory it may stand in, none of the caller's PG* variables. */
export function childOptions(runAs: RunAs | undefined) {
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  return { cwd: '/', env, ...(runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }) };
}

/** Whether that user can walk into the directory; the kernel is asked, because mode bits do not tell of ACLs. */
export function canEnter(directory: string, runAs: RunAs | undefined): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], childOptions(runAs)).status === 0;
}

function lookUp(name: string): RunAs | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}
