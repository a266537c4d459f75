// What higher features contribute to the view of a case: each registers the loader of its short list, cases never knows them.
import type { Static } from 'typebox';
import { deadlinesOfCase } from '../deadlines/service.ts';
import { may } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { CASE_PART_LIMIT, type CaseDisbursement, type CaseReferral, type CaseVisit } from './schema.ts';

export type CaseParts = {
  disbursements: Static<typeof CaseDisbursement>[];
  referrals: Static<typeof CaseReferral>[];
  visits: Static<typeof CaseVisit>[];
};
type PartName = keyof CaseParts;

/** Rows of the case that the caller sees, newest first, at most `limit`, in one query. */
type Loaders = { [N in PartName]: (tx: Tx, caseId: string, limit: number) => Promise<CaseParts[N]> };

const READ = {
  disbursements: 'disbursement:read',
  referrals: 'referral:read',
  visits: 'visit:read',
} as const satisfies Record<PartName, string>;

const loaders: Partial<Loaders> = {};

/** Declares who loads a list of the case view; called once per list, when the feature's module is imported. */
export function onCaseView<N extends PartName>(part: { name: N; load: Loaders[N] }): void {
  if (loaders[part.name]) throw new Error(`the list ${part.name} of the case view is declared twice`);
  loaders[part.name] = part.load;
}

/** Empty for a caller who may not read that kind; a list nobody has declared is a fault, not an empty list. */
async function loadPart<N extends PartName>(tx: Tx, caseId: string, name: N): Promise<CaseParts[N] | []> {
  const load: Loaders[N] | undefined = loaders[name];
  if (!load) throw new Error(`nobody loads the list ${name} of the case view`);
  return may(tx.ctx.actor, READ[name]) ? load(tx, caseId, CASE_PART_LIMIT) : [];
}

/** The short lists of one case, asked for together; its clocks belong to a lower feature and need no loader. */
export async function loadParts(tx: Tx, caseId: string) {
  const [disbursements, referrals, visits, deadlines] = await Promise.all([
    loadPart(tx, caseId, 'disbursements'),
    loadPart(tx, caseId, 'referrals'),
    loadPart(tx, caseId, 'visits'),
    deadlinesOfCase(tx, caseId),
  ]);
  return { disbursements, referrals, visits, deadlines };
}
