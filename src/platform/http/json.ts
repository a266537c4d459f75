// The JSON body parser: what JSON.parse lets through silently (duplicate keys, NUL, lone surrogates, depth) is a 400 here (S-26, S-28, S-33).
import type { Detail, FieldError } from '../../kernel/problem.ts';
import { httpProblems } from './problem.ts';

const MAX_DEPTH = 20;

const bad = (code: string, detail: Detail, pointer = '') =>
  httpProblems['request.invalid']({}, [{ pointer, code, detail } satisfies FieldError]);

/** Text is known to be valid JSON: this only walks its tokens. Throws the problem that stands first. */
function inspect(text: string): void {
  const open: (Set<string> | null)[] = [];
  let expectKey = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '{' || c === '[') {
      open.push(c === '{' ? new Set() : null);
      expectKey = c === '{';
      if (open.length > MAX_DEPTH)
        throw bad('json.depth', [`嵌套超过 ${MAX_DEPTH} 层`, `deeper than ${MAX_DEPTH} levels`]);
    } else if (c === '}' || c === ']') {
      open.pop();
      expectKey = false;
    } else if (c === ',') {
      expectKey = open.at(-1) instanceof Set;
    } else if (c === '"') {
      const start = i;
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
      const value = JSON.parse(text.slice(start, i + 1)) as string;
      if (value.includes('\u0000')) throw bad('string.nul', ['不允许 U+0000', 'U+0000 is not allowed']);
      if (!value.isWellFormed()) throw bad('string.surrogate', ['含不成对的代理字符', 'a lone surrogate is not text']);
      const keys = open.at(-1);
      if (expectKey && keys) {
        if (keys.has(value))
          throw bad(
            'json.duplicate_key',
            ['同一对象中键名重复', 'an object names a key twice'],
            `/${value.slice(0, 100)}`,
          );
        if (value === '__proto__')
          throw bad('json.forbidden_key', ['不允许此键名', 'this key is not allowed'], '/__proto__');
        keys.add(value);
        expectKey = false;
      }
    }
  }
}

export function parseJsonBody(body: Buffer): unknown {
  // No body at all, which is one where every field is optional; blanks are none and no JSON either.
  if (body.length === 0) return {};
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw bad('json.encoding', ['请求体不是有效的 UTF-8', 'the body is not valid UTF-8']);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('json.syntax', ['请求体不是有效的 JSON', 'the body is not valid JSON']);
  }
  inspect(text);
  return value;
}
