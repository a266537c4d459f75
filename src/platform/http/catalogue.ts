// The published error catalogue: every `type` of a problem document resolves here (C-01).
import { Type } from 'typebox';
import { problemCodes, problemSpec } from '../../kernel/problem.ts';
import { httpProblems } from './problem.ts';
import { Closed, named } from './schema.ts';
import type { App } from './server.ts';

const ProblemText = Closed({
  title: Type.String({ maxLength: 200 }),
  detail: Type.String({ maxLength: 1000 }),
  remedy: Type.String({ maxLength: 1000 }),
});
const ProblemType = named(
  'ProblemType',
  Closed({
    type: Type.String({ format: 'uri', maxLength: 2048 }),
    code: Type.String({ maxLength: 100 }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    zh: ProblemText,
    en: ProblemText,
  }),
);
const ProblemTypeList = named(
  'ProblemTypeList',
  Closed({ items: Type.Array(ProblemType, { maxItems: 500 }), nextCursor: Type.Null() }),
);

function toView(code: string, publicUrl: string) {
  const { status, zh, en } = problemSpec(code);
  const text = ([title, detail, remedy]: readonly [string, string, string]) => ({ title, detail, remedy });
  return { type: `${publicUrl}/v1/problems/${code}`, code, status, zh: text(zh), en: text(en) };
}

export function catalogueRoutes(app: App, publicUrl: string): void {
  const common = { config: { permission: 'public' as const } };
  app.get(
    '/v1/problems',
    {
      ...common,
      schema: {
        operationId: 'listProblemTypes',
        tags: ['Service'],
        summary: 'Error catalogue 错误目录',
        description: 'Every problem code with cause and remedy in two languages. 全部错误代码及处理办法。',
        response: { 200: ProblemTypeList },
      },
    },
    async () => ({ items: problemCodes().map((code) => toView(code, publicUrl)), nextCursor: null }),
  );
  app.get(
    '/v1/problems/:code',
    {
      ...common,
      schema: {
        operationId: 'getProblemType',
        tags: ['Service'],
        summary: 'One problem type 错误说明',
        description: "The page a problem document's `type` points to. 错误文档 type 指向的说明页。",
        params: Closed({ code: Type.String({ pattern: '^[a-z_]+\\.[a-z_]+$', maxLength: 100 }) }),
        response: { 200: ProblemType },
      },
    },
    async (req) => {
      if (!problemCodes().includes(req.params.code)) throw httpProblems['resource.not_found']();
      return toView(req.params.code, publicUrl);
    },
  );
}
