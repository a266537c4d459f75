// A stored reply shows what was made then: it is repeated to those alone who see it now (S-14, ADR 0022).
import type { ResourceKind } from '../../kernel/fact.ts';
import { relationTo } from '../db/access.ts';
import type { StoredReply } from '../db/idempotency.ts';
import type { Tx } from '../db/tx.ts';

/** What is made without naming the resource that it belongs to; where one is named, it has been looked for before. */
const MADE: Readonly<Record<string, ResourceKind>> = {
  clues: 'clue',
  'assistance-cases': 'case',
  disbursements: 'disbursement',
  referrals: 'referral',
  visits: 'visit',
  documents: 'document',
};

export async function stillSeen(tx: Tx, { headers }: StoredReply): Promise<boolean> {
  const [, plural = '', id = ''] = /\/v1\/([a-z-]+)\/([0-9a-f-]{36})$/.exec(headers.location ?? '') ?? [];
  const kind = MADE[plural];
  return kind === undefined || (await relationTo(tx, kind, id)) !== undefined;
}
