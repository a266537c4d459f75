// What a proposal asks for each beneficiary, and what is wrong with it.
import { MAX_FEN } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';

export type Award = { beneficiaryId: string; amountFen: bigint; fundId: string | null };

/** Awards against the beneficiaries of the case: each at most once, more than nothing; all errors at once. */
export function awardErrors(awards: readonly Award[], beneficiaryIds: ReadonlySet<string>): FieldError[] {
  return awards.flatMap((award, i) => {
    const errors: FieldError[] = [];
    const at = `/awards/${i}`;
    if (!beneficiaryIds.has(award.beneficiaryId))
      errors.push({
        pointer: `${at}/beneficiaryId`,
        code: 'beneficiary.unknown',
        detail: ['不是本案救助对象', 'not of this case'],
      });
    if (awards.findIndex((other) => other.beneficiaryId === award.beneficiaryId) < i)
      errors.push({
        pointer: `${at}/beneficiaryId`,
        code: 'beneficiary.repeated',
        detail: ['每名对象一项', 'one award for each'],
      });
    if (award.amountFen <= 0n)
      errors.push({
        pointer: `${at}/amount/amount`,
        code: 'amount.not_positive',
        detail: ['须大于 0.00', 'more than 0.00'],
      });
    if (award.amountFen > MAX_FEN / 100n)
      errors.push({
        pointer: `${at}/amount/amount`,
        code: 'amount.too_large',
        detail: ['超出救助金额范围', 'beyond any award'],
      });
    return errors;
  });
}
