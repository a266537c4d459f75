// The form parser of the token endpoint, the one place where OAuth demands a form (RFC 6749 §3.2): no parameter twice, whole UTF-8.
import type { FastifyInstance } from 'fastify';
import type { Detail } from '../../kernel/problem.ts';
import { httpProblems } from './problem.ts';

const FORM_LIMIT = 16_384;
const MAX_PARAMETERS = 20;

const bad = (code: string, detail: Detail, pointer = '') =>
  httpProblems['request.invalid']({}, [{ pointer, code, detail }]);

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw bad('form.encoding', ['参数不是百分号编码的 UTF-8', 'a parameter is not percent-encoded UTF-8']);
  }
}

export function parseForm(body: string): Record<string, string> {
  const parameters = body.split('&').filter((part) => part !== '');
  if (parameters.length > MAX_PARAMETERS)
    throw bad('form.size', [`超过 ${MAX_PARAMETERS} 个参数`, `more than ${MAX_PARAMETERS} parameters`]);
  const found = new Map<string, string>();
  for (const parameter of parameters) {
    const split = parameter.indexOf('=');
    const name = decode(split < 0 ? parameter : parameter.slice(0, split));
    const value = decode(split < 0 ? '' : parameter.slice(split + 1));
    if (`${name}${value}`.includes('\u0000')) throw bad('string.nul', ['不允许 U+0000', 'U+0000 is not allowed']);
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`;
    if (name === '__proto__')
      throw bad('form.forbidden_key', ['不允许此参数', 'this parameter is not allowed'], pointer);
    if (found.has(name)) throw bad('form.duplicate', ['参数重复', 'a parameter stands twice'], pointer);
    // A parameter without a value counts as omitted (RFC 6749 §3.2).
    if (value !== '') found.set(name, value);
  }
  return Object.fromEntries(found);
}

/** Adds the parser to this scope alone; the outer wall lets the content type through only where a route says `form`. */
export function formParser(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT },
    (_req, body, done) => {
      try {
        done(null, parseForm(String(body)));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}
