// What was granted in cases like this one: guidance at drafting, so that like hardship is not met with unlike sums (issue 5 §2.6).
import { type Static, Type } from 'typebox';
import { requireAgencyMap } from '../agencies/service.ts';
import { yearOf } from '../kernel/civil-date.ts';
import { toMoney } from '../kernel/money.ts';
import { contactRules } from '../persons/safe-contact.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { Closed, Code, Literals, Money, Nullable, named, RegionCode } from '../platform/http/schema.ts';
import { compareAwards, type Figures } from './comparable-repository.ts';
import type { OutsideRange } from './domain.ts';
import type { AssistanceCase } from './repository.ts';

/** How many digits of a region code name its province and its city. */
const DIGITS = { county: 6, city: 4, province: 2 } as const;
const SCOPES = ['county', 'city', 'province'] as const;

export const ComparableQuery = Type.Object({
  scope: Type.Optional(Literals(SCOPES, "which region around the handling procuratorate's; city by default")),
  eligibilityCode: Type.Optional(Code),
  year: Type.Optional(
    Type.Integer({
      minimum: 2000,
      maximum: 2199,
      description: 'of the decision; by default the year of this one, else the present year',
    }),
  ),
});

const Figure = Nullable(Money);
export const ComparableView = named(
  'ComparableCases',
  Closed(
    {
      basis: Closed({
        eligibilityCode: Nullable(Code),
        categories: Type.Array(Code, { maxItems: 200, description: 'a beneficiary with one of these counts' }),
        regionCode: RegionCode,
        year: Type.Integer(),
      }),
      suppressed: Type.Boolean({ description: 'true where fewer than five cases or people stand behind the figures' }),
      cases: Nullable(Type.Integer({ minimum: 5, description: 'rounded down to a multiple of five' })),
      lowerQuartile: Figure,
      median: Figure,
      upperQuartile: Figure,
      range: Nullable(
        Closed(
          { from: Money, to: Money },
          {
            description:
              'four tenths of the lower to two and a half of the upper quartile: an award outside is shown as such to whoever decides',
          },
        ),
      ),
    },
    {
      description:
        'Amounts granted to one person in like cases to the nearest 1,000 yuan, this case left out; figures only',
    },
  ),
);

/** How far from the quartiles an award is still like the others: four tenths of the lower to two and a half of the upper one [A]. */
const LIKE_CASE_RANGE = { fromPercent: 40n, toPercent: 250n } as const;

/** Of five cases the quartiles are the awards of three people, and one case more tells its own: neither is shown to the fen. */
const THOUSAND_YUAN = 100_000n;
const CASES_STEP = 5;
const coarse = (fen: bigint, step: bigint) => ((fen + step / 2n) / step) * step;

type Asked = Static<typeof ComparableQuery>;

async function regionOf(tx: Tx, c: AssistanceCase, scope: (typeof SCOPES)[number]) {
  const { regionCode } = (await requireAgencyMap(tx, [c.handlingAgencyId]))(c.handlingAgencyId);
  const regionPrefix = regionCode.slice(0, DIGITS[scope]);
  return { regionPrefix, regionCode: regionPrefix.padEnd(6, '0') };
}

/** A district's own figures are often too few to be shown: the city is the usual yardstick. */
export async function comparableCases(
  tx: Tx,
  c: AssistanceCase,
  { scope = 'city', ...asked }: Asked,
): Promise<Static<typeof ComparableView>> {
  // From whom a person of the case is hidden, there is no case.
  await contactRules(tx, 'case', c.id);
  const eligibilityCode = asked.eligibilityCode ?? c.eligibilityCode;
  if (asked.eligibilityCode && !isCode('eligibility', asked.eligibilityCode, tx.ctx.today)) {
    const detail = asked.eligibilityCode;
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '#query/eligibilityCode', code: 'code.unknown', detail },
    ]);
  }
  const year = asked.year ?? yearOf(c.decidedOn ?? tx.ctx.today);
  const categories = [...new Set(c.beneficiaries.flatMap((b) => b.categories))].sort();
  const { regionPrefix, regionCode } = await regionOf(tx, c, scope);
  const found = await compareAwards(tx, { caseId: c.id, eligibilityCode, categories, regionPrefix, year });
  const range = found && rangeOf(found);
  const money = (fen: string | undefined) => (fen === undefined ? null : toMoney(coarse(BigInt(fen), THOUSAND_YUAN)));
  return {
    basis: { eligibilityCode, categories, regionCode, year },
    suppressed: found === null,
    cases: found ? Math.floor(found.cases / CASES_STEP) * CASES_STEP : null,
    lowerQuartile: money(found?.lowerQuartile),
    median: money(found?.median),
    upperQuartile: money(found?.upperQuartile),
    range: range && { from: toMoney(range.from), to: toMoney(range.to) },
  };
}

/** From the figures as they are shown, so that a refusal says no more than they do. */
function rangeOf(found: Figures): { from: bigint; to: bigint } {
  const shown = (fen: string) => coarse(BigInt(fen), THOUSAND_YUAN);
  return {
    from: (shown(found.lowerQuartile) * LIKE_CASE_RANGE.fromPercent) / 100n,
    to: (shown(found.upperQuartile) * LIKE_CASE_RANGE.toPercent) / 100n,
  };
}

/** The range that an award leaves, of like cases of the city and year; null where none does or where they are too few. */
export async function leftRange(
  tx: Tx,
  c: AssistanceCase,
  eligibilityCode: string,
  awards: readonly { amountFen: bigint }[],
): Promise<OutsideRange | null> {
  if (awards.length === 0) return null;
  const categories = [...new Set(c.beneficiaries.flatMap((b) => b.categories))].sort();
  const { regionPrefix } = await regionOf(tx, c, 'city');
  const alike = { caseId: c.id, eligibilityCode, categories, regionPrefix, year: yearOf(tx.ctx.today) };
  const found = await compareAwards(tx, alike);
  if (!found) return null;
  const { from, to } = rangeOf(found);
  const within = awards.every(({ amountFen }) => amountFen >= from && amountFen <= to);
  return within ? null : { fromFen: String(from), toFen: String(to) };
}
