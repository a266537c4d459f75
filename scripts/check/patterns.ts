// Every regular expression of the service: the literals of its sources, and the patterns of the schemas in the contract (S-34).
import { parseSync } from '@swc/core';
import { buildDocument } from '../../src/bin/document.ts';
import { filesIn, read } from './files.ts';

export type Pattern = { source: string; flags: string; where: string };

/** Calls `visit` for every object in a tree that has a `type`. */
function walk(node: unknown, visit: (node: Record<string, unknown> & { type: string }) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  if ('type' in node && typeof node.type === 'string') visit(node as Record<string, unknown> & { type: string });
  for (const value of Object.values(node)) walk(value, visit);
}

const literalText = (argument: unknown): string | undefined => {
  const found = (argument as { expression?: { type: string; value?: string } } | undefined)?.expression;
  return found?.type === 'StringLiteral' ? found.value : undefined;
};

/** Those written out; what is put together at run time is named apart, for its parts are constants to be read by people. */
export function sourcePatterns(): { patterns: Pattern[]; composed: string[] } {
  const patterns: Pattern[] = [];
  const composed: string[] = [];
  for (const file of filesIn(['src'], /\.ts$/)) {
    walk(parseSync(read(file), { syntax: 'typescript', target: 'es2024' }), (node) => {
      if (node.type === 'RegExpLiteral')
        patterns.push({ source: String(node.pattern), flags: String(node.flags ?? ''), where: file });
      if (node.type !== 'NewExpression' || (node.callee as { value?: string }).value !== 'RegExp') return;
      const [pattern, flags] = (node.arguments as unknown[]) ?? [];
      const source = literalText(pattern);
      if (source === undefined) composed.push(file);
      else patterns.push({ source, flags: literalText(flags) ?? '', where: file });
    });
  }
  return { patterns, composed };
}

/** Ajv compiles `pattern` with the flag u. */
export async function schemaPatterns(): Promise<Pattern[]> {
  const patterns: Pattern[] = [];
  const search = (node: unknown, where: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { pattern } = node as { pattern?: unknown };
    if (typeof pattern === 'string') patterns.push({ source: pattern, flags: 'u', where });
    for (const [key, value] of Object.entries(node))
      search(value, where.split('/').length < 5 ? `${where}/${key}` : where);
  };
  search(await buildDocument({}), '#');
  return patterns;
}
