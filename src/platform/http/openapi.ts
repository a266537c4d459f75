// The contract: every route declares permission and policy once; here they become headers, error answers and components.
import swagger from '@fastify/swagger';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { Type } from 'typebox';
import type { Permission } from '../../kernel/actor.ts';
import type { ResourceKind } from '../../kernel/fact.ts';
import type { Tx } from '../db/tx.ts';
import { announce } from './deprecation.ts';
import { rememberRoute } from './problem.ts';
import { namedSchemas } from './schema.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `public` needs no token, `authenticated` any valid one. A route without it does not boot. */
    permission?: Permission | 'public' | 'authenticated';
    /** The kind of the resource that `:id` addresses: checked for visibility before anything else. */
    resource?: ResourceKind;
    /** Where the resource is seen through another one and has no access rows: what the caller finds of it; needs no clock. */
    find?: (tx: Tx, id: string) => Promise<object | undefined>;
    /** A read that asks the clock only after its first answer: it is sent in one flight with the opening. */
    ahead?: boolean;
    /** The request changes the addressed resource: If-Match is required (428). */
    ifMatch?: boolean;
    /** Idempotency-Key is required (400): it creates a business record or moves money. */
    idempotent?: boolean;
    /** Answers besides those that follow from the method and the members here. */
    besides?: readonly number[];
    /** `?dryRun=true` is offered. */
    dryRun?: boolean;
    /** Only with a factor that the vouching system cannot forge (S-21): 403 `auth.factor_required` otherwise. */
    decisive?: boolean;
  }
}

const problem = (description: string, headers?: Record<string, unknown>) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
  ...(headers ? { headers } : {}),
});

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'Shape or syntax is wrong 请求格式有误',
  401: 'No valid token 缺少有效凭证',
  403: 'The role lacks the permission 无此权限',
  404: 'Absent or not visible 不存在或不可见',
  409: 'State or limit forbids it 状态或限额不允许',
  410: 'The cursor is from before what is kept 游标已失效',
  412: 'Stale If-Match 版本已变',
  413: 'Body over 1 MiB 请求体过大',
  415: 'Content type not accepted 内容类型不支持',
  422: 'A rule is broken, or a reference is unknown 规则不符或引用不存在',
  428: 'If-Match is missing 缺少 If-Match',
  429: 'Quota exceeded 超出配额',
  500: 'A fault of the service, on record under requestId 服务内部错误，已记录',
  503: 'Busy or unavailable, see Retry-After 暂不可用',
};

function statusesOf(route: RouteOptions): number[] {
  const config = route.config ?? {};
  const write = route.method !== 'GET';
  const open = config.permission === 'public';
  const statuses = [400, 500, 503, ...(config.besides ?? [])];
  if (!open) statuses.push(401, 403, 429);
  // The repeat of a creation whose resource the caller does not see any more is a 404 as well.
  if (config.resource || route.url.includes('/:') || config.idempotent) statuses.push(404);
  if (write) statuses.push(413, 415, 422);
  if (write && !open) statuses.push(409, 412);
  if (config.ifMatch) statuses.push(428);
  return statuses.sort();
}

const LANG = Type.Optional(
  Type.Unsafe<'zh' | 'en'>({ type: 'string', enum: ['zh', 'en'], description: 'stands for Accept-Language' }),
);
const DRY_RUN = Type.Optional(
  Type.Boolean({ default: false, description: 'validate, authorise and preview; nothing is written' }),
);

const IF_MATCH = { type: 'string', maxLength: 255, description: 'ETag last seen of the addressed resource' };
const KEY = {
  type: 'string',
  minLength: 1,
  maxLength: 257,
  description: 'one unique key per business act, kept for retries',
};
const IF_NONE_MATCH = { type: 'string', maxLength: 1024, description: 'ETags already held: 304 when one still holds' };

type Parts = Record<string, unknown>;

function headersOf(route: RouteOptions): Parts | undefined {
  const config = route.config ?? {};
  const properties: Parts = {};
  const required: string[] = [];
  if (config.permission === 'public') return undefined;
  if (route.method === 'GET') properties['if-none-match'] = IF_NONE_MATCH;
  if (route.method === 'POST') properties['idempotency-key'] = KEY;
  if (route.method !== 'GET' && (config.resource || config.ifMatch)) properties['if-match'] = IF_MATCH;
  return Object.keys(properties).length > 0 ? { type: 'object', properties, required } : undefined;
}

