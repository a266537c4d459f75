// What docs/fields.csv says: of each answer that is read, which field each role is shown, by relation, in clear or masked (S-17).
import { readFileSync, writeFileSync } from 'node:fs';
import type { Json } from '../api.ts';

const FILE = new URL('../../../docs/fields.csv', import.meta.url);

/** `null` shows that there is such a field and nothing of what it holds. */
export type Shown = 'clear' | 'masked' | 'null';
const WORTH: Readonly<Record<Shown, number>> = { null: 0, masked: 1, clear: 2 };

const MASKED = /[*＊•×]{1,}|^[\p{Script=Han}]某{1,2}$/u;

/** Field by how it is shown; of the items of a list the most that any of them shows. */
export type Shape = Map<string, Shown>;

function add(shape: Shape, path: string, shown: Shown): void {
  const known = shape.get(path);
  if (known === undefined || WORTH[known] < WORTH[shown]) shape.set(path, shown);
}

/** Members whose names are data (a category, a state, a code), not fields. */
const BY_CODE = /^(?:[A-Z]+\d*|\d+|D-[A-Z-]+)$/;
/** What facts carry (ids, codes, numbers) differs by their type, and is held by tests of its own (W-10). */
const OF_FACTS = /(^|\.|\[\])data$/;

/** The year alone stands for a day of birth that is masked. */
const isMasked = (path: string, value: unknown) =>
  typeof value === 'string' && (path.endsWith('birthDate') ? /^\d{4}$/ : MASKED).test(value);

export function shapeOf(value: unknown, path = '', shape: Shape = new Map()): Shape {
  if (OF_FACTS.test(path)) return shape;
  if (Array.isArray(value)) for (const item of value) shapeOf(item, `${path}[]`, shape);
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value as Json)) {
      const at = BY_CODE.test(name) ? '{}' : name;
      shapeOf(member, path === '' ? at : `${path}.${at}`, shape);
    }
  else if (path !== '') add(shape, path, value === null ? 'null' : isMasked(path, value) ? 'masked' : 'clear');
  return shape;
}

/** Who reads: role and relation, `handler/owner`; `any` where the answer belongs to nobody. */
type Reader = string;

/** operation → field → reader → how. */
export type Fields = Map<string, Map<string, Map<Reader, Shown>>>;

export function note(fields: Fields, operation: string, reader: Reader, shape: Shape): void {
  const ofOperation = fields.get(operation) ?? new Map<string, Map<Reader, Shown>>();
  fields.set(operation, ofOperation);
  for (const [path, shown] of shape) {
    const readers = ofOperation.get(path) ?? new Map<Reader, Shown>();
    ofOperation.set(path, readers);
    const known = readers.get(reader);
    if (known === undefined || WORTH[known] < WORTH[shown]) readers.set(reader, shown);
  }
}

const HEAD = 'operation,field,clear,masked,null';
const ORDER = ['clear', 'masked', 'null'] as const;

/** One line for each field; readers by how they are shown it, who is in none of the three is not shown it at all. */
export function writeFields(fields: Fields): void {
  const lines = [...fields].flatMap(([operation, byPath]) =>
    [...byPath].map(([path, readers]) => {
      const cells = ORDER.map((how) =>
        [...readers]
          .filter(([, shown]) => shown === how)
          .map(([reader]) => reader)
          .sort()
          .join(' '),
      );
      return [operation, path, ...cells].join(',');
    }),
  );
  writeFileSync(FILE, `${[HEAD, ...lines.sort()].join('\n')}\n`);
}

export function readFields(text = readFileSync(FILE, 'utf8')): Fields {
  const fields: Fields = new Map();
  for (const line of text.trim().split('\n').slice(1)) {
    const [operation = '', path = '', ...cells] = line.split(',');
    for (const [i, how] of ORDER.entries())
      for (const reader of (cells[i] ?? '').split(' ').filter(Boolean))
        note(fields, operation, reader, new Map([[path, how]]));
  }
  return fields;
}

/** `into` with what was found besides: a list shows another choice of its fields in another run. */
export function addFields(into: Fields, found: Fields): Fields {
  for (const [operation, byPath] of found)
    for (const [path, readers] of byPath)
      for (const [reader, shown] of readers) note(into, operation, reader, new Map([[path, shown]]));
  return into;
}

/** What was shown and is not listed, or is shown more openly than listed. */
export function unlisted(found: Fields, listed: Fields): string[] {
  return [...found].flatMap(([operation, byPath]) =>
    [...byPath].flatMap(([path, readers]) =>
      [...readers].flatMap(([reader, shown]) => {
        const allowed = listed.get(operation)?.get(path)?.get(reader);
        if (allowed !== undefined && WORTH[shown] <= WORTH[allowed]) return [];
        return [`${operation} ${path}: ${shown} to ${reader}, listed ${allowed ?? 'absent'}`];
      }),
    ),
  );
}
