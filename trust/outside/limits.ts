// The limits of the contract: which strings and arrays of request bodies have none, and bodies that pass one limit by one.
import type { ApiDocument } from '../../src/platform/http/document.ts';
import type { Op } from '../../test/support/contract.ts';

type Schema = {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  maxLength?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

function resolve(document: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  const components = (document as unknown as { components: { schemas: Record<string, Schema> } }).components.schemas;
  return name ? resolve(document, components[name] ?? {}) : schema;
}

const bodySchema = (op: Op): Schema | undefined =>
  (op.operation.requestBody as { content?: Record<string, { schema?: Schema }> } | undefined)?.content?.[
    'application/json'
  ]?.schema;

/** Calls `visit` for every schema below; one that names itself is entered once on each way. */
function walk(
  document: ApiDocument,
  schema: Schema,
  path: string,
  visit: (schema: Schema, path: string) => void,
  seen: readonly Schema[] = [],
): void {
  const found = resolve(document, schema);
  if (seen.includes(found)) return;
  const next = [...seen, found];
  visit(found, path);
  for (const [name, member] of Object.entries(found.properties ?? {}))
    walk(document, member, `${path}/${name}`, visit, next);
  if (found.items) walk(document, found.items, `${path}/0`, visit, next);
  for (const part of [...(found.anyOf ?? []), ...(found.oneOf ?? []), ...(found.allOf ?? [])])
    walk(document, part, path, visit, next);
}

export function limitsOf(document: ApiDocument): { limits: number; unbounded: string[] } {
  const unbounded: string[] = [];
  let limits = 0;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const schema = bodySchema({ operation } as Op);
    if (!schema) continue;
    walk(document, schema, operation.operationId, ({ type, enum: values, const: only, maxLength, maxItems }, path) => {
      const bounded =
        type === 'string'
          ? maxLength !== undefined || values !== undefined || only !== undefined
          : type === 'array'
            ? maxItems !== undefined
            : undefined;
      if (bounded === true) limits += 1;
      if (bounded === false) unbounded.push(path);
    });
  }
  return { limits, unbounded };
}

function setAt(body: unknown, pointer: string, value: unknown): unknown {
  const [name, ...rest] = pointer.split('/').slice(1);
  if (name === undefined) return value;
  const below = `/${rest.join('/')}`;
  const next = (holder: unknown) => (rest.length === 0 ? value : setAt(holder, below, value));
  if (Array.isArray(body) || (body === undefined && name === '0')) {
    const list = Array.isArray(body) ? [...body] : [];
    list[0] = next(list[0]);
    return list;
  }
  const record = typeof body === 'object' && body !== null ? { ...body } : {};
  return { ...record, [name]: next((record as Record<string, unknown>)[name]) };
}

/** The body of the fixture with one string a character too long, or one array an item too long, for each limit of the schema. */
export function overLimit(document: ApiDocument, op: Op, body: unknown): { pointer: string; body: unknown }[] {
  const bodies: { pointer: string; body: unknown }[] = [];
  const schema = bodySchema(op);
  if (!schema) return bodies;
  walk(document, schema, '', ({ type, maxLength, maxItems }, pointer) => {
    if (type === 'string' && maxLength !== undefined && maxLength < 900_000)
      bodies.push({ pointer, body: setAt(body, pointer, 'x'.repeat(maxLength + 1)) });
    if (type === 'array' && maxItems !== undefined)
      bodies.push({
        pointer,
        body: setAt(
          body,
          pointer,
          Array.from({ length: maxItems + 1 }, () => null),
        ),
      });
  });
  return bodies;
}
