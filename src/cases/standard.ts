// The wage standard that a grant was decided under, kept with the decision (domain §7: 36 average monthly wages, latest year published).
import type { Tx } from '../platform/db/tx.ts';
import { syntheticWageStandards, wageStandardOn } from '../reference/wage-standards.ts';
import { type CaseRow, isSandbox } from './repository.ts';

/** As many average monthly wages as one case is generally worth at most. */
export const CAP_MONTHS = 36;

/** The standard of the day; null columns outside the sandbox, whose figures are made up, until a province enters its own. */
export async function standardColumns(tx: Tx): Promise<Partial<CaseRow>> {
  const standard = wageStandardOn(tx.ctx.today, syntheticWageStandards);
  if (!standard || !(await isSandbox(tx))) return {};
  return {
    standardRegionCode: standard.regionCode,
    standardYear: standard.year,
    standardSeries: standard.series,
    standardAnnualFen: standard.annualFen,
    standardMonths: CAP_MONTHS,
  };
}
