// METHODS=get-post: for gateways that cut PATCH, PUT and DELETE each of them is a POST below the resource (ADR 0033).
import type { FastifyInstance, RouteShorthandOptions } from 'fastify';
import { prefixOf, rememberReplaced } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The method that this POST stands for: its body, its If-Match and its policy are that method's. */
    replaces?: ReplacedMethod;
  }
}

export type ReplacedMethod = 'PATCH' | 'PUT' | 'DELETE';

export const REPLACEMENTS: Readonly<Record<ReplacedMethod, string>> = {
  PATCH: 'amendment',
  PUT: 'replacement',
  DELETE: 'removal',
};

type AddRoute = (url: string, options: RouteShorthandOptions, handler: unknown) => FastifyInstance;

/** Before any feature adds its routes: what it adds by another method is added as a POST, and nothing under the method itself. */
export function replaceMethods(app: FastifyInstance): void {
  for (const method of Object.keys(REPLACEMENTS) as ReplacedMethod[]) {
    const add = function (this: FastifyInstance, url: string, options: RouteShorthandOptions, handler: unknown) {
      const instead = `${url}/${REPLACEMENTS[method]}`;
      rememberReplaced(app, method, url, REPLACEMENTS[method]);
      const post = this.post.bind(this) as unknown as AddRoute;
      return post(instead, { ...options, config: { ...options.config, replaces: method } }, handler);
    };
    Object.assign(app, { [method.toLowerCase()]: add });
  }
}

type Address = Record<string, unknown> & { href?: unknown; method?: unknown };

/**
 * Addresses in answers as the caller has to send them: below the path prefix of PUBLIC_URL, and by the methods that pass.
 * Undefined where neither changes anything, so that nothing is walked in vain.
 */
export function addressing(publicUrl: string, getPost: boolean): ((view: unknown) => unknown) | undefined {
  const prefix = prefixOf(publicUrl);
  if (prefix === '' && !getPost) return undefined;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member)])) as Address;
    if (typeof copy.href !== 'string' || !copy.href.startsWith('/v1/')) return copy;
    const suffix = getPost ? REPLACEMENTS[copy.method as ReplacedMethod] : undefined;
    copy.href = `${prefix}${copy.href}${suffix ? `/${suffix}` : ''}`;
    if (suffix) copy.method = 'POST';
    return copy;
  };
  return walk;
}

/** A proxy may pass the path prefix on or cut it off: both reach the same route. */
export function withoutPrefix(publicUrl: string): ((req: { url?: string | undefined }) => string) | undefined {
  const prefix = prefixOf(publicUrl);
  if (prefix === '') return undefined;
  return ({ url = '/' }) => (url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url);
}
