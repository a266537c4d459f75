// The published OpenAPI document: what @fastify/swagger gives, completed with headers and executed examples, in a stable order.
import { type Described, finishParts, type Names, successHeaders } from './document-parts.ts';
import type { App } from './server.ts';

/** One real exchange per operation, made by `npm run examples`. */
export type Example = { status: number; params?: Record<string, string>; request?: unknown; response?: unknown };
export type Examples = Readonly<Record<string, Example>>;

type Parts = Record<string, unknown>;
type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: unknown;
  example?: unknown;
};
export type Operation = Parts & {
  operationId: string;
  tags: string[];
  summary: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Parts> };
  responses: Record<string, Parts & { content?: Record<string, Parts> }>;
  security: unknown[];
};
export type ApiDocument = Parts & {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> } & Parts;
};

const JSON_TYPE = 'application/json';
const MERGE_PATCH = 'application/merge-patch+json';

const HAN = /\p{Script=Han}/u;

const SUCCESS: Readonly<Record<string, string>> = {
  200: 'Done 成功',
  201: 'Created 已创建',
  204: 'Done, nothing left to show 成功，无内容',
};

const HEADER_PARAMETERS: Readonly<Record<string, readonly [name: string, description: string]>> = {
  'if-match': [
    'If-Match',
    'ETag last seen of the addressed resource; its version part is compared 最近一次读到的 ETag',
  ],
  'if-none-match': ['If-None-Match', 'ETags already held: 304 when one still holds 已持有的 ETag'],
  'idempotency-key': [
    'Idempotency-Key',
    'One unique key per business act, kept for retries; quoted or bare 每笔业务一个唯一键，重试沿用',
  ],
};

function finishParameters(operation: Operation): void {
  const must = (name: string) =>
    (name === 'if-match' && operation['x-if-match']) || (name === 'idempotency-key' && operation['x-idempotency-key']);
  for (const parameter of operation.parameters ?? []) {
    const known = parameter.in === 'header' ? HEADER_PARAMETERS[parameter.name] : undefined;
    if (!known) continue;
    if (must(parameter.name)) parameter.required = true;
    [parameter.name, parameter.description] = known;
  }
}

function finishResponses(method: string, operation: Operation): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!status.startsWith('2')) continue;
    // The generator takes the text of the schema, where that has one; it stands there already.
    if (!HAN.test(String(response.description))) response.description = SUCCESS[status] ?? 'Done 成功';
    const paged = method === 'get' && (operation.parameters ?? []).some(({ name }) => name === 'cursor');
    response.headers = successHeaders(method, status, operation.security.length === 0, paged);
  }
  if (method === 'get' && operation.security.length > 0)
    operation.responses[304] = { description: 'What the caller holds is still true 未变化' };
}

function addExample(operation: Operation, example: Example | undefined): void {
  if (!example) return;
  for (const parameter of operation.parameters ?? []) {
    const value = parameter.in === 'path' ? example.params?.[parameter.name] : undefined;
    if (value !== undefined) parameter.example = value;
  }
  for (const media of Object.values(operation.requestBody?.content ?? {}))
    if (example.request !== undefined) media.example = example.request;
  const answer = operation.responses[example.status]?.content?.[JSON_TYPE];
  if (answer && example.response !== undefined) answer.example = example.response;
}

const ORDER = [
  'operationId',
  'tags',
  'summary',
  'description',
  'x-permission',
  'x-resource',
  'x-if-match',
  'x-idempotency-key',
  'parameters',
  'requestBody',
  'responses',
  'security',
];

function inOrder(operation: Operation): Operation {
  const rank = (key: string) => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1);
  return Object.fromEntries(Object.entries(operation).sort(([a], [b]) => rank(a) - rank(b))) as Operation;
}

function finishOperation(method: string, operation: Operation, example: Example | undefined): Operation {
  finishParameters(operation);
  finishResponses(method, operation);
  const body = operation.requestBody;
  const patch = method === 'patch' || operation['x-replaces'] === 'PATCH' ? body?.content[JSON_TYPE] : undefined;
  if (body && patch) body.content = { [MERGE_PATCH]: { ...patch }, [JSON_TYPE]: { ...patch } };
  addExample(operation, example);
  return inOrder(operation);
}

const REF = /"#\/components\/schemas\/([^"]+)"/g;
const refsIn = (value: unknown) => [...JSON.stringify(value).matchAll(REF)].map((m) => m[1] ?? '');

/** Components that a path reaches, by name: a shape nobody uses is not part of the contract. */
function usedSchemas(document: ApiDocument): Record<string, unknown> {
  const used = new Set<string>();
  const waiting = refsIn([document.paths, document.webhooks ?? {}]);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    waiting.push(...refsIn(document.components.schemas[name] ?? {}));
  }
  return Object.fromEntries([...used].sort().map((name) => [name, document.components.schemas[name]]));
}

/** `names` completes descriptions in Chinese; without it a schema keeps what it says. */
export function finishDocument(raw: object, examples: Examples = {}, names?: Names): ApiDocument {
  const document = JSON.parse(JSON.stringify(raw)) as ApiDocument;
  const { paths, components, ...head } = document;
  const finished = Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [
          method,
          finishOperation(method, operation, examples[operation.operationId]),
        ]),
      ),
    ]),
  );
  const schemas = usedSchemas({ ...head, paths: finished, components });
  const whole = { ...head, paths: finished, components: { ...components, schemas } };
  finishParts(whole as unknown as Described, names);
  return whole;
}

/** The contract as this service keeps it: with its own address, and without the sandbox where there is none. */
export function documentRoute(app: App, examples: Examples | undefined, names?: Names): void {
  // Bytes, made once: whoever asks without a token must not make the service write 2 MB of JSON anew each time (S-32).
  let document: Buffer | undefined;
  app.get('/v1/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, async (_req, reply) => {
    document ??= Buffer.from(JSON.stringify(finishDocument(app.swagger(), examples, names)));
    return reply.header('content-type', 'application/json; charset=utf-8').send(document);
  });
}
