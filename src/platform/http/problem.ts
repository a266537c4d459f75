// problem+json for every error the service, the framework or the HTTP parser can produce (C-01, S-37).
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  defineProblems,
  detailIn,
  type FieldError,
  fillText,
  type Language,
  Problem,
  problemSpec,
} from '../../kernel/problem.ts';
import { translateDbError } from '../db/errors.ts';
import { keywordDetail } from './keywords.ts';

export const httpProblems = defineProblems({
  'request.invalid': {
    status: 400,
    zh: ['请求内容不合规', '请求的格式或字段有误', '按 errors 中的位置逐项修改'],
    en: ['Invalid request', 'the shape or syntax of the request is wrong', 'mend the places listed in `errors`'],
  },
  'request.rule_violated': {
    status: 422,
    zh: ['内容不符合规则', '请求格式正确，但内容不符合规则', '按 errors 中的位置逐项修改'],
    en: ['Rule violated', 'the request is well-formed but breaks a rule', 'mend the places listed in `errors`'],
  },
  'request.reference_unknown': {
    status: 422,
    zh: ['引用的对象不存在', '请求引用的对象不存在或不可见', '核对 errors 中的标识'],
    en: [
      'Unknown reference',
      'the request names a resource that is absent or not visible',
      'check the ids listed in `errors`',
    ],
  },
  'request.malformed': {
    status: 400,
    zh: ['请求无法解析', '服务无法解析该 HTTP 请求', '检查请求行、请求头与编码'],
    en: ['Malformed request', 'the HTTP request cannot be parsed', 'check request line, headers and encoding'],
  },
  'resource.not_found': {
    status: 404,
    zh: ['未找到', '该资源不存在或不可见', '核对地址与标识'],
    en: ['Not found', 'the resource does not exist or is not visible', 'check the address and the id'],
  },
  'request.method_not_allowed': {
    status: 405,
    zh: ['方法不允许', '该地址不支持此方法', '使用 Allow 响应头列出的方法'],
    en: [
      'Method not allowed',
      'this address does not support the method',
      'use one of the methods in the Allow header',
    ],
  },
  'request.method_replaced': {
    status: 405,
    zh: [
      '此部署只用 GET 与 POST',
      '此部署只接受 GET 与 POST，{method} 由另一地址代替',
      '改用 POST {instead}，其余不变',
    ],
    en: [
      'Only GET and POST here',
      'this deployment takes GET and POST alone; another address stands for {method}',
      'send POST {instead} instead, all else the same',
    ],
  },
  'request.too_large': {
    status: 413,
    zh: ['请求过大', '请求体超过 {limit} 字节', '减小请求体或改用批量导入'],
    en: ['Content too large', 'the body exceeds {limit} bytes', 'send less, or use the bulk import'],
  },
  'request.uri_too_long': {
    status: 414,
    zh: ['地址过长', '请求地址超过 {limit} 字节', '缩短查询参数'],
    en: ['URI too long', 'the address exceeds {limit} bytes', 'shorten the query'],
  },
  'request.headers_too_large': {
    status: 431,
    zh: ['请求头过大', '请求头超过 {limit} 字节', '减少请求头'],
    en: ['Header fields too large', 'the header exceeds {limit} bytes', 'send fewer or shorter headers'],
  },
  'request.timeout': {
    status: 408,
    zh: ['请求超时', '请求未在规定时间内发送完毕', '重新发送'],
    en: ['Request timeout', 'the request was not sent in time', 'send it again'],
  },
  'request.unsupported_media_type': {
    status: 415,
    zh: ['内容类型不支持', '此地址只接受 {accepted}', '设置正确的 Content-Type'],
    en: ['Unsupported media type', 'this address accepts only {accepted}', 'set the right Content-Type'],
  },
  'service.shutting_down': {
    status: 503,
    zh: ['服务正在停止', '此实例正在停止', '按 Retry-After 稍后重试'],
    en: ['Shutting down', 'this instance is stopping', 'retry after Retry-After'],
  },
  'service.internal_error': {
    status: 500,
    zh: ['内部错误', '服务发生内部错误，已记录', '凭 requestId 联系运维'],
    en: ['Internal error', 'an internal error occurred and was logged', 'give the requestId to the operator'],
  },
});

