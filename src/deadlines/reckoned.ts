// The columns of a clock that follow from its terms under the rules and the calendar as they stand.
import { reckon } from './domain.ts';
import type { DeadlineRow } from './repository.ts';
import type { Rulebook } from './rulebook.ts';

export type Terms = Pick<DeadlineRow, 'rule' | 'startedOn' | 'pauses' | 'extensionDays'>;

export function reckoned({ isWorkday, calendarVersion }: Rulebook, terms: Terms) {
  const { dueOn, soonOn, provisional } = reckon(terms, isWorkday);
  return { dueOn, soonOn, nextOn: soonOn, provisional, calendarVersion };
}
