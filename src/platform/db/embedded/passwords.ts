// Keeps the random passwords of the embedded database in a file that only its owner reads.
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError } from './errors.ts';

export type Passwords = { readonly superuser: string; readonly owner: string; readonly app: string };

/** Reads the passwords, or makes them where no cluster exists yet that would need the old ones. */
export function loadPasswords(dataDir: string, clusterExists: boolean): Passwords {
  const file = join(dataDir, 'postgres-passwords.json');
  const stored = read(file);
  if (stored !== undefined) return stored;
  if (clusterExists) {
    throw new EmbeddedError(
      `The passwords of the database in ${dataDir} are missing or damaged: restore ${file}, or remove ${join(dataDir, 'postgres')} to begin with an empty database.`,
    );
  }
  const fresh = { superuser: randomPassword(), owner: randomPassword(), app: randomPassword() };
  store(file, JSON.stringify(fresh));
  return fresh;
}

function read(file: string): Passwords | undefined {
  try {
    const { superuser, owner, app } = JSON.parse(readFileSync(file, 'utf8'));
    const whole = [superuser, owner, app].every((value) => typeof value === 'string' && /^[\w-]{32,}$/.test(value));
    return whole ? { superuser, owner, app } : undefined;
  } catch {
    return undefined;
  }
}

function store(file: string, text: string): void {
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  const descriptor = openSync(draft, 'wx', 0o600);
  writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(draft, file);
}

/** Letters, digits, `-` and `_` only: fit for a URL and for a quoted SQL literal as they stand. */
function randomPassword(): string {
  return randomBytes(32).toString('base64url');
}