/** Adds what follows from the declared policy; the handler and the schema of the feature stay untouched. */
function enrich(route: RouteOptions): void {
  const config = route.config ?? {};
  const schema = (route.schema ?? {}) as Parts;
  const query = (schema.querystring as { properties?: Parts } | undefined)?.properties ?? {};
  const dry = config.dryRun ? { dryRun: DRY_RUN } : {};
  schema.querystring = Type.Object({ ...query, ...dry, lang: LANG } as Parameters<typeof Type.Object>[0], {
    additionalProperties: false,
  });
  const headers = headersOf(route);
  if (headers) schema.headers = headers;
  if (config.permission !== 'public') schema.security = [{ oauth2: [] }, { bearer: [] }];
  else schema.security = [];
  const responses: Parts = { ...(schema.response as Parts) };
  if (config.dryRun && responses[201] && !responses[200]) responses[200] = responses[201];
  for (const status of statusesOf(route)) responses[status] ??= problem(DESCRIPTIONS[status] ?? 'Problem');
  schema.response = responses;
  if (config.permission !== 'public' && config.permission !== 'authenticated')
    schema['x-permission'] = config.permission;
  if (config.idempotent) schema['x-idempotency-key'] = 'required';
  if (config.ifMatch) schema['x-if-match'] = 'required';
  if (config.expensive) schema['x-quota'] = 'expensive';
  if (config.resource) schema['x-resource'] = config.resource;
  if (config.decisive) schema['x-decisive'] = true;
  if (config.replaces) schema['x-replaces'] = config.replaces;
  route.schema = schema;
}

export type DocumentInfo = {
  title: string;
  version: string;
  description: string;
  publicUrl: string;
  tags: { name: string; description: string }[];
  /** What the service sends by itself. */
  webhooks?: Record<string, object>;
};

type Body = { required?: boolean; content: Record<string, { schema?: { $ref?: string; required?: string[] } }> };
type Document = {
  paths?: Record<string, Record<string, { requestBody?: Body }>>;
  components?: { schemas?: Record<string, { required?: string[] }> };
};

/** A body whose members are all optional may be missing: the generator says otherwise. */
function optionalBodies<T extends object>(document: T): T {
  const { paths = {}, components } = document as Document;
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    const body = operation.requestBody;
    const schema = Object.values(body?.content ?? {})[0]?.schema;
    const name = schema?.$ref?.split('/').at(-1);
    const required = (name ? components?.schemas?.[name]?.required : schema?.required) ?? [];
    if (body) body.required = required.length > 0;
  }
  return document;
}

export async function registerOpenApi(app: FastifyInstance, info: DocumentInfo): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: info.title,
        version: info.version,
        description: info.description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [
        {
          url: info.publicUrl,
          description: 'This service: local, sandbox or production, as deployed 本服务（本地、沙箱或生产环境）',
          'x-internal': false,
        } as { url: string; description: string },
      ],
      tags: info.tags,
      ...(info.webhooks ? { webhooks: info.webhooks } : {}),
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'Access token of this service; validated as RFC 8725 (RFC8725) asks 本服务的访问令牌',
          },
          oauth2: {
            type: 'oauth2',
            description:
              'Client credentials; tokens are JWTs, short-lived and validated as RFC8725 asks, and have no refresh token 客户端凭证，短期令牌',
            flows: { clientCredentials: { tokenUrl: `${info.publicUrl}/v1/oauth/token`, scopes: {} } },
          },
        },
      },
    },
    transformObject: (document) => optionalBodies('openapiObject' in document ? document.openapiObject : {}),
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`),
    },
  });
  app.addHook('onRoute', (route) => {
    announce(route, info.publicUrl);
    if (route.method === 'HEAD' || route.method === 'OPTIONS') return;
    if (!route.config?.permission) throw new Error(`route ${String(route.method)} ${route.url} declares no permission`);
    rememberRoute(app, String(route.method), route.url);
    if (!route.schema?.hide) enrich(route);
  });
}

/** After all features were loaded, before their routes are added: components must exist when a route is compiled. */
export function addComponents(app: FastifyInstance): void {
  for (const schema of namedSchemas()) app.addSchema(schema);
}
