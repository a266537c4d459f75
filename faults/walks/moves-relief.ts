// Referral and visit of a granted case, by the words of contract.md.
import type { Model, ReferralState, VisitState } from './model.ts';
import type { Json, Move } from './moves.ts';

const aided = (model: Model) => model.case?.state === 'granted' || model.case?.state === 'disbursing';

const onReferral = (
  verb: string,
  officer: string,
  body: Json,
  from: readonly ReferralState[],
  to: ReferralState,
): Move => ({
  name: `referral ${verb} by ${officer}`,
  officer,
  target: 'referral',
  path: (real) => `/v1/referrals/${real.ids.get('referral')}/${verb}`,
  body: () => body,
  expect: (model) => (model.referral ? (from.includes(model.referral) ? 'done' : 'illegal') : undefined),
  apply: (model) => {
    model.referral = to;
  },
});

const onVisit = (verb: string, body: Json, from: readonly VisitState[], to: VisitState): Move => ({
  name: `visit ${verb}`,
  officer: 'handler.heping',
  target: 'visit',
  path: (real) => `/v1/visits/${real.ids.get('visit')}/${verb}`,
  body: () => body,
  expect: (model) => (model.visit ? (from.includes(model.visit) ? 'done' : 'illegal') : undefined),
  apply: (model) => {
    model.visit = to;
  },
});

const civil = 'civil.heping';

export const reliefMoves: readonly Move[] = [
  {
    name: 'referral requested',
    officer: 'handler.heping',
    path: (real) => `/v1/assistance-cases/${real.ids.get('case')}/referrals`,
    body: (real) => ({
      agencyId: real.civilAgencyId,
      personIds: [real.beneficiary.personId],
      measures: ['MCA3'],
      proposal: '家庭生活困难，建议给予救助',
      legalBasis: 'statutory_duty',
    }),
    expect: (model) => (aided(model) && !model.referral ? 'done' : undefined),
    apply: (model) => {
      model.referral = 'requested';
    },
    makes: 'referral',
  },
  onReferral('receipt', civil, {}, ['requested'], 'received'),
  onReferral('acceptance', civil, {}, ['requested', 'received'], 'accepted'),
  onReferral(
    'rejection',
    civil,
    { reasonCode: 'other', reason: '户籍不在本区' },
    ['requested', 'received'],
    'rejected',
  ),
  onReferral('start', civil, {}, ['accepted'], 'in_progress'),
  onReferral('hold', civil, { reason: '等待户籍证明' }, ['in_progress'], 'on_hold'),
  onReferral('resumption', civil, {}, ['on_hold'], 'in_progress'),
  onReferral('failure', civil, { reason: '当事人迁出' }, ['in_progress'], 'failed'),
  onReferral('completion', civil, { outcome: 'not_delivered', note: '未能落实' }, ['in_progress'], 'completed'),
  onReferral(
    'cancellation',
    'handler.heping',
    { reason: '已通过其他途径' },
    ['requested', 'received', 'accepted', 'in_progress', 'on_hold'],
    'cancelled',
  ),
  {
    name: 'visit planned',
    officer: 'handler.heping',
    path: (real) => `/v1/assistance-cases/${real.ids.get('case')}/visits`,
    body: () => ({ plannedOn: '2027-06-12', mode: 'home' }),
    expect: (model) => (aided(model) && !model.visit ? 'done' : undefined),
    apply: (model) => {
      model.visit = 'planned';
    },
    makes: 'visit',
  },
  onVisit('missed', { reasonCode: 'other', note: '家中无人' }, ['planned'], 'missed'),
  onVisit('rescheduling', { plannedOn: '2027-07-12', reason: '当事人住院' }, ['planned', 'missed'], 'planned'),
  onVisit('cancellation', { reason: '合并进行' }, ['planned'], 'cancelled'),
];
