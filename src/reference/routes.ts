// /v1/code-sets: the codes that every party uses.
import type { App } from '../platform/http/server.ts';
import type { CodeSet } from './code-item.ts';
import { CodeSetPage, CodeSetParams, CodeSetQuery, CodeSetView, toCodeSetItem, toCodeSetView } from './schema.ts';
import { pageOfCodeSets } from './service.ts';

const tags = ['Reference'];
const config = { permission: 'reference:read' } as const;

/** `sets` are all code sets, the states of the lifecycles included: app.ts composes them. */
export function referenceRoutes(app: App, sets: readonly CodeSet[]): void {
  app.get(
    '/v1/code-sets',
    {
      config,
      schema: {
        operationId: 'listCodeSets',
        tags,
        summary: 'List code sets 代码集列表',
        description: 'By name; each enum of this contract is one of them. 按名称排列，接口的每个枚举都是代码集。',
        querystring: CodeSetQuery,
        response: { 200: CodeSetPage },
      },
    },
    (req) =>
      req.list(
        async (_tx, page) => pageOfCodeSets(sets, page),
        (_tx, set) => toCodeSetItem(set),
      ),
  );
  app.get(
    '/v1/code-sets/:name',
    {
      config,
      schema: {
        operationId: 'getCodeSet',
        tags,
        summary: 'Read a code set 查看代码集',
        description: 'Every item with two names, its validity and the source it rests on. 含双语名称、有效期与依据。',
        params: CodeSetParams,
        response: { 200: CodeSetView },
      },
    },
    (req) => {
      const set = sets.find(({ name }) => name === req.params.name);
      return req.read(async () => set && toCodeSetView(set));
    },
  );
}
