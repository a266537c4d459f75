// What the business is by contract.md (lifecycles) and domain.md §7, in memory and without a line of src/: one clue, its case, money and clocks.

export type ClueState = 'submitted' | 'returned' | 'withdrawn' | 'accepted' | 'rejected' | 'answered';
export type CaseState =
  | 'opened'
  | 'under_review'
  | 'awaiting_documents'
  | 'pending_approval'
  | 'granted'
  | 'refused'
  | 'disbursing'
  | 'closed'
  | 'withdrawn';
export type LineState = 'reserved' | 'authorised' | 'submitted' | 'settled' | 'failed' | 'voided' | 'receipt_confirmed';
export type ReferralState =
  | 'requested'
  | 'received'
  | 'accepted'
  | 'rejected'
  | 'in_progress'
  | 'on_hold'
  | 'completed'
  | 'failed'
  | 'cancelled';
export type VisitState = 'planned' | 'missed' | 'cancelled';

export type Line = { state: LineState; fen: number; plannedBy: string; authorisedBy: string };

export type Model = {
  /** Civil date of business time. */
  today: string;
  /** `returnedOn` while it is with its source; `stood` are the times before in which it was. */
  clue:
    | {
        state: ClueState;
        submittedOn: string;
        endedOn: string;
        returnedOn: string;
        stood: { from: string; until: string }[];
      }
    | undefined;
  case:
    | {
        state: CaseState;
        openedOn: string;
        decidedOn: string;
        grantedFen: number;
        waited: boolean;
        /** Once after a refusal; whoever refused decides no more. */
        reconsidered: boolean;
      }
    | undefined;
  lines: Line[];
  referral: ReferralState | undefined;
  visit: VisitState | undefined;
  /** What this walk has moved on the fund. */
  fund: { available: number; reserved: number; inTransit: number; paid: number };
};

export const AWARD_FEN = 2_000_000;
export const LINE_FEN = 1_000_000;

export const newModel = (today: string): Model => ({
  today,
  clue: undefined,
  case: undefined,
  lines: [],
  referral: undefined,
  visit: undefined,
  fund: { available: 0, reserved: 0, inTransit: 0, paid: 0 },
});

/** Done; refused because of the state; refused because of who asks; refused by a rule that looks beyond the state. */
export type Expected = 'done' | 'illegal' | 'forbidden' | 'refused';

/** Drawn from the award: everything but what was voided. */
export const drawn = (model: Model): number =>
  model.lines.filter(({ state }) => state !== 'voided').reduce((sum, { fen }) => sum + fen, 0);

const OPEN: readonly LineState[] = ['reserved', 'authorised', 'submitted'];
export const hasOpenLines = (model: Model): boolean => model.lines.some(({ state }) => OPEN.includes(state));
export const isUndecided = (state: CaseState): boolean =>
  ['opened', 'under_review', 'awaiting_documents', 'pending_approval'].includes(state);

type Account = keyof Model['fund'];
export function moveFen(model: Model, from: Account, to: Account, fen: number): void {
  model.fund[from] -= fen;
  model.fund[to] += fen;
}
