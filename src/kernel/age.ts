// Whether somebody is a child or a minor: worked out when it is asked, on the civil day in Asia/Shanghai (PIPL art. 28; Minors Protection Law).
import { ageOn, civilDateOf, isCivilDate } from './civil-date.ts';

/** `child`: under 14, all of whose data is sensitive; `minor`: under 18; `unknown` counts as a minor wherever it protects. */
export type AgeGroup = 'child' | 'minor' | 'adult' | 'unknown';

/** The group on a civil day; it ends on the 14th and the 18th birthday itself. */
export function ageGroupOn(birthDate: string | null, day: string): AgeGroup {
  if (birthDate === null || !isCivilDate(birthDate) || birthDate > day) return 'unknown';
  const age = ageOn(birthDate, day);
  return age < 14 ? 'child' : age < 18 ? 'minor' : 'adult';
}

export const ageGroupAt = (birthDate: string | null, instant: Date): AgeGroup =>
  ageGroupOn(birthDate, civilDateOf(instant));

export const isProtected = (group: AgeGroup): boolean => group !== 'adult';
