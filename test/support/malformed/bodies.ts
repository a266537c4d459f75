// Bodies gone wrong: a valid one with members replaced, dropped, doubled or renamed, or text that is no JSON at all.
import type { Random } from '../../../src/kernel/random.ts';
import { anyValue, Raw } from './values.ts';

type Slot = { holder: Record<string, unknown> | unknown[]; key: string | number };

function slotsOf(value: unknown): Slot[] {
  if (typeof value !== 'object' || value === null || value instanceof Raw) return [];
  const holder = value as Record<string, unknown>;
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(holder);
  return keys.flatMap((key) => [{ holder, key } as Slot, ...slotsOf(holder[key])]);
}

function mutate(random: Random, body: unknown): unknown {
  const slots = slotsOf(body);
  if (slots.length === 0) return anyValue(random);
  const { holder, key } = random.pick(slots);
  const record = holder as Record<string, unknown>;
  const what = random.int(0, 9);
  if (what <= 5) record[key] = anyValue(random);
  else if (what === 6 && !Array.isArray(holder)) delete record[key];
  else if (what === 7 && !Array.isArray(holder))
    record[(JSON.stringify(anyValue(random)) ?? 'x').slice(0, 300)] = anyValue(random);
  else if (what === 8) record[key] = [record[key]];
  else record[key] = { value: record[key] };
  return body;
}

/** JSON text in which Raw stands as it is. */
export function write(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

const TEXTS: readonly ((text: string, random: Random) => string | Buffer)[] = [
  () => '',
  () => ' ',
  () => 'null',
  () => '[]',
  () => '""',
  () => '0',
  () => '{',
  () => '{}{}',
  () => '\u0000',
  () => '[['.repeat(50_000),
  () => `{"a":${'['.repeat(30)}${']'.repeat(30)}}`,
  () => 'a=b&c=d',
  () => '<a/>',
  (text) => `\ufeff${text}`,
  (text) => text.slice(0, -1),
  (text) => `${text},`,
  (text) => text.replace('{', '{"subjects":[],"subjects":[],'),
  (text) => text.replace('{', '{"__proto__":{"polluted":true},'),
  (text) => text.replaceAll('"', "'"),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe, 0x80])]),
  (text) => Buffer.from(text, 'latin1'),
  (text, random) => {
    const bytes = Buffer.from(text);
    for (let i = 0; i < 3 && bytes.length > 0; i++) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
    return bytes;
  },
];

/** `body` is not touched; the answer is what goes over the wire. */
export function malformedBody(random: Random, body: unknown): string | Buffer {
  if (random.chance(0.25)) return random.pick(TEXTS)(write(body ?? {}), random);
  let copy: unknown = structuredClone(body ?? {});
  for (let i = random.int(1, 3); i > 0; i--) copy = mutate(random, copy);
  return write(copy);
}
