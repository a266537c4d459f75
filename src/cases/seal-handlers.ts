// Keeps sealed cases whole: whatever a write has made or changed follows the seal of its case, in the same transaction (ADR 0022).
import type { Fact, ResourceKind } from '../kernel/fact.ts';
import type { FactsHandler } from '../platform/db/tx.ts';
import { followSeals } from './seal-repository.ts';

const HANGING: readonly ResourceKind[] = [
  'case',
  'clue',
  'disbursement',
  'referral',
  'visit',
  'account',
  'notice',
  'document',
  'deadline',
  'work_item',
  'duplicate_verdict',
  'break_glass_grant',
  'legal_hold',
];

/** A submission hangs on nothing yet; of a person only that somebody comes to know of it changes who sees what. */
const follows = ({ kind, type }: Fact) =>
  kind === 'person' ? /linked|merge/.test(type) : HANGING.includes(kind) && type !== 'clue.submitted';

export const sealHandler: FactsHandler = {
  async onAll(tx, facts) {
    const ids = new Set(facts.filter(follows).map(({ id }) => id));
    if (ids.size > 0) followSeals(tx, [...ids]);
  },
};
