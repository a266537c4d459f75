// Entering wage standards and tiers of approval: by the administrator, versioned, never over what was there (domain §7, ADR 0028).
import { requireAgencies } from '../agencies/service.ts';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { parseYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { requireRegion } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { syntheticWageStandards } from '../reference/wage-standards.ts';
import {
  hasStandards,
  insertStandards,
  insertTier,
  type StandardRow,
  type TierRow,
  versionsOf,
} from './rules-repository.ts';

/** As many average monthly wages as one case is generally worth, and an advance without and with a reason (domain §7). */
const DEFAULT_MONTHS = { capMonths: 36, advanceMonths: 3, advanceMaxMonths: 6 } as const;

export type StandardInput = Pick<StandardRow, 'regionCode' | 'year' | 'series' | 'publishedOn' | 'basis'> & {
  annualAmount: { amount: string };
} & { [K in keyof typeof DEFAULT_MONTHS]?: number };

function standardErrors(
  input: StandardInput,
  months: Record<keyof typeof DEFAULT_MONTHS, number>,
  annualFen: bigint,
): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (pointer: string, code: string, ...detail: readonly [zh: string, en: string]) =>
    errors.push({ pointer, code, detail });
  if (annualFen <= 0n) wrong('/annualAmount/amount', 'amount.not_positive', '须大于 0.00', 'more than 0.00');
  if (Number(input.publishedOn.slice(0, 4)) < input.year)
    wrong('/publishedOn', 'date.too_early', '公布日期不得早于统计年度', 'not before the year of the wage');
  const { capMonths, advanceMonths, advanceMaxMonths } = months;
  if (advanceMonths > advanceMaxMonths || advanceMaxMonths > capMonths)
    wrong(
      '/advanceMaxMonths',
      'months.contradiction',
      '月数应当依次不减',
      'the months of an advance are within those of an award',
    );
  return errors;
}

/** In force for decisions from its publication on; what was decided keeps the version it was decided under. */
export async function enterStandard(tx: Tx, input: StandardInput): Promise<StandardRow> {
  const { regionCode, year, series, publishedOn, basis, annualAmount, ...asked } = input;
  requireRegion(regionCode, '/regionCode');
  const months = { ...DEFAULT_MONTHS, ...asked };
  const annualFen = parseYuan(annualAmount.amount) ?? 0n;
  const errors = standardErrors(input, months, annualFen);
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const version = (await versionsOf(tx, { regionCode, year, series })) + 1;
  const { id: recordedBy = null } = tx.ctx.actor.officer ?? {};
  const figures = { regionCode, year, series, version, annualFen, ...months, publishedOn, basis };
  const row: StandardRow = { id: tx.newId(), ...figures, recordedBy, createdAt: tx.ctx.now };
  await insertStandards(tx, [row]);
  const data = { standardId: row.id, regionCode, year, series, version, annualFen: Number(annualFen), publishedOn };
  tx.record({
    type: 'agency.standard_entered',
    kind: 'agency',
    id: tx.ctx.actor.agency.id,
    changed: ['assistanceStandards'],
    data,
  });
  return row;
}

export type TierInput = Pick<TierRow, 'approvers' | 'validFrom' | 'basis'> & {
  aboveAmount: { amount: string };
  agencyId?: string | null;
  committee?: boolean;
  levelsAbove?: number;
  validTo?: string | null;
};

/** The agency of a tier is a procuratorate: nobody else decides cases. */
async function requireProcuratorate(tx: Tx, agencyId: string | null): Promise<void> {
  if (agencyId === null) return;
  const [agency] = await requireAgencies(tx, [agencyId], () => '/agencyId');
  if (agency?.kind !== 'procuratorate')
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/agencyId', code: 'agency.unknown', detail: agencyId },
    ]);
}

/** Holds for proposals from then on; a case that is before its approvers keeps the steps it was proposed with. */
export async function enterTier(tx: Tx, input: TierInput): Promise<TierRow> {
  const agencyId = input.agencyId ?? null;
  await requireProcuratorate(tx, agencyId);
  const { approvers, validFrom, basis, committee = false, levelsAbove = 0, validTo = null } = input;
  if (validTo !== null && validTo < validFrom)
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/validTo', code: 'date.too_early', detail: ['不得早于生效日期', 'not before validFrom'] },
    ]);
  const { id: recordedBy = null } = tx.ctx.actor.officer ?? {};
  const steps = { approvers, committee, levelsAbove };
  const aboveFen = parseYuan(input.aboveAmount.amount) ?? 0n;
  const row: TierRow = {
    id: tx.newId(),
    agencyId,
    aboveFen,
    ...steps,
    validFrom,
    validTo,
    basis,
    recordedBy,
    createdAt: tx.ctx.now,
  };
  await insertTier(tx, row);
  const data = { tierId: row.id, agencyId, aboveFen: Number(aboveFen), ...steps, validFrom, validTo };
  tx.record({
    type: 'agency.approval_tier_entered',
    kind: 'agency',
    id: agencyId ?? tx.ctx.actor.agency.id,
    changed: ['approvalTiers'],
    data,
  });
  return row;
}

/** The made-up figures of a sandbox, once; answers how many. */
export async function seedStandards(tx: Tx): Promise<number> {
  if (await hasStandards(tx)) return 0;
  const rows = syntheticWageStandards.map(
    (standard): StandardRow => ({
      ...{ id: tx.newId(), ...standard, ...DEFAULT_MONTHS },
      ...{ version: 1, recordedBy: null, createdAt: tx.ctx.now },
    }),
  );
  await insertStandards(tx, rows);
  // A province that an older release seeded has nothing else to tell at this start. Seen by the service itself.
  const data = { count: rows.length };
  tx.record({ type: 'sandbox.standards_loaded', kind: 'sandbox', id: SYSTEM_SCOPE, access: [], data });
  return rows.length;
}
