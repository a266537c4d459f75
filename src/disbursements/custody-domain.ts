// Custody: money for a child or somebody under guardianship is held by a custodian and released in parts, by two people (domain §1).
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const CUSTODY_PURPOSES = enumValues('custody-purposes');
export type CustodyPurpose = EnumValue<'custody-purposes'>;
export const RELEASE_STATES = enumValues('custody-release-states');
export type ReleaseState = EnumValue<'custody-release-states'>;
export const RELEASE_OUTCOMES = enumValues('custody-release-outcomes');
export type ReleaseOutcome = EnumValue<'custody-release-outcomes'>;

/** What is planned to be released when and for what; the amount in yuan, as on the wire. */
export type Instalment = { dueOn: string; amount: { amount: string; currency: 'CNY' }; purpose: CustodyPurpose };
export type Agreement = { custodian: string; supervisor: string | null };
export type ReleaseTexts = { use: string; opinion: string | null };

type Held = { amountFen: bigint; custodyReleasedFen: bigint };

export const remainingOf = (line: Held): bigint => line.amountFen - line.custodyReleasedFen;

/** What may still be asked for: what is held, less what is asked for and not decided. */
export function unclaimedOf(line: Held, releases: readonly { state: ReleaseState; amountFen: bigint }[]): bigint {
  const asked = releases.filter((release) => release.state === 'requested');
  return asked.reduce((rest, release) => rest - release.amountFen, remainingOf(line));
}
