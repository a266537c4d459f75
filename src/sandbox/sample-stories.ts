// The stories of the sample province: each brings one clue or case to a state that the offices know, together to all of them.
import type { ClueInput } from '../clues/submission.ts';
import {
  appropriate,
  authorise,
  confirm,
  fail,
  plan,
  planCustody,
  recover,
  recovered,
  settle,
  submit,
  voidLine,
  writeOff,
} from './sample-payments.ts';
import {
  cancelled,
  cancelReferred,
  closeAs,
  confirmPlan,
  escalate,
  followUp,
  missed,
  note,
  planVisit,
  receiveClosed,
  refer,
  route,
  stabilise,
  transfer,
  visit,
  visitAtRisk,
} from './sample-relief.ts';
import {
  accept,
  answer,
  approve,
  assign,
  close,
  confirmCorrected,
  correct,
  ended,
  merge,
  propose,
  proposeOverride,
  receive,
  reconsider,
  refuseCorrected,
  reject,
  request,
  reroute,
  returned,
  revoke,
  type Step,
  supplement,
  tell,
  typical,
  withdrawCaseStep,
  withdrawn,
} from './sample-steps.ts';

export type Place = 'heping' | 'tiexi' | 'shenyang' | 'liaoning';

export type Story = {
  place: Place;
  /** `case` starts with an application at the procuratorate, otherwise a clue comes first. */
  kind?: 'case';
  source?: ClueInput['source'];
  urgent?: boolean;
  /** Hardship without a proceeding: social assistance only (2021 rules art. 5). */
  noCase?: boolean;
  campaign?: string;
  /** A crowd, as after an accident; otherwise so many people at least; from two on a mother with her children first. */
  people?: 'crowd' | number;
  steps: readonly Step[];
};

const CAMPAIGN = 'women_in_hardship';
const story = (place: Place, ...steps: readonly Step[]): Story => ({ place, steps });
const crowd = (place: Place, ...steps: readonly Step[]): Story => ({ ...story(place, ...steps), people: 'crowd' });

const granted = [assign, propose, approve('granted')] as const;
const refused = [assign, propose, approve('refused')] as const;
const paid = [...granted, plan, authorise, settle] as const;
const told = [accept, ...refused, tell] as const;
const closed = [accept, ...paid, confirm('received'), visit, close] as const;

const clues: readonly Story[] = [
  crowd('heping'),
  { ...crowd('heping'), urgent: true },
  { ...crowd('tiexi'), source: 'wf_patrol' },
  { ...crowd('tiexi'), urgent: true },
  { ...crowd('shenyang'), source: 'wf_complaint' },
  crowd('liaoning'),
  { ...crowd('liaoning'), source: 'hotline' },
  { ...crowd('shenyang'), source: 'internal' },
  { ...crowd('tiexi', returned), source: 'self' },
  { ...crowd('heping'), noCase: true },
  { ...crowd('heping'), source: 'department' },
  { ...crowd('heping', returned), noCase: true },
  crowd('tiexi', returned),
  crowd('shenyang', returned),
  crowd('liaoning', returned),
  crowd('tiexi', returned, supplement),
  crowd('heping', reject),
  crowd('shenyang', reject),
  crowd('tiexi', reject, answer),
  crowd('liaoning', withdrawn),
  crowd('tiexi', withdrawn),
  crowd('heping', reroute('210106')),
  crowd('tiexi', reroute('210102')),
  { ...story('heping', route('civil')), noCase: true },
  { ...story('heping', route('disabled', 'union')), noCase: true },
  { ...story('tiexi', route('civil'), answer), noCase: true },
];

const reviews: readonly Story[] = [
  story('heping', accept),
  { ...story('tiexi', accept), source: 'wf_complaint' },
  story('liaoning', accept),
  { ...story('heping', accept, assign), campaign: CAMPAIGN },
  story('shenyang', accept, assign),
  story('heping', accept, assign, request),
  { ...story('shenyang', accept, assign, request, receive), urgent: true },
  { ...story('heping', accept, assign, propose), source: 'department' },
  story('tiexi', accept, assign, propose),
  story('heping', accept, assign, proposeOverride, approve('granted')),
  story('tiexi', accept, assign, proposeOverride, approve('granted'), approve('granted', 'chief.shenyang')),
  story('shenyang', accept, assign, withdrawCaseStep),
  story('heping', accept, ...refused),
  story('shenyang', ...told, reconsider),
  { ...story('tiexi', ...told, reconsider, propose, approve('granted', 'deputy')), people: 2 },
  story('tiexi', ...told, close, answer),
  { ...story('heping', accept, ...granted, typical), campaign: CAMPAIGN, people: 2 },
  story('liaoning', accept, ...granted, correct(18), refuseCorrected, correct(17), confirmCorrected, correct(16)),
  story('shenyang', accept, assign, merge),
];

const payments: readonly Story[] = [
  story('liaoning', accept, ...granted, plan),
  story('tiexi', accept, ...granted, plan, authorise),
  story('heping', accept, ...granted, plan, authorise, submit, appropriate),
  {
    ...story(
      'shenyang',
      accept,
      ...granted,
      plan,
      voidLine(2),
      authorise,
      submit,
      fail(0, 'failed'),
      fail(1, 'unknown'),
    ),
    people: 3,
  },
  { ...story('tiexi', accept, ...granted, planCustody, authorise, settle, confirm('received_with_issues')), people: 2 },
  { ...story('shenyang', accept, ...paid, recover, recovered(0), writeOff(1)), people: 3 },
  { ...story('liaoning', ...granted), kind: 'case' },
  { ...story('heping', ...granted, revoke), kind: 'case' },
];

const first = refer([
  ['civil', null],
  ['education', 'receive'],
  ['medical', 'accept'],
  ['hr', 'start'],
  ['rural', 'hold'],
]);
const second = refer([
  ['wf', null],
  ['youth', 'complete'],
  ['veterans', 'fail'],
  ['disabled', 'complete'],
  ['union', 'reject'],
]);

const relief: readonly Story[] = [
  { ...story('heping', accept, ...paid, first, second, cancelReferred, followUp('civil'), visit), people: 2 },
  story('heping', accept, ...paid, confirmPlan, visitAtRisk, escalate, note('countersign')),
  story('heping', accept, ...paid, missed, planVisit, cancelled, note('object'), note(null), transfer),
  story('tiexi', accept, ...paid, visit, stabilise, closeAs('wf')),
  {
    ...story('tiexi', ...closed, receiveClosed, typical, ended, stabilise, closeAs('wf'), closeAs('handler')),
    people: 2,
  },
  { ...story('shenyang', ...paid, close), kind: 'case', campaign: CAMPAIGN, people: 2 },
];

export const stories: readonly Story[] = [...clues, ...reviews, ...payments, ...relief];
