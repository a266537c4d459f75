// Average annual wages for the 36-month cap (domain §7) in the sandbox: SYNTHETIC, the true Liaoning series is not at hand.
import { PROVINCE_CODE } from './regions.ts';

export type WageStandard = {
  regionCode: string;
  /** The year that the wage was earned in; a decision uses the latest year published by its day. */
  year: number;
  series: 'synthetic';
  annualFen: bigint;
  publishedOn: string;
  basis: string;
};

// 2022 is the North-East figure of the worked example (89,941 yuan [V S49]); the other years are made up around it.
const annualYuan: readonly (readonly [year: number, yuan: bigint])[] = [
  [2015, 52_000n],
  [2016, 56_000n],
  [2017, 61_000n],
  [2018, 66_500n],
  [2019, 72_500n],
  [2020, 78_000n],
  [2021, 84_500n],
  [2022, 89_941n],
  [2023, 94_000n],
  [2024, 98_000n],
  [2025, 102_000n],
];

/** Every day from 2017-01-01 on has a published year: figures appear on 30 June of the following year. */
export const syntheticWageStandards: readonly WageStandard[] = annualYuan.map(([year, yuan]) => ({
  regionCode: PROVINCE_CODE,
  year,
  series: 'synthetic',
  annualFen: yuan * 100n,
  publishedOn: `${year + 1}-06-30`,
  basis: 'Synthetic figure for the sandbox [A]',
}));

/** The standard of a decision day: the latest year already published, at best the previous one ([V S45] for courts, [A-recall]). */
export function wageStandardOn(day: string, standards: readonly WageStandard[]): WageStandard | undefined {
  return standards
    .filter((standard) => standard.publishedOn <= day)
    .reduce<WageStandard | undefined>((best, next) => (best && best.year > next.year ? best : next), undefined);
}
