// Thirty stories of the sample province: each brings one clue or case to a state that the offices know.
import type { ClueInput } from '../clues/submission.ts';
import {
  accept,
  answer,
  approve,
  assign,
  close,
  ended,
  pay,
  plan,
  propose,
  reconsider,
  refer,
  reject,
  request,
  reroute,
  returned,
  revoke,
  route,
  type Step,
  visit,
  withdrawCaseStep,
  withdrawn,
} from './sample-steps.ts';

export type Place = 'heping' | 'tiexi' | 'shenyang';

export type Story = {
  place: Place;
  /** `case` starts with an application at the procuratorate, otherwise a clue comes first. */
  kind?: 'case';
  source?: ClueInput['source'];
  urgent?: boolean;
  /** Hardship without a proceeding: social assistance only (2021 rules art. 5). */
  noCase?: boolean;
  steps: readonly Step[];
};

const granted = [assign, propose, approve('granted')] as const;
const refused = [assign, propose, approve('refused')] as const;
const paid = [...granted, plan, pay('settled')] as const;
const story = (place: Place, ...steps: readonly Step[]): Story => ({ place, steps });

export const stories: readonly Story[] = [
  story('heping'),
  { ...story('heping'), urgent: true },
  { ...story('tiexi'), source: 'wf_patrol' },
  { ...story('heping', returned), noCase: true },
  story('tiexi', returned),
  story('heping', reject),
  story('tiexi', reject, answer),
  story('heping', withdrawn),
  story('heping', reroute('210106')),
  { ...story('heping', route), noCase: true },
  { ...story('tiexi', route, answer), noCase: true },
  story('heping', accept),
  { ...story('tiexi', accept), source: 'wf_complaint' },
  story('heping', accept, assign),
  story('heping', accept, assign, request),
  { ...story('heping', accept, assign, propose), source: 'department' },
  story('tiexi', accept, assign, propose),
  story('heping', accept, ...granted),
  story('heping', accept, ...refused),
  story('tiexi', accept, ...refused, reconsider),
  story('heping', accept, assign, withdrawCaseStep),
  story('heping', accept, ...granted, plan),
  story('heping', accept, ...granted, plan, pay('authorised')),
  story('tiexi', accept, ...granted, plan, pay('submitted')),
  story('heping', accept, ...paid, refer('requested')),
  story('heping', accept, ...paid, refer('answered')),
  story('heping', accept, ...paid, refer('delivered'), visit),
  story('tiexi', accept, ...paid, visit, close, ended),
  { ...story('shenyang', ...paid, close), kind: 'case' },
  { ...story('heping', ...granted, revoke), kind: 'case' },
];
