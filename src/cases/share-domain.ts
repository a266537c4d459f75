// The joint share (domain §7): a superior procuratorate carries a part of the award; the award stays the sum of all parts.
import { formatYuan } from '../kernel/money.ts';
import { defineProblems } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const SHARE_STATUSES = enumValues('joint-share-statuses');
export type ShareStatus = EnumValue<'joint-share-statuses'>;

export const shareProblems = defineProblems({
  'share.not_asked': {
    status: 403,
    zh: ['未请求联合救助', '承办检察院没有待本院答复的联合救助请求', '由承办检察院先提出请求'],
    en: [
      'No share was asked for',
      'the handling procuratorate has no request that waits for this agency',
      'let the handling procuratorate ask for a share first',
    ],
  },
  'share.beyond_request': {
    status: 409,
    zh: ['超出请求金额', '联合救助不得超过承办检察院请求的 {limit} 元', '减少金额，或由承办检察院重新请求'],
    en: [
      'More than was asked for',
      'the share may not exceed the {limit} yuan that the handling procuratorate asked for',
      'lower the amount, or let the handling procuratorate ask anew',
    ],
  },
});

type Wanted = { agencyId: string; beneficiaryId: string; status: ShareStatus; requestedFen: bigint };

/** The requests that wait for the agency's answer: at least one, of one beneficiary where one is named. */
export function awaitedShares<S extends Wanted>(shares: readonly S[], agencyId: string, beneficiaryId?: string): S[] {
  const mine = shares.filter((share) => share.agencyId === agencyId && share.status === 'requested');
  const named = beneficiaryId ? mine.filter((share) => share.beneficiaryId === beneficiaryId) : mine;
  if (named.length === 0) throw shareProblems['share.not_asked']();
  return named;
}

export function ensureWithinRequest(share: Wanted, amountFen: bigint): void {
  if (amountFen > share.requestedFen)
    throw shareProblems['share.beyond_request']({ limit: formatYuan(share.requestedFen) });
}

/** Whose answer is awaited. */
export function agenciesAwaited(shares: readonly Wanted[]): string[] {
  return [...new Set(shares.filter((s) => s.status === 'requested').map((s) => s.agencyId))].sort();
}
