// Wire shapes of the summary: partitions add up, overlapping categories do not, and the answer says so.
import { type Static, Type } from 'typebox';
import { toMoney } from '../kernel/money.ts';
import type { Language } from '../kernel/problem.ts';
import {
  AgencyRef,
  CivilDate,
  Closed,
  Code,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  RegionCode,
} from '../platform/http/schema.ts';
import { type AgencyKept, type Figures, type Kept, type Summary, summaryDefinitions } from './domain.ts';

const Count = Type.Integer({ minimum: 0 });
const figures = { cases: Count, persons: Count, amount: Money };
const kept = { due: Count, met: Count, metLate: Count, overdue: Count, waived: Count };
const Group = Closed({ persons: Count, amount: Money, otherMeasuresPersons: Count });

export const SummaryQuery = Type.Object({
  from: CivilDate,
  to: CivilDate,
  regionCode: Type.Optional(RegionCode),
  category: Type.Optional(Code),
  campaign: Type.Optional(Code),
});

export const SummaryView = named(
  'StatisticsSummary',
  Closed(
    {
      from: CivilDate,
      to: CivilDate,
      asOf: Instant,
      regionCode: RegionCode,
      category: Nullable(Code),
      campaign: Nullable(Code),
      ...figures,
      otherMeasuresPersons: Count,
      women: Group,
      minors: Group,
      byCategory: Type.Array(Closed({ category: Code, ...figures }), { maxItems: 100 }),
      byRegion: Type.Array(Closed({ regionCode: RegionCode, ...figures }), { maxItems: 200 }),
      byYear: Type.Array(Closed({ year: Type.Integer({ minimum: 1900, maximum: 9999 }), ...figures }), {
        maxItems: 200,
      }),
      byLevel: Type.Array(Closed({ level: Literals(['province', 'city', 'county', 'township']), ...figures }), {
        maxItems: 4,
      }),
      deadlines: Closed(kept, { description: 'due inside the period; `overdue` as of today' }),
      byAgency: Type.Array(Closed({ agency: AgencyRef, ...kept }), {
        maxItems: 5000,
        description: 'deadlines under the agency that they bind',
      }),
      categoriesOverlap: Type.Boolean({
        description: 'true: rows of byCategory overlap and never add up to the totals',
      }),
      definitions: Type.Array(
        Closed({ code: Type.String({ maxLength: 64 }), definition: Type.String({ maxLength: 1000 }) }),
        { maxItems: 20 },
      ),
    },
    { description: 'Persons are distinct; categories overlap. 人数去重；类别可重叠，各行之和不等于总数' },
  ),
);

const toFigures = ({ cases, persons, fen }: Figures) => ({ cases, persons, amount: toMoney(BigInt(fen)) });
const toGroup = (g: Summary['women']) => ({
  persons: g.persons,
  amount: toMoney(BigInt(g.fen)),
  otherMeasuresPersons: g.otherMeasuresPersons,
});

type Asked = { from: string; to: string; regionCode: string; category: string | null; campaign: string | null };

const toKept = ({ due, met, metLate, overdue, waived }: Kept): Kept => ({ due, met, metLate, overdue, waived });

/** Each clock binds one agency: these rows add up. */
const NONE: Kept = { due: 0, met: 0, metLate: 0, overdue: 0, waived: 0 };
const sum = (rows: readonly Kept[]): Kept =>
  rows.reduce(
    (a, b) => ({
      due: a.due + b.due,
      met: a.met + b.met,
      metLate: a.metLate + b.metLate,
      overdue: a.overdue + b.overdue,
      waived: a.waived + b.waived,
    }),
    NONE,
  );

export function toSummaryView(
  asked: Asked,
  summary: Summary & { kept: readonly AgencyKept[] },
  now: Date,
  language: Language,
): Static<typeof SummaryView> {
  return {
    ...asked,
    asOf: now.toISOString(),
    ...toFigures(summary),
    otherMeasuresPersons: summary.otherMeasuresPersons,
    women: toGroup(summary.women),
    minors: toGroup(summary.minors),
    byCategory: summary.byCategory.map(({ key, ...f }) => ({ category: key, ...toFigures(f) })),
    byRegion: summary.byRegion.map(({ key, ...f }) => ({ regionCode: key, ...toFigures(f) })),
    byYear: summary.byYear.map(({ key, ...f }) => ({ year: Number(key), ...toFigures(f) })),
    byLevel: summary.byLevel.map(({ key, ...f }) => ({ level: key as 'province', ...toFigures(f) })),
    deadlines: sum(summary.kept),
    byAgency: summary.kept.map(({ id, code, name, ...row }) => ({ agency: { id, code, name }, ...toKept(row) })),
    categoriesOverlap: true,
    definitions: summaryDefinitions.map(({ code, zh, en }) => ({ code, definition: language === 'zh' ? zh : en })),
  };
}