const languageOf = (text: string | undefined): Language => {
  if (!text) return 'zh';
  const ranked = text
    .split(',')
    .slice(0, 10)
    .map((part, i) => ({ tag: part.trim().toLowerCase(), q: Number(/;\s*q=([0-9.]+)/.exec(part)?.[1] ?? '1'), i }))
    .filter((r) => r.q > 0 && /^(zh|en)\b/.test(r.tag))
    .sort((a, b) => b.q - a.q || a.i - b.i);
  return ranked[0]?.tag.startsWith('en') ? 'en' : 'zh';
};

/** `?lang=` stands for Accept-Language where a gateway drops it; Chinese is the default. */
export function requestLanguage(query: unknown, header: string | undefined): Language {
  const lang = typeof query === 'object' && query !== null ? (query as { lang?: unknown }).lang : undefined;
  return lang === 'en' || lang === 'zh' ? lang : languageOf(header);
}

export type ProblemContext = { publicUrl: string; instance: string; requestId: string; language: Language };

export function problemDocument(problem: Problem, context: ProblemContext): Record<string, unknown> {
  const spec = problemSpec(problem.code);
  const [title, detail, remedy] = spec[context.language];
  const errors = problem.errors
    .slice(0, 100)
    .map((error) => ({ ...error, detail: detailIn(context.language, error.detail) }));
  return {
    type: `${context.publicUrl}/v1/problems/${problem.code}`,
    title,
    status: problem.status,
    detail: fillText(detail, problem.params),
    instance: `${prefixOf(context.publicUrl)}${context.instance}`,
    code: problem.code,
    requestId: context.requestId,
    remedy: fillText(remedy, problem.params),
    ...problem.shown(),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

/** The path prefix of PUBLIC_URL, without a slash at its end; empty where there is none. */
export const prefixOf = (publicUrl: string): string => new URL(publicUrl).pathname.replace(/\/+$/, '');

const pathOf = (url: string) => url.split('?', 1)[0]?.slice(0, 2048) || '/';

const FRAMEWORK: Readonly<Record<string, () => Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => httpProblems['request.too_large']({ limit: 1_048_576 }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    httpProblems['request.unsupported_media_type']({ accepted: 'application/json' }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => httpProblems['request.malformed'](),
  FST_ERR_CTP_EMPTY_JSON_BODY: () =>
    httpProblems['request.invalid']({}, [
      { pointer: '', code: 'body.empty', detail: ['请求体为空', 'the body is empty'] },
    ]),
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    httpProblems['request.invalid']({}, [
      { pointer: '', code: 'json.syntax', detail: ['不是有效的 JSON', 'not valid JSON'] },
    ]),
  FST_ERR_BAD_URL: () => httpProblems['request.malformed'](),
  FST_ERR_MAX_PARAM_LENGTH: () => httpProblems['request.uri_too_long']({ limit: 8192 }),
  FST_ERR_NOT_FOUND: () => httpProblems['resource.not_found'](),
  FST_ERR_VALIDATION: () => httpProblems['request.invalid'](),
};

function validationErrors(error: FastifyError): FieldError[] {
  const context =
    error.validationContext === 'querystring' ? '#query' : error.validationContext === 'headers' ? '#header' : '';
  return (error.validation ?? []).slice(0, 100).map((v) => {
    const extra = v.params.additionalProperty ?? v.params.missingProperty;
    const tail = typeof extra === 'string' ? `/${extra.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}` : '';
    return {
      pointer: `${context}${v.instancePath}${tail}`.slice(0, 400),
      code: `schema.${v.keyword ?? 'invalid'}`,
      detail: keywordDetail(v.keyword, v.params, v.message),
    };
  });
}

/** The caller left in the middle of its body: the same code as of a lost database, which it must not look like in the log. */
const isAborted = (thrown: unknown): boolean => {
  const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
  return code === 'ECONNRESET' && statusCode === 400;
};

/** Whatever was thrown, as a problem; an unknown error becomes a 500 that says nothing of the inside. */
export function toProblem(thrown: unknown): Problem {
  if (isAborted(thrown)) return httpProblems['request.malformed']();
  const error = translateDbError(thrown);
  if (error instanceof Problem) return error;
  const fastify = error as FastifyError;
  if (fastify?.validation) {
    // An id that cannot exist is not there; a key of the caller's own making is told what is wrong with it.
    const own = fastify.validation.some((v) => v.instancePath === '/externalId');
    if (fastify.validationContext === 'params' && !own) return httpProblems['resource.not_found']();
    return httpProblems['request.invalid']({}, validationErrors(fastify));
  }
  const known = typeof fastify?.code === 'string' ? FRAMEWORK[fastify.code] : undefined;
  if (known) return known();
  if (fastify?.statusCode === 400) return httpProblems['request.malformed']();
  if (fastify?.statusCode === 408) return httpProblems['request.timeout']();
  return httpProblems['service.internal_error']();
}

export function sendProblem(
  req: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  publicUrl: string,
): FastifyReply {
  const language = requestLanguage(req.query, req.headers['accept-language']);
  const document = problemDocument(problem, { publicUrl, instance: pathOf(req.url), requestId: req.id, language });
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (problem.status === 415 && req.method === 'PATCH')
    reply.header('accept-patch', 'application/merge-patch+json, application/json');
  reply.header('content-language', language === 'zh' ? 'zh-CN' : 'en');
  // What the handler meant for its own answer is not said of an error.
  reply.removeHeader('etag');
  reply.header('cache-control', 'no-store');
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(String)
    .send(JSON.stringify(document));
}

/** Answers for errors below Fastify: bad URLs and parser errors have no route, sometimes no request. */
export function registerProblems(
  app: FastifyInstance,
  publicUrl: string,
  log: (req: FastifyRequest, problem: Problem, error: unknown) => void,
): void {
  app.setErrorHandler((error, req, reply) => {
    const problem = toProblem(error);
    // Draining is announced, not failed.
    if (problem.status >= 500 && problem.code !== 'service.shutting_down') log(req, problem, error);
    return sendProblem(req, reply, problem, publicUrl);
  });
  app.setNotFoundHandler((req, reply) => {
    const path = pathOf(req.url);
    const methods = allowedMethods(app, path);
    const replaced = (replacedRoutes.get(app) ?? []).find((r) => r.method === req.method && r.pattern.test(path));
    if (methods.length === 0 && !replaced)
      return sendProblem(req, reply, httpProblems['resource.not_found'](), publicUrl);
    reply.header('allow', methods.join(', '));
    if (!replaced) return sendProblem(req, reply, httpProblems['request.method_not_allowed'](), publicUrl);
    const instead = `${prefixOf(publicUrl)}${path}/${replaced.suffix}`;
    const problem = httpProblems['request.method_replaced']({ method: req.method, instead });
    return sendProblem(req, reply, problem, publicUrl);
  });
}

/** Routes by pattern, kept by the OpenAPI plugin's onRoute hook; used to compute Allow. */
const patterns = new WeakMap<FastifyInstance, { method: string; pattern: RegExp }[]>();

const patternOf = (url: string) =>
  new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+')}/?$`);

export function rememberRoute(app: FastifyInstance, method: string, url: string): void {
  const list = patterns.get(app) ?? [];
  list.push({ method, pattern: patternOf(url) });
  patterns.set(app, list);
}

/** What is a POST elsewhere in this deployment (METHODS=get-post). */
const replacedRoutes = new WeakMap<FastifyInstance, { method: string; pattern: RegExp; suffix: string }[]>();

export function rememberReplaced(app: FastifyInstance, method: string, url: string, suffix: string): void {
  replacedRoutes.set(app, [...(replacedRoutes.get(app) ?? []), { method, pattern: patternOf(url), suffix }]);
}

/** The methods of an address, HEAD with GET; none where nothing is. */
export function allowedMethods(app: FastifyInstance, url: string): string[] {
  const path = pathOf(url);
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) =>
    (patterns.get(app) ?? []).some((r) => r.method === method && r.pattern.test(path)),
  );
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])];
}
