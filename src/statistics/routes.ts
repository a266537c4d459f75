// GET /v1/statistics/summary: the figures of the programme, counted from the data.

import type { FieldError } from '../kernel/problem.ts';
import { isKnownCode } from '../persons/service.ts';
import { httpProblems } from '../platform/http/problem.ts';
import type { App } from '../platform/http/server.ts';
import { findRegion } from '../reference/regions.ts';
import { regionPrefix, statisticsProblems } from './domain.ts';
import { countKept, countSummary } from './repository.ts';
import { SummaryQuery, SummaryView, toSummaryView } from './schema.ts';

type Asked = { from: string; to: string; regionCode: string; category: string | null; campaign: string | null };

function checkAsked({ from, to, regionCode, category, campaign }: Asked): void {
  const errors: FieldError[] = [];
  if (from > to)
    errors.push({ pointer: '#query/to', code: 'date.before_from', detail: ['to 早于 from', 'to is before from'] });
  if (!findRegion(regionCode))
    errors.push({ pointer: '#query/regionCode', code: 'region.unknown', detail: regionCode });
  if (category && !isKnownCode('categories', category))
    errors.push({ pointer: '#query/category', code: 'code.unknown', detail: category });
  if (campaign && !isKnownCode('campaigns', campaign))
    errors.push({ pointer: '#query/campaign', code: 'code.unknown', detail: campaign });
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

export function statisticsRoutes(app: App): void {
  app.get(
    '/v1/statistics/summary',
    {
      config: { permission: 'statistics:read', expensive: true },
      schema: {
        operationId: 'getStatisticsSummary',
        tags: ['Statistics'],
        summary: 'Summary of a period 期间汇总',
        description:
          'Cases and persons by decision date, money by payment date, other measures by the day they were delivered; both ends inclusive. 案件与人数按决定日，金额按支付日，其他措施按落实日。',
        querystring: SummaryQuery,
        response: { 200: SummaryView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const own = tx.ctx.actor.agency.regionCode;
        const { from, to, category = null, campaign = null, regionCode = own } = req.query;
        const asked = { from, to, regionCode, category, campaign };
        checkAsked(asked);
        if (!regionCode.startsWith(regionPrefix(own))) throw statisticsProblems['statistics.outside_region']();
        const [summary, kept] = await Promise.all([countSummary(tx, asked), countKept(tx, asked)]);
        return toSummaryView(asked, { ...summary, kept }, tx.ctx.now, tx.ctx.language);
      }),
  );
}
