// What higher features know of the outcome of a case: each registers its loader, as for the view; cases never knows them.
import type { Tx } from '../platform/db/tx.ts';

export type CaseOutcome = {
  /** What was paid to each beneficiary and did not come back, in fen. */
  payments: { beneficiaryId: string; paidFen: bigint }[];
  /** Measures that departments were asked for, for whom, and how far they have come. */
  measures: { personIds: readonly string[]; measures: readonly string[]; agencyId: string; state: string }[];
};
type PartName = keyof CaseOutcome;
type Loaders = { [N in PartName]: (tx: Tx, caseId: string) => Promise<CaseOutcome[N]> };

const loaders: Partial<Loaders> = {};

/** Declares who knows a part of the outcome; called once per part, when the feature's module is imported. */
export function onCaseOutcome<N extends PartName>(part: { name: N; load: Loaders[N] }): void {
  if (loaders[part.name]) throw new Error(`the part ${part.name} of a case's outcome is declared twice`);
  loaders[part.name] = part.load;
}

async function loadPart<N extends PartName>(tx: Tx, caseId: string, name: N): Promise<CaseOutcome[N]> {
  const load: Loaders[N] | undefined = loaders[name];
  if (!load) throw new Error(`nobody knows the part ${name} of a case's outcome`);
  return load(tx, caseId);
}

/** What the caller's scope sees of it; a fact handler sees all. */
export async function loadOutcome(tx: Tx, caseId: string): Promise<CaseOutcome> {
  const [payments, measures] = await Promise.all([loadPart(tx, caseId, 'payments'), loadPart(tx, caseId, 'measures')]);
  return { payments, measures };
}
