// The OpenAPI document as tests use it: its operations, and a check of any answer against it.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { buildDocument } from '../../src/bin/document.ts';
import type { ApiDocument, Operation } from '../../src/platform/http/document.ts';
import type { Answer, Send } from './api.ts';
import type { Target } from './fixtures/fixture.ts';
import { multipart } from './multipart.ts';

export type Op = {
  id: string;
  method: string;
  /** As in the document: `/v1/clues/{id}`. */
  path: string;
  operation: Operation;
  /** Undefined: public, or any valid token. */
  permission: string | undefined;
  isPublic: boolean;
  resource: boolean;
  ifMatch: boolean;
  keyRequired: boolean;
  dryRun: boolean;
  hasBody: boolean;
};

export type Contract = {
  document: ApiDocument;
  operations: Op[];
  /** What is wrong with an answer's status or body; undefined = it is as documented. */
  faultOf(op: Op, answer: Answer): string | undefined;
  /** Whether a value fits the request body (or, with a status, the answer) of an operation. */
  schemaFault(op: Op, value: unknown, status?: number): string | undefined;
  problemFault(answer: Answer): string | undefined;
  /** Whether the body of the operation has a field of this name, wherever in its choices. */
  takes(op: Op, name: string): boolean;
};

function toOp(path: string, method: string, operation: Operation): Op {
  const named = (name: string) => (operation.parameters ?? []).some((p) => p.name === name);
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    operation,
    permission: operation['x-permission'] as string | undefined,
    isPublic: operation.security.length === 0,
    resource: operation['x-resource'] !== undefined,
    ifMatch: operation['x-if-match'] === 'required',
    keyRequired: operation['x-idempotency-key'] === 'required',
    dryRun: named('dryRun'),
    hasBody: operation.requestBody !== undefined,
  };
}

type BodySchema = {
  $ref?: string;
  properties?: object;
  anyOf?: BodySchema[];
  oneOf?: BodySchema[];
  allOf?: BodySchema[];
};

/** Names of the first level of a request body: references followed, alternatives joined. */
function fieldsOf(document: ApiDocument, op: Op): Set<string> {
  const { schemas } = (document as unknown as { components: { schemas: Record<string, BodySchema> } }).components;
  const names = (schema: BodySchema): string[] => {
    const named = schema.$ref ? schemas[schema.$ref.split('/').at(-1) ?? ''] : undefined;
    const parts = [
      ...(schema.anyOf ?? []),
      ...(schema.oneOf ?? []),
      ...(schema.allOf ?? []),
      ...(named ? [named] : []),
    ];
    return [...Object.keys(schema.properties ?? {}), ...parts.flatMap(names)];
  };
  const content = Object.values(op.operation.requestBody?.content ?? {}) as { schema?: BodySchema }[];
  return new Set(content.flatMap(({ schema }) => (schema ? names(schema) : [])));
}

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');
const JSON_TYPE = 'application/json';

export async function loadContract(): Promise<Contract> {
  const document = await buildDocument({});
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => toOp(path, method, operation)),
  );
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  formats.default(ajv);
  ajv.addSchema(document, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  const check = (pointer: string, value: unknown): string | undefined => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
    compiled.set(pointer, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors).slice(0, 1000);
  };
  const isJson = (op: Op, status: number) => op.operation.responses[status]?.content?.[JSON_TYPE] !== undefined;
  const at = (op: Op) => `/paths/${escaped(op.path)}/${op.method.toLowerCase()}`;
  const schemaFault = (op: Op, value: unknown, status?: number) => {
    if (status !== undefined && !isJson(op, status)) return undefined;
    const place = status === undefined ? 'requestBody' : `responses/${status}`;
    const type = status === undefined ? Object.keys(op.operation.requestBody?.content ?? {})[0] : JSON_TYPE;
    return check(`${at(op)}/${place}/content/${escaped(type ?? JSON_TYPE)}/schema`, value);
  };
  const problemFault = ({ status, headers, body }: Answer): string | undefined => {
    if (!/^application\/problem\+json/.test(headers['content-type'] ?? '')) return `${status} is no problem+json`;
    if (body.status !== status) return `problem says ${String(body.status)}, the status is ${status}`;
    return check('/components/schemas/Problem', body);
  };
  /** What is no JSON (a file, a letter) is one of the documented types. */
  const binaryFault = (op: Op, { status, headers }: Answer): string | undefined => {
    const types = Object.keys(op.operation.responses[status]?.content ?? {});
    const type = headers['content-type']?.split(';')[0] ?? '';
    return types.includes(type) ? undefined : `${type} is none of ${types.join(', ')}`;
  };
  const faultOf = (op: Op, answer: Answer): string | undefined => {
    const { status } = answer;
    if (!op.operation.responses[status]) return `${status} is not documented`;
    if (status >= 400) return problemFault(answer);
    if (status === 204 || status === 304) return answer.text === '' ? undefined : `${status} with a body`;
    if (!isJson(op, status)) return binaryFault(op, answer);
    return schemaFault(op, answer.body, status);
  };
  return {
    document,
    operations,
    faultOf,
    schemaFault,
    problemFault,
    takes: (op, name) => fieldsOf(document, op).has(name),
  };
}

/** `/v1/clues/{id}` with its parameters filled in and a query added. */
export function fillPath(path: string, params: Record<string, string>, query: Record<string, string> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${path} needs ${name}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(query).toString();
  return search ? `${filled}?${search}` : filled;
}

/** The address whose ETag a conditional write names: the resource itself, not the decision below it. */
export const resourceOf = (op: Op, target: Target): string =>
  fillPath(op.method === 'POST' ? op.path.replace(/\/[^/]+$/, '') : op.path, target.params ?? {});

/** Address and body of a call as the fixture means it. */
export function toCall(op: Op, target: Target): { path: string; send: Send } {
  const path = fillPath(op.path, target.params ?? {}, target.query);
  if (target.file) return { path, send: multipart((target.body ?? {}) as Record<string, unknown>, target.file) };
  if (!target.form) return { path, send: { body: target.body } };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { path, send: { raw: new URLSearchParams(target.form).toString(), headers } };
}
