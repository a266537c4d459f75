// GET /v1/retention/rules and /v1/retention/due: how long what is kept, and who is due to be erased.
import { Type } from 'typebox';
import { CivilDate, Closed, Id, Literals, Nullable, named, pageOf, pageQuery } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { enumValues } from '../reference/enums.ts';
import { listDue } from './due.ts';
import { RETENTION_RULES } from './policy.ts';

const tags = ['Persons'];
const Months = Type.Integer({ minimum: 0, maximum: 1200 });
const Rules = named(
  'RetentionRules',
  Closed({
    items: Type.Array(
      Closed({
        code: Literals(enumValues('retention-classes')),
        floorMonths: Type.Unsafe<number>({ ...Months, description: 'nothing is erased before' }),
        keepMonths: Nullable(Months),
        basis: Type.String({ maxLength: 300 }),
        mark: Literals(enumValues('rule-marks')),
      }),
      { maxItems: 50 },
    ),
    nextCursor: Nullable(Type.String({ maxLength: 500, description: 'always null' })),
  }),
);
const DueItem = named(
  'RetentionDue',
  Closed({
    personId: Id,
    lastOn: CivilDate,
    held: Type.Boolean({ description: 'a legal hold stands' }),
    open: Type.Boolean({ description: 'a record is not ended' }),
  }),
);
const DuePage = pageOf('RetentionDuePage', DueItem);

export function retentionRoutes(app: App): void {
  app.get(
    '/v1/retention/rules',
    {
      config: { permission: 'hold:read' },
      schema: {
        operationId: 'listRetentionRules',
        tags,
        summary: 'Retention classes 保存期限',
        description: 'Floor and period of each class, with its basis and how sure it is. 各类最短与保存期限及依据。',
        response: { 200: Rules },
      },
    },
    (req) =>
      req.read(async (tx) => ({
        items: RETENTION_RULES.map((rule) => ({ ...rule, basis: rule.basis[tx.ctx.language === 'zh' ? 0 : 1] })),
        nextCursor: null,
      })),
  );
  app.get(
    '/v1/retention/due',
    {
      config: { permission: 'hold:read' },
      schema: {
        operationId: 'listRetentionDue',
        tags,
        summary: 'Persons due to be erased 到期人员',
        description:
          "Of the agency's own cases and accounts, unchanged for the whole period; nothing is erased by this list. 本机关承办、已满保存期限的人员；仅列示，不删除。",
        querystring: Type.Object({ limit: pageQuery.limit, cursor: pageQuery.cursor }),
        response: { 200: DuePage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listDue(tx, page),
        (_tx, { id, ...rest }) => ({ personId: id, ...rest }),
      ),
  );
}
