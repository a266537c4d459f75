// /v1/deadline-rules: the editions of the rules, new ones by the administrator, and what a rule would say.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import {
  EvaluationBody,
  EvaluationView,
  RuleBody,
  RulePage,
  RuleQuery,
  RuleView,
  toEvaluationView,
  toRuleView,
} from './rule-schema.ts';
import { findRule, listRules } from './rulebook-repository.ts';
import { addRule, evaluateRule } from './rules.ts';

const tags = ['Deadlines'];

export function deadlineRuleRoutes(app: App): void {
  app.get(
    '/v1/deadline-rules',
    {
      config: { permission: 'reference:read' },
      schema: {
        operationId: 'listDeadlineRules',
        tags,
        summary: 'List rules of deadlines 期限规则列表',
        description:
          'All editions, newest first, each with its basis and how sure that is; of those in force on a day the nearest region counts, then the latest edition. 按时间倒序列出各版规则及其依据；同日生效的以地区最近、版本最新者为准。',
        querystring: RuleQuery,
        response: { 200: RulePage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listRules(tx, req.query, page),
        (_tx, row) => toRuleView(row),
      ),
  );
  app.get(
    '/v1/deadline-rules/:id',
    {
      config: { permission: 'reference:read' },
      schema: {
        operationId: 'getDeadlineRule',
        tags,
        summary: 'Read an edition of a rule 查看期限规则版本',
        description: 'With its basis, its facts and its worked examples. 含依据、起止事实与用例。',
        params: IdParams,
        response: { 200: RuleView },
      },
    },
    (req) => req.read(async (tx) => findRule(tx, req.params.id).then((row) => row && toRuleView(row))),
  );
  app.post(
    '/v1/deadline-rules',
    {
      config: { permission: 'reference:manage', dryRun: true },
      schema: {
        operationId: 'addDeadlineRule',
        tags,
        summary: 'Add an edition of a rule 新增期限规则版本',
        description:
          'For clocks that start from then on; what runs keeps its rule. Its test cases must come out. 仅适用于此后起算的期限，进行中的期限沿用原规则；所附用例须全部通过。',
        body: RuleBody,
        response: { 201: RuleView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => addRule(tx, req.body),
        view: (_tx, row) => toRuleView(row),
        status: 201,
        location: (view) => `/v1/deadline-rules/${view.id}`,
      }),
  );
  app.post(
    '/v1/deadline-rules/evaluations',
    {
      config: { permission: 'reference:read' },
      schema: {
        operationId: 'evaluateDeadlineRule',
        tags,
        summary: 'Ask what a rule says 试算期限',
        description:
          'The due day, explained day by day, by the rule in force in the region on that day; nothing is kept. 按当日该地区生效的规则逐日试算，不保存。',
        body: EvaluationBody,
        response: { 200: EvaluationView },
      },
    },
    (req) => req.read(async (tx) => toEvaluationView(await evaluateRule(tx, req.body))),
  );
}
