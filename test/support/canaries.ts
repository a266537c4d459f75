// Canaries (P-02, P-09): values that stand nowhere else, in every free text field of a request body that the contract has.

import { completeCitizenId } from '../../src/kernel/citizen-id.ts';
import type { ApiDocument } from '../../src/platform/http/document.ts';

type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; items?: Schema; pattern?: string };

/** Every canary holds one of these: whoever finds none of them finds no canary. */
export const MARKS = {
  text: '龘靐齉',
  /** Region and birth date of all people in the walk. */
  idNumber: '21010219770707',
  phone: '139753108',
  account: '622202975310864',
} as const;

/** In clear by their kind: of organs, officers, and files of courts. */
const CLEAR: readonly RegExp[] = [
  /^(?:createAgency|editAgency|addOfficer|editOfficer|addClient|createFund|editFund)\//,
  /\/linkedCase\/(?:number|handlingOrgan)$/,
];

const RARE = [...'龖龗麤鱻驫羴犇猋焱淼垚鑫森晶磊矗蟲飍灥厵'];

export function createCanaries(seed: number) {
  let state = seed >>> 0 || 1;
  const random = (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const planted = new Set<string>();
  const mapped = new Map<string, string>();
  const keep = (value: string) => {
    planted.add(value);
    return value;
  };
  let n = 0;
  const next = () => {
    n += 1;
    return n;
  };
  const text = (max = 10_000) =>
    keep(`${MARKS.text}${next()}${Array.from({ length: 6 }, () => RARE[random(RARE.length)]).join('')}`.slice(0, max));
  /** The same for the same: a rule may compare them. */
  const same = (kind: string, original: string, make: () => string) => {
    const key = `${kind}|${original}`;
    const value = mapped.get(key) ?? keep(make());
    mapped.set(key, value);
    return value;
  };
  let serial = { odd: -1, even: -2 };
  const idNumber = (original: string) =>
    same('id', original, () => {
      const kind = Number(original[16]) % 2 === 1 ? 'odd' : 'even';
      serial = { ...serial, [kind]: serial[kind] + 2 };
      return completeCitizenId(`${MARKS.idNumber}${String(serial[kind]).padStart(3, '0')}`);
    });
  let calls = 0;
  const phone = (original: string) =>
    same('phone', original, () => `${MARKS.phone}${String(calls++).padStart(2, '0').slice(-2)}`);
  const account = (original: string) => same('account', original, () => `${MARKS.account}${String(1000 + next())}`);
  const name = (original: string) => same('name', original, () => `林${text(40)}`);
  /** What was asked for is answered in the same words. */
  const item = (original: string) => same('item', original, () => text(40));
  return { planted, text, idNumber, phone, account, name, item };
}

export type Canaries = ReturnType<typeof createCanaries>;

function resolve(document: ApiDocument, schema: Schema | undefined): Schema | undefined {
  const ref = schema?.$ref;
  if (typeof ref !== 'string') return schema;
  let found: unknown = document;
  for (const part of ref.split('/').slice(1))
    found = (found as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  return resolve(document, found as Schema);
}

/** Members of a schema whatever it is made of. */
function membersOf(document: ApiDocument, given: Schema | undefined): Record<string, Schema> {
  const schema = resolve(document, given);
  if (!schema) return {};
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => (schema[word] as Schema[] | undefined) ?? []);
  return Object.assign({}, ...parts.map((part) => membersOf(document, part)), schema.properties ?? {});
}

function leafOf(document: ApiDocument, given: Schema | undefined): Schema | undefined {
  const schema = resolve(document, given);
  if (!schema) return undefined;
  const branch = ['anyOf', 'oneOf'].flatMap((word) => (schema[word] as Schema[] | undefined) ?? []);
  const strings = branch.map((part) => leafOf(document, part)).find((part) => part?.type === 'string');
  return strings ?? schema;
}

function itemsOf(document: ApiDocument, given: Schema | undefined): Schema | undefined {
  const schema = resolve(document, given);
  const branch = ['anyOf', 'oneOf'].flatMap((word) => (schema?.[word] as Schema[] | undefined) ?? []);
  return schema?.items ?? branch.map((part) => itemsOf(document, part)).find((items) => items !== undefined);
}

/** Free text of the contract says only that it is not blank. */
const isFree = (schema: Schema | undefined) =>
  schema?.type === 'string' && schema.pattern === '\\S' && schema.enum === undefined;

export type Planting = {
  document: ApiDocument;
  operation: string;
  canaries: Canaries;
  /** Also members that are absent: texts, or texts and objects that are made of nothing else. */
  extra: 'none' | 'texts' | 'objects';
  /** What was planted, by operation and member. */
  pointers: Set<string>;
};

function word(p: Planting, pointer: string, schema: Schema, value: string, siblings: object): string {
  const member = pointer
    .split('/')
    .filter((part) => part !== '*')
    .at(-1);
  const max = Number(schema.maxLength ?? 10_000);
  if (CLEAR.some((clear) => clear.test(pointer))) return value;
  p.pointers.add(pointer);
  // What an answer gave back is a canary already.
  if (Object.values(MARKS).some((mark) => value.includes(mark))) return value;
  if (member === 'idNumber') {
    // A birth date beside it must agree with it.
    const bound = !/^\d{17}[\dX]$/.test(value) || 'birthDate' in siblings;
    return bound ? value : p.canaries.idNumber(value);
  }
  if (member === 'phone') return /^1\d{10}$/.test(value) ? p.canaries.phone(value) : value;
  if (member === 'name') return p.canaries.name(value);
  if (['items', 'waived', 'toBeObtained'].includes(String(member))) return p.canaries.item(value);
  return p.canaries.text(max);
}

function plantInto(p: Planting, given: Schema | undefined, value: unknown, pointer: string, siblings: object): unknown {
  const schema = leafOf(p.document, given);
  if (typeof value === 'string') {
    if (/\/accountNumber$/.test(pointer)) {
      p.pointers.add(pointer);
      return p.canaries.account(value);
    }
    const free = isFree(schema) || pointer === 'correctAssistanceCase/value';
    return schema && free ? word(p, pointer, schema, value, siblings) : value;
  }
  if (Array.isArray(value)) {
    const items = itemsOf(p.document, given);
    return value.map((item) => plantInto(p, items, item, `${pointer}/*`, siblings));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = membersOf(p.document, given);
  const kept = Object.entries(value).map(([key, v]) => [
    key,
    plantInto(p, members[key], v, `${pointer}/${key}`, value),
  ]);
  const added = Object.entries(members).flatMap(([key, member]) => {
    const leaf = leafOf(p.document, member);
    if (p.extra === 'none' || key in value || !leaf) return [];
    const made = p.extra === 'objects' ? textsOnly(p, member, `${pointer}/${key}`) : undefined;
    if (made) return [[key, made]];
    if (!isFree(leaf) || ['idNumber', 'phone', 'name'].includes(key)) return [];
    return [[key, word(p, `${pointer}/${key}`, leaf, '', value)]];
  });
  return Object.fromEntries([...kept, ...added]);
}

/** An object all of whose members are free text: a guardian, an override. */
function textsOnly(p: Planting, schema: Schema, pointer: string): Record<string, string> | undefined {
  const members = Object.entries(membersOf(p.document, schema)).map(
    ([key, m]) => [key, leafOf(p.document, m)] as const,
  );
  if (members.length === 0 || !members.every(([, leaf]) => isFree(leaf))) return undefined;
  const made = members.map(([key, leaf]) => {
    const given = key === 'phone' ? '13900000000' : '某某';
    return [key, word(p, `${pointer}/${key}`, leaf ?? {}, given, {})];
  });
  return Object.fromEntries(made);
}

export const plant = (p: Planting, schema: Schema | undefined, body: unknown): unknown =>
  plantInto(p, schema, body, p.operation, {});

/** Pointers of all free text that an operation's body may hold. */
export function freeTextOf(document: ApiDocument, operation: string, given: Schema | undefined): string[] {
  const found = new Set<string>();
  const walk = (schema: Schema | undefined, pointer: string, depth: number) => {
    if (depth > 8) return;
    const leaf = leafOf(document, schema);
    if (isFree(leaf) || /\/accountNumber$/.test(pointer)) found.add(pointer);
    for (const [key, member] of Object.entries(membersOf(document, schema)))
      walk(member, `${pointer}/${key}`, depth + 1);
    const items = itemsOf(document, schema);
    if (items) walk(items, `${pointer}/*`, depth + 1);
  };
  walk(given, operation, 0);
  return [...found].filter((pointer) => !CLEAR.some((clear) => clear.test(pointer)));
}
