// /v1/assistance-standards and /v1/approval-tiers: what decisions are held against, read by all, entered by the administrator.
import type { App } from '../platform/http/server.ts';
import { enterStandard, enterTier } from './rules.ts';
import { listStandards, listTiers } from './rules-repository.ts';
import {
  StandardBody,
  StandardPage,
  StandardQuery,
  StandardView,
  TierBody,
  TierPage,
  TierQuery,
  TierView,
  toStandardView,
  toTierView,
} from './rules-schema.ts';

const tags = ['Reference'];

export function caseRuleRoutes(app: App): void {
  standardRoutes(app);
  tierRoutes(app);
}

function standardRoutes(app: App): void {
  app.get(
    '/v1/assistance-standards',
    {
      config: { permission: 'reference:read' },
      schema: {
        operationId: 'listAssistanceStandards',
        tags,
        summary: 'List wage standards 工资标准列表',
        description:
          'Average annual wages by region, year and series, in all versions, newest first. A decision uses the latest year published by its day, of the nearest region. 各地区、年度、口径的年平均工资及其版本；决定适用当日已公布的最近年度。',
        querystring: StandardQuery,
        response: { 200: StandardPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listStandards(tx, req.query, page),
        (_tx, row) => toStandardView(row),
      ),
  );
  app.post(
    '/v1/assistance-standards',
    {
      config: { permission: 'standard:manage', idempotent: true, dryRun: true },
      schema: {
        operationId: 'enterAssistanceStandard',
        tags,
        summary: 'Enter a wage standard 录入工资标准',
        description:
          'By the administrator. Of several series of one year and region the one entered last holds for decisions from its publication on; decided cases keep theirs. 由管理员录入，同一年度以最后录入者为准，已作出的决定不变。',
        body: StandardBody,
        response: { 201: StandardView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => enterStandard(tx, req.body),
        view: (_tx, row) => toStandardView(row),
        status: 201,
        location: ({ regionCode, year, series }) =>
          `/v1/assistance-standards?regionCode=${regionCode}&year=${year}&series=${series}`,
      }),
  );
}

function tierRoutes(app: App): void {
  app.get(
    '/v1/approval-tiers',
    {
      config: { permission: 'reference:read' },
      schema: {
        operationId: 'listApprovalTiers',
        tags,
        summary: 'List tiers of approval 分级审批标准列表',
        description:
          'Who approves besides the own chief above which sum; newest first, none at first. 超过相应金额时除本院检察长外的审批步骤，默认没有。',
        querystring: TierQuery,
        response: { 200: TierPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listTiers(tx, req.query.agencyId, page),
        (_tx, row) => toTierView(row),
      ),
  );
  app.post(
    '/v1/approval-tiers',
    {
      config: { permission: 'tier:manage', idempotent: true, dryRun: true },
      schema: {
        operationId: 'enterApprovalTier',
        tags,
        summary: 'Enter a tier of approval 录入分级审批标准',
        description:
          "By the administrator, for proposals from then on. For a sum the highest tier below it holds, an agency's own before the general one, and the one entered last; `approvers: 1` alone takes a tier back. 由管理员录入，适用于此后提出的审查意见；低于该金额的最高一档为准。",
        body: TierBody,
        response: { 201: TierView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => enterTier(tx, req.body),
        view: (_tx, row) => toTierView(row),
        status: 201,
        location: ({ agencyId }) => (agencyId ? `/v1/approval-tiers?agencyId=${agencyId}` : '/v1/approval-tiers'),
      }),
  );
}
