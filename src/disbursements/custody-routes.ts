// /v1/disbursements/{id}/custody-plan and /releases: money held for a child, spent by request and another person's word.
import { Type } from 'typebox';
import type { Tx } from '../platform/db/tx.ts';
import { Id, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findPlan, findReleases, openAgreement, type PlanRow } from './custody-repository.ts';
import {
  CustodyPlanInput,
  CustodyPlanView,
  ReleaseApprovalBody,
  ReleaseInput,
  ReleaseView,
  toPlanView,
  toReleaseView,
} from './custody-schema.ts';
import { decideRelease, findRelease, planCustody, type Release, requestRelease } from './custody-service.ts';
import { type Disbursement, findDisbursement } from './service.ts';

const tags = ['Disbursements'];
const params = IdParams;
const ReleaseParams = Type.Object({ id: Id, releaseId: Id });

async function viewPlan(tx: Tx, line: Disbursement, plan: PlanRow) {
  const [agreement, releases] = [await openAgreement(tx, plan), await findReleases(tx, line.id)];
  return toPlanView(tx, line, { plan, agreement, releases });
}

const viewRelease = (tx: Tx, { line, row, texts }: Release) => toReleaseView(tx, line, row, texts);

function planRoutes(app: App): void {
  app.get(
    '/v1/disbursements/:id/custody-plan',
    {
      config: { permission: 'disbursement:read', resource: 'disbursement' },
      schema: {
        operationId: 'getCustodyPlan',
        tags,
        summary: 'Read the plan of custody 查看托管计划',
        description:
          'Agreement, instalments, what was released and what remains. 托管协议、分期计划、已释放与剩余金额。',
        params,
        response: { 200: CustodyPlanView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const line = await findDisbursement(tx, req.params.id);
        const plan = line && (await findPlan(tx, line.id));
        return plan && viewPlan(tx, line, plan);
      }),
  );
  app.post(
    '/v1/disbursements/:id/custody-plan',
    {
      config: { permission: 'disbursement:plan', resource: 'disbursement', idempotent: true, dryRun: true },
      schema: {
        operationId: 'planCustody',
        tags,
        summary: 'Plan the custody 登记托管计划',
        description:
          'For a line of the kind `custody`: the agreement, and instalments that together are the line. It may be replaced until a release is asked for. 托管方式的发放记录登记托管协议与分期计划，各期之和等于该笔金额；未申请使用前可更改。',
        params,
        body: CustodyPlanInput,
        response: { 200: CustodyPlanView, 201: CustodyPlanView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => planCustody(tx, req.params.id, req.body, expected),
        view: (tx, { line, plan }) => viewPlan(tx, line, plan),
        status: ({ created }) => (created ? 201 : 200),
        location: () => `/v1/disbursements/${req.params.id}/custody-plan`,
      }),
  );
}

export function custodyRoutes(app: App): void {
  planRoutes(app);
  app.post(
    '/v1/disbursements/:id/releases',
    {
      config: { permission: 'disbursement:plan', resource: 'disbursement', idempotent: true, dryRun: true },
      schema: {
        operationId: 'requestRelease',
        tags,
        summary: 'Ask for a release from custody 申请使用托管款',
        description:
          'With the papers behind it, never more than remains unasked for; another person releases it. 附凭证申请，不超过未申请的余额，由另一人批准。',
        params,
        body: ReleaseInput,
        response: { 201: ReleaseView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => requestRelease(tx, req.params.id, req.body, expected),
        view: viewRelease,
        status: 201,
        location: (view) => `/v1/disbursements/${req.params.id}/releases/${view.id}`,
      }),
  );
  app.get(
    '/v1/disbursements/:id/releases/:releaseId',
    {
      config: { permission: 'disbursement:read', resource: 'disbursement' },
      schema: {
        operationId: 'getRelease',
        tags,
        summary: 'Read a request for a release 查看使用申请',
        description: 'The request, its papers and the decision on it. 申请、凭证与处理结果。',
        params: ReleaseParams,
        response: { 200: ReleaseView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const found = await findRelease(tx, req.params);
        return found && viewRelease(tx, found);
      }),
  );
  app.post(
    '/v1/disbursements/:id/releases/:releaseId/approval',
    {
      config: {
        ...{ permission: 'disbursement:authorise', resource: 'disbursement' },
        ...{ ifMatch: true, idempotent: true, dryRun: true, decisive: true },
      },
      schema: {
        operationId: 'approveRelease',
        tags,
        summary: 'Decide on a release 审批托管款使用',
        description:
          'By a head or chief who did not ask for it. With the last of the money the line is settled again. 由非申请人的负责人或检察长审批；释放完毕后该笔发放回到已支付状态。',
        params: ReleaseParams,
        body: ReleaseApprovalBody,
        response: { 200: ReleaseView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => decideRelease(tx, req.params, req.body, expected),
        view: viewRelease,
      }),
  );
}
