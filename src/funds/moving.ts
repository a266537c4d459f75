// Moving money between the accounts of a fund; what no other fact tells of is a fact of the fund, so that the log alone gives every balance (M-05).
import type { Tx } from '../platform/db/tx.ts';
import { type FundMovement, postMovement } from './ledger-repository.ts';

const OWN_FACTS = { reservation: 'fund.reserved', release: 'fund.released' } as const;
const isOwn = (kind: string): kind is keyof typeof OWN_FACTS => Object.hasOwn(OWN_FACTS, kind);

/** Moves money between two accounts of a fund (`MOVEMENTS`); call it last, funds in id order. */
export async function moveFunds(tx: Tx, fundId: string, movement: FundMovement): Promise<void> {
  const { kind, amountFen, caseId, disbursementId } = movement;
  const entryId = await postMovement(tx, fundId, movement);
  if (!isOwn(kind)) return;
  const data = { entryId, amountFen: Number(amountFen), assistanceCaseId: caseId, disbursementId };
  tx.record({ type: OWN_FACTS[kind], kind: 'fund', id: fundId, changed: ['available', 'reserved'], data });
}
