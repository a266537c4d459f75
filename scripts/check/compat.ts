// What would break a client that was built against an older OpenAPI document, one sentence each (C-05, docs/compatibility.md).
import { type Components, type Direction, type Schema, schemaComparer } from './compat-schema.ts';

type Media = { content?: Record<string, { schema?: Schema }> };
type Response = Media & { $ref?: string; headers?: Record<string, unknown> };
type Parameter = { name: string; in: string; required?: boolean; schema?: Schema };
type Operation = {
  operationId?: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: Media & { required?: boolean };
  responses?: Record<string, Response>;
};
type Paths = Record<string, Record<string, Operation>>;
export type Contract = {
  info: { version: string };
  paths: Paths;
  webhooks?: Paths;
  components?: { schemas?: Components; responses?: Record<string, Response> };
};

type CompareMedia = (old: Media, now: Media, direction: Direction, at: string) => string[];

function mediaComparer(before: Contract, after: Contract): CompareMedia {
  const compare = schemaComparer(before.components?.schemas ?? {}, after.components?.schemas ?? {});
  return (old, now, direction, at) =>
    Object.entries(old.content ?? {}).flatMap(([type, { schema }]) => {
      const present = now.content?.[type];
      if (!present) return [`${at}: ${type} is gone from the ${direction}`];
      return schema && present.schema ? compare(schema, present.schema, direction, at) : [];
    });
}

const isPublic = ({ security }: Operation) => security !== undefined && security.length === 0;

function parameterBreaks(before: Contract, after: Contract, old: Operation, now: Operation, at: string): string[] {
  const compare = schemaComparer(before.components?.schemas ?? {}, after.components?.schemas ?? {});
  const keyOf = ({ name, in: place }: Parameter) => `${place} ${name.toLowerCase()}`;
  const former = new Map((old.parameters ?? []).map((parameter) => [keyOf(parameter), parameter]));
  const found: string[] = [];
  for (const parameter of now.parameters ?? []) {
    const known = former.get(keyOf(parameter));
    if (parameter.required && !known?.required) found.push(`${at}: ${keyOf(parameter)} is required now`);
    former.delete(keyOf(parameter));
    if (known?.schema && parameter.schema)
      found.push(...compare(known.schema, parameter.schema, 'request', `${at} ${keyOf(parameter)}`));
  }
  return [...found, ...[...former.keys()].map((key) => `${at}: ${key} is gone`)];
}

function responseBreaks(before: Contract, after: Contract, old: Operation, now: Operation, at: string): string[] {
  const compare = mediaComparer(before, after);
  const resolved = (contract: Contract, response: Response): Response =>
    contract.components?.responses?.[response.$ref?.split('/').at(-1) ?? ''] ?? response;
  return Object.entries(old.responses ?? {}).flatMap(([status, given]) => {
    const present = now.responses?.[status];
    // A refusal that no longer happens breaks nobody; a new one is a problem document like all others.
    if (!present) return /^[23]/.test(status) ? [`${at}: ${status} is gone`] : [];
    const [one, other] = [resolved(before, given), resolved(after, present)];
    const headers = Object.keys(one.headers ?? {}).filter((name) => !other.headers?.[name]);
    return [
      ...headers.map((name) => `${at}: header ${name} of ${status} is gone`),
      ...compare(one, other, 'response', `${at} ${status}`),
    ];
  });
}

function operationBreaks(before: Contract, after: Contract, old: Operation, now: Operation, at: string): string[] {
  const found: string[] = [];
  if (old.operationId !== now.operationId)
    found.push(`${at}: operationId ${old.operationId} became ${now.operationId}`);
  if (isPublic(old) && !isPublic(now)) found.push(`${at}: needs a token now`);
  const [body, present] = [old.requestBody, now.requestBody];
  if (present?.required && !body?.required) found.push(`${at}: a body is required now`);
  if (body && !present) found.push(`${at}: takes no body any more`);
  if (body && present) found.push(...mediaComparer(before, after)(body, present, 'request', `${at} body`));
  return [...found, ...parameterBreaks(before, after, old, now, at), ...responseBreaks(before, after, old, now, at)];
}

/** A webhook is the other way round: its body is what a client reads. */
function webhookBreaks(before: Contract, after: Contract): string[] {
  const compare = mediaComparer(before, after);
  return Object.entries(before.webhooks ?? {}).flatMap(([name, methods]) =>
    Object.entries(methods).flatMap(([method, old]) => {
      const now = after.webhooks?.[name]?.[method];
      if (!now) return [`webhook ${name}: is gone`];
      return compare(old.requestBody ?? {}, now.requestBody ?? {}, 'response', `webhook ${name}`);
    }),
  );
}

export function breakingChanges(before: Contract, after: Contract): string[] {
  const found = Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, old]) => {
      const now = after.paths[path]?.[method];
      const at = `${method.toUpperCase()} ${path}`;
      return now ? operationBreaks(before, after, old, now, at) : [`${at}: is gone`];
    }),
  );
  return [...new Set([...found, ...webhookBreaks(before, after)])];
}

const numbers = (version: string) => version.split('.').map(Number);

/** Of several releases the last; 0.10.0 comes after 0.9.0. */
export function lastRelease(versions: readonly string[]): string | undefined {
  return versions
    .toSorted((a, b) => {
      const [one, other] = [numbers(a), numbers(b)];
      return (one[0] ?? 0) - (other[0] ?? 0) || (one[1] ?? 0) - (other[1] ?? 0) || (one[2] ?? 0) - (other[2] ?? 0);
    })
    .at(-1);
}

/** Breaking is allowed by a new major version; before 1.0 by a new minor one. */
export function mayBreak(released: string, version: string): boolean {
  const [one, other] = [numbers(released), numbers(version)];
  return other[0] !== one[0] || (one[0] === 0 && other[1] !== one[1]);
}
