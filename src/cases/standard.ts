// The wage standard that awards and advances are held against, and its snapshot with the grant (domain §7: latest year published).
import type { Tx } from '../platform/db/tx.ts';
import type { CaseRow } from './repository.ts';
import { findStandard, type StandardRow } from './rules-repository.ts';
import { decideCap } from './standard-domain.ts';

export function standardOf(tx: Tx, c: CaseRow): Promise<StandardRow | undefined> {
  return findStandard(tx, c.handlingAgencyId, tx.ctx.today);
}

/** Holds the sum once more against the standard of the day; a proposal within the cap may have been overtaken by a new one. */
export async function standardColumns(tx: Tx, c: CaseRow, grantedFen: bigint): Promise<Partial<CaseRow>> {
  const standard = await standardOf(tx, c);
  const breakout = c.superiorReasons.includes('cap_breakout');
  decideCap(standard, { amountFen: grantedFen, courtCeilingFen: c.courtCeilingFen, breakout });
  if (!standard) return {};
  return {
    standardId: standard.id,
    standardRegionCode: standard.regionCode,
    standardYear: standard.year,
    standardSeries: standard.series,
    standardAnnualFen: standard.annualFen,
    standardMonths: standard.capMonths,
  };
}
