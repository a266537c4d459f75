// Everything a walk may try: who, what, what must come of it by the model, and how the model goes on once it is done.
import { clueOf } from '../flow.ts';
import {
  AWARD_FEN,
  drawn,
  type Expected,
  hasOpenLines,
  isUndecided,
  LINE_FEN,
  type Line,
  type Model,
  moveFen,
} from './model.ts';
import { lineMoves } from './moves-line.ts';
import { reliefMoves } from './moves-relief.ts';

export type Json = Record<string, unknown>;
/** Ids and versions of what the walk has made. */
export type Real = {
  tag: string;
  walk: number;
  ids: Map<string, string>;
  beneficiary: { id: string; personId: string };
  officerId: string;
  civilAgencyId: string;
  requests: number;
};

export type Move = {
  name: string;
  officer: string;
  /** Of the resource that is decided on, in `Real.ids`; undefined for a creation. */
  target?: string;
  path: (real: Real) => string;
  body: (real: Real) => Json;
  /** Undefined: not now, or the model has no opinion. */
  expect: (model: Model) => Expected | undefined;
  apply: (model: Model) => void;
  /** Under which name the answer's id is kept. */
  makes?: string;
};

export const among = <T>(state: T | undefined, from: readonly T[]): Expected | undefined =>
  state === undefined ? undefined : from.includes(state) ? 'done' : 'illegal';

const onClue = (verb: string, officer: string, body: Json, rest: Pick<Move, 'expect' | 'apply'>): Move => ({
  name: `clue ${verb} by ${officer}`,
  officer,
  target: 'clue',
  path: (real) => `/v1/clues/${real.ids.get('clue')}/${verb}`,
  body: () => body,
  ...rest,
});

const open = (model: Model) => among(model.clue?.state, ['submitted', 'returned']);
const setClue = (state: NonNullable<Model['clue']>['state']) => (model: Model) => {
  if (model.clue) model.clue.state = state;
};
const endClue = (state: NonNullable<Model['clue']>['state']) => (model: Model) => {
  setClue(state)(model);
  if (model.clue) model.clue.endedOn = model.today;
};

/** The clock of the receiver stands while the clue is with its source; what is returned twice stands since the first time. */
function giveBack(model: Model): void {
  setClue('returned')(model);
  if (model.clue) model.clue.returnedOn ||= model.today;
}
function takeAgain(model: Model): void {
  setClue('submitted')(model);
  if (!model.clue?.returnedOn) return;
  model.clue.stood.push({ from: model.clue.returnedOn, until: model.today });
  model.clue.returnedOn = '';
}

const clueMoves: readonly Move[] = [
  {
    name: 'clue submission',
    officer: 'wf.heping',
    path: () => '/v1/clues',
    body: (real) => ({ ...clueOf(real.walk, 'heping', real.tag), foundOn: '2026-01-02' }),
    expect: (model) => (model.clue ? undefined : 'done'),
    apply: (model) => {
      model.clue = { state: 'submitted', submittedOn: model.today, endedOn: '', returnedOn: '', stood: [] };
    },
    makes: 'clue',
  },
  onClue('return', 'intake.heping', { reason: '材料不全', missing: ['收入证明'] }, { expect: open, apply: giveBack }),
  onClue('supplement', 'wf.heping', { hardship: '补充说明' }, { expect: open, apply: takeAgain }),
  onClue('withdrawal', 'wf.heping', { reason: '重复移送' }, { expect: open, apply: endClue('withdrawn') }),
  onClue(
    'rejection',
    'intake.heping',
    { reasonCode: 'other', reason: '不属于司法救助范围' },
    {
      expect: (model) => among(model.clue?.state, ['submitted']),
      apply: endClue('rejected'),
    },
  ),
  onClue(
    'acceptance',
    'head.heping',
    { opinion: '符合受理条件' },
    {
      expect: (model) => among(model.clue?.state, ['submitted']),
      apply: (model) => {
        endClue('accepted')(model);
        const { today } = model;
        model.case = {
          state: 'opened',
          openedOn: today,
          decidedOn: '',
          grantedFen: 0,
          waited: false,
          reconsidered: false,
        };
      },
    },
  ),
  onClue(
    'acceptance',
    'wf.heping',
    {},
    { expect: (model) => (model.clue ? 'forbidden' : undefined), apply: () => undefined },
  ),
  onClue(
    'answer',
    'head.heping',
    { result: '已办结' },
    {
      expect(model) {
        const state = model.clue?.state;
        if (state !== 'accepted') return among(state, ['rejected']);
        return ['refused', 'closed', 'withdrawn'].includes(model.case?.state ?? '') ? 'done' : 'refused';
      },
      apply: setClue('answered'),
    },
  ),
];

const onCase = (
  verb: string,
  officer: string,
  body: (real: Real) => Json,
  rest: Pick<Move, 'expect' | 'apply'>,
): Move => ({
  name: `case ${verb} by ${officer}`,
  officer,
  target: 'case',
  path: (real) => `/v1/assistance-cases/${real.ids.get('case')}/${verb}`,
  body,
  ...rest,
});
const setCase = (state: NonNullable<Model['case']>['state']) => (model: Model) => {
  if (model.case) model.case.state = state;
};
const decideCase = (state: 'granted' | 'refused') => (model: Model) => {
  if (!model.case) return;
  Object.assign(model.case, { state, decidedOn: model.today });
  if (state === 'refused') return;
  model.case.grantedFen = AWARD_FEN;
  moveFen(model, 'available', 'reserved', AWARD_FEN);
};
const pending = (model: Model) => among(model.case?.state, ['pending_approval']);
const ITEMS = ['户口簿'];
const yuan = (fen: number): Json => ({ amount: (fen / 100).toFixed(2), currency: 'CNY' });

