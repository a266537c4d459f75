// Holds every answer of a test run against the document: its status is declared, its type too, its body fits (C-05).
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ViewCheck } from '../../src/platform/http/command.ts';
import { namedSchemas } from '../../src/platform/http/schema.ts';
import type { App } from '../../src/platform/http/server.ts';

type Declared = { content?: Record<string, unknown>; description?: string; type?: string; $ref?: string };
type RouteSchema = { hide?: boolean; response?: Record<string, Declared> };

/** Said before a route is known, by the size of the request alone. */
const BEFORE_ROUTING = [414];

export type Checks = {
  checkView: ViewCheck;
  watch: (app: App) => void;
  /** What was wrong, each once. */
  faults: () => string[];
};

function makeValidator() {
  let ajv: Ajv | undefined;
  const compiled = new Map<string, ValidateFunction>();
  return (name: string, schema: object, value: unknown): string | undefined => {
    if (!ajv) {
      ajv = new Ajv({ strict: false, allErrors: true });
      formats.default(ajv);
      for (const one of namedSchemas()) ajv.addSchema(one, String((one as { $id?: string }).$id));
    }
    const validate = compiled.get(name) ?? ajv.compile(schema);
    compiled.set(name, validate);
    return validate(value) ? undefined : `${name} does not fit its schema: ${ajv.errorsText(validate.errors)}`;
  };
}

const mediaType = (reply: FastifyReply) => String(reply.getHeader('content-type') ?? '').split(';')[0] ?? '';

export function createChecks(): Checks {
  const held = makeValidator();
  const viewed = new Set<string>();
  const found = new Set<string>();

  const checkView: ViewCheck = (route, status, view) => {
    const schema = (route.schema as RouteSchema).response?.[status];
    if (!schema) throw new Error(`${route.method} ${route.url} declares no ${status}`);
    const name = `${route.method} ${route.url} ${status}`;
    viewed.add(name);
    const fault = held(name, schema, view);
    if (fault) throw new Error(fault);
  };

  /** A body that went through `checkView` was held against its schema before serialization, which is stricter. */
  const bodyFault = (name: string, declared: Declared, reply: FastifyReply, payload: unknown): string | undefined => {
    const type = mediaType(reply);
    if (declared.content && !(type in declared.content)) return `${name} is ${type}, which is not declared`;
    const text = typeof payload === 'string' || Buffer.isBuffer(payload) ? String(payload) : undefined;
    if (declared.content || text === undefined || viewed.has(name)) return undefined;
    return type === 'application/json' ? held(name, declared, JSON.parse(text)) : `${name} is ${type}`;
  };

  const problemFault = (name: string, reply: FastifyReply, payload: unknown): string | undefined => {
    if (mediaType(reply) !== 'application/problem+json') return `${name} is no problem+json`;
    return held('problem', { $ref: 'Problem#' }, JSON.parse(String(payload)));
  };

  const faultOf = (req: FastifyRequest, reply: FastifyReply, payload: unknown): string | undefined => {
    const { config, method, url = '', schema } = req.routeOptions;
    const { hide, response = {} } = (schema ?? {}) as RouteSchema;
    const status = reply.statusCode;
    const name = `${String(method)} ${url} ${status}`;
    // A preflight has no body; what no route answers is a problem all the same; what is hidden is not JSON.
    if (req.is404) return status < 400 ? undefined : problemFault(`${req.method} ${req.url} ${status}`, reply, payload);
    if (config.permission === undefined) return undefined;
    if (status >= 400) {
      const known = hide || response[status] !== undefined || BEFORE_ROUTING.includes(status);
      return known ? problemFault(name, reply, payload) : `${name} is not declared`;
    }
    if (hide || req.method === 'HEAD') return undefined;
    if (status === 304) return req.method === 'GET' ? undefined : `${name} is not declared`;
    const declared = response[status];
    if (!declared) return `${name} is not declared`;
    return status === 204 ? undefined : bodyFault(name, declared, reply, payload);
  };

  const watch = (app: App) =>
    app.addHook('onSend', async (req, reply, payload) => {
      if (req.method === 'HEAD' && reply.statusCode >= 400) return;
      const fault = faultOf(req, reply, payload);
      if (fault) found.add(fault);
    });
  return { checkView, watch, faults: () => [...found] };
}
