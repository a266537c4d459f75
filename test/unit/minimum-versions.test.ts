// Versions below which a known weakness lies, held against the lock without a network; few direct dependencies, each with a reason (trust.md ).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

type Row = { name: string; minimum: string; source: string };
const rows: Row[] = read('docs/minimum-versions.csv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [name = '', minimum = '', , source = ''] = line.split(',');
    return { name, minimum, source };
  });

const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> };
const manifest = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };

/** Every copy that the lock installs, with its version; a package may lie there in several. */
const copiesOf = (name: string) =>
  Object.entries(lock.packages).flatMap(([path, { version }]) =>
    path.endsWith(`node_modules/${name}`) ? [{ path, version: version ?? '' }] : [],
  );

/** A pre-release counts as the version before: it may lack what was mended. */
function isAtLeast(version: string, minimum: string): boolean {
  const numbers = (text: string) => (text.split(/[-+]/)[0] ?? '').split('.').map(Number);
  const [have, want] = [numbers(version), numbers(minimum)];
  for (const i of [0, 1, 2]) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return !version.includes('-');
}

describe('minimum safe versions', () => {
  test('the comparison knows order, length and pre-releases', () => {
    expect([
      isAtLeast('5.8.5', '5.8.5'),
      isAtLeast('5.12.0', '5.8.5'),
      isAtLeast('5.8.4', '5.8.5'),
      isAtLeast('5.8.5-rc.1', '5.8.5'),
      isAtLeast('4.99.99', '5.8.5'),
    ]).toEqual([true, true, false, false, false]);
  });

  test.each(rows)('$name is at least $minimum', ({ name, minimum, source }) => {
    expect(minimum).toMatch(/^\d+\.\d+\.\d+$/);
    expect(source).toMatch(/^(?:(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}) ?)+$/);
    const copies = copiesOf(name);
    expect(copies).not.toEqual([]);
    expect(copies.filter(({ version }) => !isAtLeast(version, minimum))).toEqual([]);
  });
});

test('at most 30 packages at run time, each with its reason in the README, none from an address', () => {
  const names = Object.keys(manifest.dependencies);
  expect(names.length).toBeLessThanOrEqual(30);
  const reasons = read('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|')[1] ?? '');
  const named = reasons.flatMap((cell) => cell.split(',').map((part) => part.trim().split(' ')[0]));
  expect(names.filter((name) => !named.includes(name))).toEqual([]);
  expect(Object.values(manifest.dependencies).filter((range) => !/^[\^~]?\d/.test(range))).toEqual([]);
});