const caseMoves: readonly Move[] = [
  onCase('assignment', 'head.heping', (real) => ({ handlerOfficerId: real.officerId }), {
    expect: (model) => among(model.case?.state, ['opened', 'under_review', 'awaiting_documents']),
    apply: (model) => {
      if (model.case?.state === 'opened') model.case.state = 'under_review';
    },
  }),
  onCase('document-request', 'head.heping', () => ({ items: ITEMS, reason: '核实家庭收入' }), {
    expect: (model) => among(model.case?.state, ['under_review']),
    apply: (model) => {
      setCase('awaiting_documents')(model);
      if (model.case) model.case.waited = true;
    },
  }),
  onCase('document-receipt', 'head.heping', () => ({ items: ITEMS, note: '已核对' }), {
    expect: (model) =>
      model.case?.state === 'under_review' ? undefined : among(model.case?.state, ['awaiting_documents']),
    apply: setCase('under_review'),
  }),
  onCase(
    'proposal',
    'head.heping',
    (real) => ({
      eligibilityCode: 'E1',
      exclusions: [{ code: 'X1', applies: false, note: '无过错' }],
      awards: [{ beneficiaryId: real.beneficiary.id, amount: yuan(AWARD_FEN) }],
      opinion: '建议予以救助',
    }),
    { expect: (model) => among(model.case?.state, ['under_review']), apply: setCase('pending_approval') },
  ),
  onCase('approval', 'chief.heping', () => ({ outcome: 'granted', opinion: '同意救助' }), {
    expect: pending,
    apply: decideCase('granted'),
  }),
  onCase('approval', 'deputy.heping', () => ({ outcome: 'refused', opinion: '与案件无关', exclusionCode: 'X5' }), {
    expect: (model) => (model.case?.reconsidered && pending(model) === 'done' ? 'forbidden' : pending(model)),
    apply: decideCase('refused'),
  }),
  onCase('reconsideration', 'handler.heping', () => ({ newFacts: '赔偿款未实际到位。' }), {
    expect(model) {
      // What an answered clue becomes is told by its own tests.
      if (model.clue?.state === 'answered') return undefined;
      return model.case?.reconsidered ? 'illegal' : among(model.case?.state, ['refused']);
    },
    apply: (model) => {
      if (model.case)
        Object.assign(model.case, { state: 'under_review', reconsidered: true, waited: true, decidedOn: '' });
    },
  }),
  onCase('approval', 'chief.heping', () => ({ outcome: 'returned', opinion: '补充材料' }), {
    expect: pending,
    apply: setCase('under_review'),
  }),
  onCase('approval', 'handler.heping', () => ({ outcome: 'granted', opinion: '同意' }), {
    expect: (model) => (model.case ? 'forbidden' : undefined),
    apply: () => undefined,
  }),
  onCase('withdrawal', 'head.heping', () => ({ reason: '本人撤回申请' }), {
    expect: (model) => (model.case ? (isUndecided(model.case.state) ? 'done' : 'illegal') : undefined),
    apply: setCase('withdrawn'),
  }),
  onCase('closure', 'head.heping', () => ({ summary: '救助完毕' }), {
    expect(model) {
      const legal = among(model.case?.state, ['granted', 'refused', 'disbursing']);
      if (legal !== 'done') return legal;
      // What becomes of a failed line of a closed case is a matter of the ledger's own tests.
      if (model.lines.some(({ state }) => state === 'failed')) return undefined;
      return hasOpenLines(model) ? 'refused' : 'done';
    },
    apply(model) {
      setCase('closed')(model);
      moveFen(model, 'reserved', 'available', (model.case?.grantedFen ?? 0) - drawn(model));
    },
  }),
];

export const payee = { type: 'self', name: '李秀兰', bankName: '样例银行', accountNumber: '6222020012345678901' };

/** A second line of half the award leaves nothing; a third is refused. */
const planning = (officer: string): Move => ({
  name: `line planned by ${officer}`,
  officer,
  path: (real) => `/v1/assistance-cases/${real.ids.get('case')}/disbursements`,
  body: (real) => ({
    ...{ beneficiaryId: real.beneficiary.id, amount: yuan(LINE_FEN), kind: 'lump', payee },
    requestNumber: `${real.tag}-${real.walk}-${++real.requests}`,
  }),
  expect(model) {
    if (!model.case || model.lines.length >= 4) return undefined;
    if (!['granted', 'disbursing'].includes(model.case.state)) return 'refused';
    return drawn(model) + LINE_FEN <= model.case.grantedFen ? 'done' : 'refused';
  },
  apply(model) {
    setCase('disbursing')(model);
    const line: Line = { state: 'reserved', fen: LINE_FEN, plannedBy: officer, authorisedBy: '' };
    model.lines.push(line);
  },
  makes: 'line',
});

export const MOVES: readonly Move[] = [
  ...clueMoves,
  ...caseMoves,
  planning('handler.heping'),
  planning('head.heping'),
  ...lineMoves,
  ...reliefMoves,
];
