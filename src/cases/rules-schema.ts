// Wire shapes of wage standards and tiers of approval.
import { type Static, Type } from 'typebox';
import { toMoney } from '../kernel/money.ts';
import {
  CivilDate,
  Closed,
  Id,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  pageOf,
  pageQuery,
  RegionCode,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import type { StandardRow, TierRow } from './rules-repository.ts';
import { fenOfMonths } from './standard-domain.ts';

const series = enumValues('wage-series');
const Year = Type.Integer({ minimum: 1949, maximum: 2199, description: 'in which the wage was earned' });
const Months = (description: string) => Type.Integer({ minimum: 1, maximum: 120, description });

const figures = {
  regionCode: RegionCode,
  year: Year,
  series: Literals(series, 'code set wage-series'),
  annualAmount: Money,
  publishedOn: CivilDate,
};
export const StandardBody = named(
  'AssistanceStandardInput',
  Closed(
    {
      ...figures,
      basis: Text(500, 'where the figure was published'),
      capMonths: Type.Optional(Months('of an award in general; 36 by default')),
      advanceMonths: Type.Optional(Months('of an emergency advance; 3 by default')),
      advanceMaxMonths: Type.Optional(Months('of an advance with a reason; 6 by default')),
    },
    { description: 'The same region, year and series again is the next version: nothing is overwritten' },
  ),
);
export const StandardView = named(
  'AssistanceStandard',
  Closed({
    id: Id,
    version: Type.Integer({ minimum: 1, description: 'of this region, year and series' }),
    ...figures,
    ...{ basis: Type.String({ maxLength: 500 }), createdAt: Instant },
    capMonths: Months('of an award in general'),
    capAmount: Money,
    advanceMonths: Months('of an emergency advance'),
    advanceMaxMonths: Months('of an advance with a reason'),
  }),
);
export const StandardPage = pageOf('AssistanceStandardPage', StandardView);
export const StandardQuery = Type.Object({
  ...pageQuery,
  regionCode: Type.Optional(RegionCode),
  year: Type.Optional(Year),
  series: Type.Optional(Literals(series)),
});

const tier = {
  agencyId: Nullable(Id),
  aboveAmount: Money,
  approvers: Type.Integer({
    minimum: 1,
    maximum: 5,
    description: 'different people of the handling agency who approve',
  }),
  committee: Type.Boolean({ description: 'then a committee, whose minutes stand with the step' }),
  levelsAbove: Type.Integer({ minimum: 0, maximum: 2, description: 'then so many levels above, one after the other' }),
  validFrom: CivilDate,
  validTo: Nullable(CivilDate),
};
export const TierBody = named(
  'ApprovalTierInput',
  Closed(
    {
      ...tier,
      agencyId: Type.Optional(Nullable(Id)),
      committee: Type.Optional(tier.committee),
      levelsAbove: Type.Optional(tier.levelsAbove),
      validTo: Type.Optional(tier.validTo),
      basis: Text(500, 'the rule that asks for it'),
    },
    {
      description:
        'For awards of more than `aboveAmount`; without `agencyId` for every procuratorate. The one entered last holds',
    },
  ),
);
export const TierView = named(
  'ApprovalTier',
  Closed({ id: Id, ...tier, ...{ basis: Type.String({ maxLength: 500 }), createdAt: Instant } }),
);
export const TierPage = pageOf('ApprovalTierPage', TierView);
export const TierQuery = Type.Object({
  ...pageQuery,
  agencyId: Type.Optional(Type.String({ maxLength: 36, format: 'uuid', description: 'of one agency alone' })),
});

export function toStandardView(row: StandardRow): Static<typeof StandardView> {
  const { annualFen, recordedBy: _, createdAt, ...plain } = row;
  return {
    ...plain,
    annualAmount: toMoney(annualFen),
    capAmount: toMoney(fenOfMonths(annualFen, row.capMonths)),
    createdAt: createdAt.toISOString(),
  };
}

export function toTierView(row: TierRow): Static<typeof TierView> {
  const { aboveFen, recordedBy: _, createdAt, ...plain } = row;
  return { ...plain, aboveAmount: toMoney(aboveFen), createdAt: createdAt.toISOString() };
}
