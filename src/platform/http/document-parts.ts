// What the published document says once instead of at each operation: headers, refusals, bounds of numbers, names in two languages.

type Parts = Record<string, unknown>;
type Media = { schema?: Node };
type Answer = Parts & { description?: string; content?: Record<string, Media>; headers?: Parts };
type Node = Parts & { properties?: Record<string, Node>; description?: string; type?: string | string[] };
type Parameter = Parts & { name: string; description?: string; schema?: Node };
type Method = Parts & { parameters?: Parameter[]; responses?: Record<string, Answer> };
export type Described = Parts & {
  paths: Record<string, Record<string, Method>>;
  components: Parts & { schemas: Record<string, unknown>; responses?: Parts };
};

/** Chinese names by the name on the wire; undefined where there is none. */
export type Names = {
  field: (name: string) => string | undefined;
  component: (name: string) => string | undefined;
};

const header = (description: string, schema: Parts = { type: 'string', maxLength: 2048 }) => ({ description, schema });

const HEADERS: Readonly<Record<string, object>> = {
  ETag: header('`"<version>.<hash of this body>"`, on a versioned resource 资源版本'),
  Location: header('address of the created resource 新资源的地址'),
  Link: header('`rel="next"`: the next page, if there is one 下一页'),
  'Idempotency-Replayed': header('`true` when this is the stored first answer 为首次答复的重放'),
  RateLimit: header('what is left of the quota, once the caller is known (IETF RateLimit headers) 剩余配额'),
  'RateLimit-Policy': header('the quotas that apply 适用的配额'),
  'Retry-After': header('seconds after which to try again 多少秒后重试', {
    type: 'integer',
    format: 'int32',
    minimum: 0,
    maximum: 86_400,
  }),
  'WWW-Authenticate': header('how to authenticate 认证方式'),
  'Access-Control-Allow-Origin': header('the origin that asked, where CORS_ORIGINS lists it 允许的来源'),
};

export const headersNamed = (...names: string[]): Parts =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const QUOTA = ['RateLimit', 'RateLimit-Policy'];

export function successHeaders(method: string, status: string, open: boolean, paged: boolean): Parts {
  const origin = 'Access-Control-Allow-Origin';
  if (open) return headersNamed(origin);
  const names = ['ETag', ...(paged ? ['Link'] : []), ...(method === 'post' ? ['Idempotency-Replayed'] : [])];
  return headersNamed(...names, ...(status === '201' ? ['Location'] : []), ...QUOTA, origin);
}

/** A 401 knows no caller, so it counts no quota. */
function refusalHeaders(status: string): Parts {
  const own = status === '401' ? ['WWW-Authenticate'] : QUOTA;
  const later = ['409', '429', '503'].includes(status) ? ['Retry-After'] : [];
  return headersNamed(...own, ...later, 'Access-Control-Allow-Origin');
}

/** The refusals that most operations share become components; one with a text of its own stays where it is. */
function shareRefusals(document: Described): void {
  const counted = new Map<string, number>();
  const refusals = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ responses = {} }) =>
      Object.entries(responses)
        .filter(([status]) => /^[45]/.test(status))
        .map(([status, answer]) => ({ responses, status, answer: { ...answer, headers: refusalHeaders(status) } })),
    );
  const keyOf = (status: string, answer: Answer) => `${status} ${JSON.stringify(answer)}`;
  for (const { status, answer } of refusals)
    counted.set(keyOf(status, answer), (counted.get(keyOf(status, answer)) ?? 0) + 1);
  const most = new Map<string, number>();
  for (const [key, n] of counted) most.set(key.slice(0, 3), Math.max(n, most.get(key.slice(0, 3)) ?? 0));
  const shared: Parts = {};
  for (const { responses, status, answer } of refusals) {
    const usual = counted.get(keyOf(status, answer)) === most.get(status);
    if (usual) shared[`Problem${status}`] ??= answer;
    responses[status] = usual ? { $ref: `#/components/responses/Problem${status}` } : answer;
  }
  document.components.responses = Object.fromEntries(Object.entries(shared).sort(([a], [b]) => a.localeCompare(b)));
  document.components.headers = HEADERS;
}

const TEXTS: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Every schema below a node, each once with the name of the property that it describes. */
function eachSchema(node: unknown, visit: (schema: Node, property?: string) => void): void {
  if (Array.isArray(node)) for (const member of node) eachSchema(member, visit);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  visit(node as Node);
  for (const [name, member] of Object.entries(node)) {
    if (TEXTS.has(name)) continue;
    if (name !== 'properties') {
      eachSchema(member, visit);
      continue;
    }
    for (const [property, schema] of Object.entries((member ?? {}) as Record<string, Node>)) {
      visit(schema, property);
      eachSchema(schema, visit);
    }
  }
}

/** JSON numbers are exact up to here, and no count of ours comes near. */
const SAFE = Number.MAX_SAFE_INTEGER;
const INT32 = 2 ** 31 - 1;

function boundInteger(schema: Node): void {
  if (!(typeof schema.type === 'string' || Array.isArray(schema.type))) return;
  if (![schema.type].flat().includes('integer')) return;
  schema.minimum ??= -SAFE;
  schema.maximum ??= SAFE;
  schema.format ??= Number(schema.minimum) >= -INT32 && Number(schema.maximum) <= INT32 ? 'int32' : 'int64';
}

const HAN = /\p{Script=Han}/u;

/** `assistanceCaseId` → `assistance case id`: better than nothing, and the Chinese name stands beside it. */
const words = (name: string) =>
  name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();

function completed(own: string | undefined, name: string, chinese: string | undefined): string {
  const english = own ?? words(name);
  return HAN.test(english) || chinese === undefined ? english : `${english} ${chinese}`;
}

function nameAll(document: Described, names: Names): void {
  const { paths, components } = document;
  for (const { parameters = [] } of Object.values(paths).flatMap((methods) => Object.values(methods)))
    for (const parameter of parameters) {
      const own = parameter.description ?? parameter.schema?.description;
      parameter.description = completed(own, parameter.name, names.field(parameter.name));
    }
  for (const [name, schema] of Object.entries(components.schemas) as [string, Node][])
    schema.description = completed(schema.description, name, names.component(name));
  eachSchema([paths, document.webhooks, components.schemas], (schema, property) => {
    if (property !== undefined) schema.description = completed(schema.description, property, names.field(property));
  });
}

/** Completes a document whose operations are finished; changes it in place. */
export function finishParts(document: Described, names: Names | undefined): void {
  shareRefusals(document);
  eachSchema([document.paths, document.webhooks, document.components.schemas], boundInteger);
  if (names) nameAll(document, names);
}
