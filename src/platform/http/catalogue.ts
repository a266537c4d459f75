// The published error catalogue: every `type` of a problem document resolves here (C-01).
import { type Static, Type } from 'typebox';
import { problemCodes, problemSpec } from '../../kernel/problem.ts';
import { httpProblems } from './problem.ts';
import { problemExample } from './problem-examples.ts';
import { Closed, named, ProblemSchema } from './schema.ts';
import type { App } from './server.ts';

const ProblemText = Closed({
  title: Type.String({ maxLength: 200 }),
  detail: Type.String({ maxLength: 1000, description: 'the cause; {names} are filled in each answer 原因' }),
  remedy: Type.String({ maxLength: 1000, description: 'how to mend it 处理办法' }),
});
const common = {
  type: Type.String({ format: 'uri', maxLength: 2048 }),
  code: Type.String({ maxLength: 100 }),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  zh: ProblemText,
  en: ProblemText,
};
const ProblemType = named('ProblemType', Closed(common));
const ProblemTypePage = named(
  'ProblemTypePage',
  Closed({
    ...common,
    examples: Closed({ zh: ProblemSchema, en: ProblemSchema }, { description: 'The document as it is sent 示例' }),
  }),
);
const ProblemTypeList = named(
  'ProblemTypeList',
  Closed({ items: Type.Array(ProblemType, { maxItems: 500 }), nextCursor: Type.Null() }),
);

/** Made once, as bytes: nobody without a token makes the service write them anew (S-32); a problem has members of its own. */
function pageMaker(publicUrl: string): (code: string) => Buffer {
  const made = new Map<string, Buffer>();
  return (code) => {
    const example = (language: 'zh' | 'en') => problemExample(code, language, publicUrl);
    const view = () => ({ ...toView(code, publicUrl), examples: { zh: example('zh'), en: example('en') } });
    const page = made.get(code) ?? Buffer.from(JSON.stringify(view()));
    made.set(code, page);
    return page;
  };
}

function toView(code: string, publicUrl: string) {
  const { status, zh, en } = problemSpec(code);
  const text = ([title, detail, remedy]: readonly [string, string, string]) => ({ title, detail, remedy });
  return { type: `${publicUrl}/v1/problems/${code}`, code, status, zh: text(zh), en: text(en) };
}

export function catalogueRoutes(app: App, publicUrl: string): void {
  const open = { config: { permission: 'public' as const } };
  const pageOf = pageMaker(publicUrl);
  app.get(
    '/v1/problems',
    {
      ...open,
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
      ...open,
      schema: {
        operationId: 'getProblemType',
        tags: ['Service'],
        summary: 'One problem type 错误说明',
        description:
          "The page a problem document's `type` points to: cause (`detail`), remedy and an example in two languages. 错误文档 type 指向的说明页，含原因、处理办法与示例。",
        params: Closed({ code: Type.String({ pattern: '^[a-z_]+\\.[a-z_]+$', maxLength: 100 }) }),
        response: { 200: ProblemTypePage },
      },
    },
    async (req, reply) => {
      if (!problemCodes().includes(req.params.code)) throw httpProblems['resource.not_found']();
      const page = pageOf(req.params.code) as unknown as Static<typeof ProblemTypePage>;
      return reply.header('content-type', 'application/json; charset=utf-8').send(page);
    },
  );
}
