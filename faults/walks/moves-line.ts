// A payment line: four hands, of which no two that exclude each other are one person's (contract.md, who does what).
import { type Line, type LineState, type Model, moveFen } from './model.ts';
import type { Json, Move } from './moves.ts';

/** The line made last; what stands before it is looked at when the walk ends. */
const last = (model: Model): Line | undefined => model.lines.at(-1);

type Rule = { from: readonly LineState[]; to: LineState; money?: (model: Model, fen: number) => void };

function onLine(verb: string, officer: string, body: Json, { from, to, money }: Rule): Move {
  return {
    name: `line ${verb} by ${officer}`,
    officer,
    target: 'line',
    path: (real) => `/v1/disbursements/${real.ids.get('line')}/${verb}`,
    body: () => body,
    expect(model) {
      const line = last(model);
      if (!line || model.case?.state === 'closed') return undefined;
      if (!from.includes(line.state)) return 'illegal';
      if (verb === 'authorisation' && line.plannedBy === officer) return 'forbidden';
      return 'done';
    },
    apply(model) {
      const line = last(model);
      if (!line) return;
      line.state = to;
      if (verb === 'authorisation') line.authorisedBy = officer;
      money?.(model, line.fen);
    },
  };
}

const settled = { paidOn: '2026-01-05', bankReference: 'WALK' };

export const lineMoves: readonly Move[] = [
  onLine('authorisation', 'head.heping', {}, { from: ['reserved'], to: 'authorised' }),
  onLine('authorisation', 'chief.heping', {}, { from: ['reserved'], to: 'authorised' }),
  onLine(
    'submission',
    'finance.heping',
    {},
    {
      from: ['authorised', 'failed'],
      to: 'submitted',
      money: (model, fen) => moveFen(model, 'reserved', 'inTransit', fen),
    },
  ),
  onLine('settlement', 'finance.heping', settled, {
    from: ['submitted'],
    to: 'settled',
    money: (model, fen) => moveFen(model, 'inTransit', 'paid', fen),
  }),
  onLine(
    'failure',
    'finance.heping',
    { reason: '账号有误' },
    {
      from: ['submitted'],
      to: 'failed',
      money: (model, fen) => moveFen(model, 'inTransit', 'reserved', fen),
    },
  ),
  onLine('void', 'head.heping', { reason: '重新登记' }, { from: ['reserved', 'authorised', 'failed'], to: 'voided' }),
  onLine(
    'receipt-confirmation',
    'handler.heping',
    { outcome: 'received', note: '本人确认' },
    { from: ['settled'], to: 'receipt_confirmed' },
  ),
  {
    ...onLine('settlement', 'handler.heping', settled, { from: [], to: 'settled' }),
    expect: (model) => (last(model) ? 'forbidden' : undefined),
  },
];
