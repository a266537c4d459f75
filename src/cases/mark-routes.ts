// /v1/assistance-cases/{id}/…: what is added to a case beside its decisions: beneficiaries, that the applicant was told, typical cases.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { addBeneficiaries } from './beneficiaries.ts';
import { BeneficiariesBody, NoBody, NotificationBody, TypicalCaseBody } from './body-schema.ts';
import { notifyApplicant } from './notification.ts';
import { CaseView } from './schema.ts';
import { markTypical, unmarkTypical } from './typical.ts';
import { viewCase } from './view.ts';

const tags = ['Assistance cases'];
const params = IdParams;
const response = { 200: CaseView };
const decision = (permission: `case:${string}`) =>
  ({ permission, resource: 'case', ifMatch: true, dryRun: true }) as const;

export function markRoutes(app: App): void {
  beneficiaryRoutes(app);
  typicalRoutes(app);
  app.post(
    '/v1/assistance-cases/:id/notification',
    {
      config: decision('case:notify'),
      schema: {
        operationId: 'notifyApplicant',
        tags,
        summary: 'Record that the applicant was told 登记告知申请人',
        description:
          'The day and the way in which the applicant learned of the decision, once for each decision; after a refusal it is awaited, and can still be recorded while that refusal is reconsidered. 登记告知日期与方式，每项决定一次；不予救助的应予告知并说明理由，重新审查期间仍可补登。',
        params,
        body: NotificationBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => notifyApplicant(tx, req.params.id, req.body, expected), view: viewCase }),
  );
}

function beneficiaryRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/beneficiaries',
    {
      config: { permission: 'case:edit', resource: 'case', idempotent: true, dryRun: true },
      schema: {
        operationId: 'addCaseBeneficiaries',
        tags,
        summary: 'Add beneficiaries 增加救助对象',
        description:
          'Before the proposal: the children of a mother are aided with her. Each gets an own amount with the proposal. Answers the case. 提出意见前可增加，如与母亲一并救助的未成年子女；金额在审查意见中分别提出。',
        params,
        body: BeneficiariesBody,
        response: { 201: CaseView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => addBeneficiaries(tx, req.params.id, req.body, expected),
        view: viewCase,
        status: 201,
        location: (view) => `/v1/assistance-cases/${view.id}`,
      }),
  );
}

function typicalRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/typical-case',
    {
      config: decision('case:mark_typical'),
      schema: {
        operationId: 'markTypicalCase',
        tags,
        summary: 'Mark as typical case 标记典型案例',
        description:
          'A granted case as an example to others, by a head or chief; again when the title changes or it is published. 由部门负责人或检察长标记；标题变更或发布后可再次登记。',
        params,
        body: TypicalCaseBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => markTypical(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/typical-case-removal',
    {
      config: decision('case:mark_typical'),
      schema: {
        operationId: 'unmarkTypicalCase',
        tags,
        summary: 'Take the mark off 取消典型案例标记',
        description: 'The timeline keeps who marked it and who took it off. 时间线保留标记与取消的记录。',
        params,
        body: NoBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => unmarkTypical(tx, req.params.id, expected), view: viewCase }),
  );
}
