// The lock installs everywhere from an empty cache (trust.md X-03): npm drops other platforms' binaries where a registry lacks them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

type Entry = {
  resolved?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Entry>;
};
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Looks the name up as Node does: in the package's own node_modules, then outwards. */
function installed(from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in lock.packages) return true;
    if (at === '') return false;
  }
}

describe('package-lock.json', () => {
  test('has an entry for every dependency, the binaries of other platforms included', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !installed(path, name)),
    );
    expect(missing).toEqual([]);
  });

  test('has an integrity for every entry, and names no address to download from', () => {
    expect(entries.filter(([, entry]) => !entry.integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
    expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
  });
});
