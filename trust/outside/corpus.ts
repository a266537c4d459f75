// What is sent to every operation: spellings of content types, polluted bodies and queries, values of another type.
export const CONTENT_TYPES: readonly string[] = [
  'application/json\t',
  'application/json\t;charset=utf-8',
  '\tapplication/json',
  'application/json;',
  'application/json ;charset=utf-8',
  'application/json;charset=utf-7',
  'application/json;charset=gbk',
  'application/json; charset="utf-8"',
  'application/json;charset=utf-8;charset=utf-7',
  'Application/JSON',
  'APPLICATION/JSON; CHARSET=UTF-8',
  'application/json, text/plain',
  'text/plain, application/json',
  'application/json,application/json',
  'application/json; foo="bar',
  'application/json\u000b',
  'application/jsonx',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded, application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/json',
  'application/octet-stream',
  '',
];

const PAYLOAD = '{"polluted":true}';
export const POLLUTED_BODIES: readonly string[] = [
  `{"__proto__":${PAYLOAD}}`,
  `{"\\u005f\\u005fproto__":${PAYLOAD}}`,
  `{"constructor":{"prototype":${PAYLOAD}}}`,
  `{"a":{"__proto__":${PAYLOAD}}}`,
  `[{"__proto__":${PAYLOAD}}]`,
  `{"__proto__":null,"constructor":null}`,
  '{"prototype":{"polluted":true}}',
  '{"toString":"x","valueOf":"x","hasOwnProperty":"x"}',
];
export const POLLUTED_QUERIES: readonly string[] = [
  '__proto__[polluted]=true',
  '__proto__.polluted=true',
  '__proto__=true',
  '%5f%5fproto%5f%5f=true',
  'constructor[prototype][polluted]=true',
  'constructor.prototype.polluted=true',
  'constructor=true',
  'a[__proto__][polluted]=true',
];

export type Slot = { path: (string | number)[]; value: unknown };

/** Every scalar of a body, with the way to it. */
export function slotsOf(value: unknown, path: (string | number)[] = []): Slot[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, member]) =>
    slotsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

const MARK = '\u0001slot\u0001';

/** The body as JSON, with `text` (JSON as it stands, good or bad) at one place. */
export function withSlot(body: unknown, { path }: Slot, text: string): string {
  if (path.length === 0) return text;
  const copy = structuredClone(body) as Record<string | number, unknown>;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  holder[path.at(-1) as string | number] = MARK;
  return JSON.stringify(copy).replace(JSON.stringify(MARK), () => text);
}

const HUGE = ['1e400', '-0', '9007199254740993', '123456789012345678901234567890', 'NaN', '0x10', '1.0e1'];

/** JSON texts of another type than the value has: none may be taken for it. */
export function wrongFor(value: unknown): string[] {
  const text = JSON.stringify(value);
  const common = [`[${text}]`, `{"value":${text}}`, '"\\u0000"', '"\\ud800"'];
  if (typeof value === 'string')
    return [
      ...common,
      ...HUGE,
      'true',
      ...(Number.isFinite(Number(value)) && value !== '' ? [String(Number(value))] : []),
    ];
  if (typeof value === 'number')
    return [...common, `"${value}"`, `" ${value}"`, `"${value}abc"`, 'true', '1e400', 'NaN'];
  if (typeof value === 'boolean') return [...common, `"${value}"`, value ? '1' : '0', '"yes"', '""'];
  return common;
}
