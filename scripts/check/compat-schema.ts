// Whether a schema still means what it meant: what a client may send stays accepted, what it was promised stays true (C-05, ADR 0033).

export type Schema = Record<string, unknown> & {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

/** `request`: a client sends it. `response`: a client reads it. */
export type Direction = 'request' | 'response';
export type Components = Readonly<Record<string, Schema>>;

const LOWER = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties', 'minContains'] as const;
const UPPER = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties', 'maxContains'] as const;
const EXACT = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'contentEncoding'] as const;

/** Said of every integer; its bounds say it too. */
const formatOf = ({ format }: Schema) => (format === 'int32' || format === 'int64' ? undefined : format);

const show = (value: unknown) => JSON.stringify(value);
const nameOf = (schema: Schema) => schema.$ref?.split('/').at(-1);

const typesOf = (schema: Schema): string[] => {
  if (schema.type !== undefined) return [schema.type].flat();
  if (schema.const !== undefined) return [schema.const === null ? 'null' : typeof schema.const];
  return [];
};
const valuesOf = (schema: Schema) => schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
const fits = (type: string, types: readonly string[]) =>
  types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'));

/** Types, values and bounds of one schema, without what it contains. */
function ownBreaks(old: Schema, now: Schema, direction: Direction, at: string): string[] {
  const found: string[] = [];
  const [before, after] = [typesOf(old), typesOf(now)];
  const [given, taken] = direction === 'request' ? [before, after] : [after, before];
  const lost = given.length === 0 && taken.length > 0 ? ['any type'] : given.filter((type) => !fits(type, taken));
  // Bounds of another type say nothing.
  if (lost.length > 0)
    return [`${at}: type ${before.join('|') || 'any'} became ${after.join('|') || 'any'} in a ${direction}`];
  const [format, other] = [formatOf(old), formatOf(now)];
  if (format !== other && (direction === 'response' || other !== undefined))
    found.push(`${at}: format ${show(format)} became ${show(other)} in a ${direction}`);
  if (direction === 'response') return found;
  const [values, still] = [valuesOf(old), valuesOf(now)];
  if (still && !values) found.push(`${at}: only ${show(still)} are accepted now`);
  for (const value of values ?? [])
    if (still && !still.includes(value)) found.push(`${at}: the value ${show(value)} is no longer accepted`);
  const number = (schema: Schema, name: string) => schema[name] as number | undefined;
  for (const name of LOWER) {
    const [low, high] = [number(old, name), number(now, name)];
    if (high !== undefined && high > (low ?? (name.startsWith('min') && !name.includes('imum') ? 0 : -Infinity)))
      found.push(`${at}: ${name} rose from ${low ?? 'none'} to ${high}`);
  }
  for (const name of UPPER) {
    const [high, low] = [number(old, name), number(now, name)];
    if (low !== undefined && low < (high ?? Infinity))
      found.push(`${at}: ${name} fell from ${high ?? 'none'} to ${low}`);
  }
  for (const name of EXACT)
    if (name !== 'format' && now[name] !== undefined && now[name] !== false && show(old[name]) !== show(now[name]))
      found.push(`${at}: ${name} ${show(old[name])} became ${show(now[name])}`);
  return found;
}

export type Compare = (old: Schema, now: Schema, direction: Direction, at: string) => string[];

function propertyBreaks(old: Schema, now: Schema, direction: Direction, at: string, compare: Compare): string[] {
  const found: string[] = [];
  const [must, still] = [old.required ?? [], now.required ?? []];
  if (direction === 'request') {
    for (const name of still) if (!must.includes(name)) found.push(`${at}/${name}: is required in a request now`);
    const wasOpen = old.additionalProperties !== false && old.properties !== undefined;
    if (wasOpen && now.additionalProperties === false) found.push(`${at}: further members are refused now`);
  } else {
    for (const name of must)
      if (now.properties?.[name] && !still.includes(name))
        found.push(`${at}/${name}: may be absent from a response now`);
  }
  for (const [name, schema] of Object.entries(old.properties ?? {})) {
    const present = now.properties?.[name];
    if (present) found.push(...compare(schema, present, direction, `${at}/${name}`));
    else found.push(`${at}/${name}: is gone from a ${direction}`);
  }
  return found;
}

/** Each alternative of the one side needs one on the other that it agrees with; the nearest tells what is wrong. */
function alternativeBreaks(
  old: readonly Schema[],
  now: readonly Schema[],
  direction: Direction,
  at: string,
  compare: Compare,
): string[] {
  const nearest = (candidates: string[][]) => candidates.toSorted((a, b) => a.length - b.length)[0] ?? [];
  return direction === 'request'
    ? old.flatMap((one) => nearest(now.map((other) => compare(one, other, direction, at))))
    : now.flatMap((one) => nearest(old.map((other) => compare(other, one, direction, at))));
}

const choicesOf = (schema: Schema): Schema[] | undefined => schema.anyOf ?? schema.oneOf;

/** `anyOf` that speaks of nothing but required members stands beside the properties: it is compared as it stands. */
const isCondition = (choices: readonly Schema[]) =>
  choices.every((choice) => Object.keys(choice).every((key) => key === 'required'));

/** Compares two documents' schemas; components are named by their names and compared once in each direction. */
export function schemaComparer(before: Components, after: Components): Compare {
  const known = new Map<string, string[]>();
  const compare: Compare = (old, now, direction, at) => {
    const [oldName, newName] = [nameOf(old), nameOf(now)];
    if (oldName !== undefined || newName !== undefined) {
      const key = `${direction} ${oldName ?? at} ${newName ?? at}`;
      const seen = known.get(key);
      if (seen) return seen;
      known.set(key, []);
      const [one, other] = [oldName ? before[oldName] : old, newName ? after[newName] : now];
      const place = oldName ?? at;
      const found = one && other ? compare(one, other, direction, place) : [`${place}: has no schema`];
      known.set(key, found);
      return found;
    }
    const [choices, present] = [choicesOf(old), choicesOf(now)];
    const whole = [choices, present].some((some) => some && !isCondition(some));
    const found = whole ? alternativeBreaks(choices ?? [old], present ?? [now], direction, at, compare) : [];
    const narrower = !whole && present && show(choices) !== show(present);
    if (narrower && direction === 'request') found.push(`${at}: another combination of members is required`);
    if (whole) return found;
    found.push(...ownBreaks(old, now, direction, at), ...propertyBreaks(old, now, direction, at, compare));
    if (old.items && now.items) found.push(...compare(old.items, now.items, direction, `${at}[]`));
    (old.allOf ?? []).forEach((part, i) => {
      const other = now.allOf?.[i];
      if (other) found.push(...compare(part, other, direction, at));
    });
    return found;
  };
  return compare;
}
