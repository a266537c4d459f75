// Public test vectors that more than one suite reads; where they come from stands in the README of their folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './settings.ts';

const read = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, 'test/vectors', path), 'utf8')) as T;

export type JsonVector = { name: string; bytes: Buffer };

/** JSONTestSuite: `y_…` must parse, `n_…` must not, `i_…` as the parser likes. */
export function jsonVectors(prefix: 'y' | 'n' | 'i'): JsonVector[] {
  type Stored = Record<string, string | { repeat: string; times: number; end: string }>;
  return Object.entries(read<Stored>('json-parsing/parsing.json'))
    .filter(([name]) => name.startsWith(`${prefix}_`))
    .map(([name, stored]) => {
      if (typeof stored === 'string') return { name, bytes: Buffer.from(stored, 'base64') };
      return { name, bytes: Buffer.from(stored.repeat.repeat(stored.times) + stored.end) };
    });
}

/**
 * What JSON allows and this service refuses: keys named twice, and U+0000, which PostgreSQL cannot store (S-28). And the one
 * that is refused as JSON and accepted here: no body at all stands for `{}` (contract.md §1).
 */
export const REFUSED_ON_PURPOSE = [
  'y_object_duplicated_key',
  'y_object_duplicated_key_and_value',
  'y_object_escaped_null_in_key',
  'y_string_null_escape',
] as const;
export const ACCEPTED_ON_PURPOSE = ['n_structure_no_data'] as const;

/** Big List of Naughty Strings. */
export const naughtyStrings = (): string[] =>
  read<string[]>('naughty-strings/blns.base64.json').map((text) => Buffer.from(text, 'base64').toString('utf8'));
