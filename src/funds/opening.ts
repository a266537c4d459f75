// Opening funds: empty, seen by their procuratorate and its superiors; money comes by an allocation of the treasury.
import { findSuperiors } from '../agencies/service.ts';
import type { AccessGrant } from '../kernel/fact.ts';
import type { Tx } from '../platform/db/tx.ts';
import { postingsOf } from './domain.ts';
import { postJournals } from './ledger-repository.ts';
import { insertFunds, type NewFund, procuratoratesWithoutFund } from './repository.ts';

export const DEFAULT_FUND = { code: 'judicial-aid', name: '司法救助专项资金' } as const;

export type Opening = NewFund & { superiors: readonly string[]; amountFen: bigint };

/** With their first allocation, in fen, where there is one. */
export async function openFunds(tx: Tx, openings: readonly Opening[]): Promise<void> {
  if (openings.length === 0) return;
  await insertFunds(
    tx,
    openings.map(({ id, agencyId, code, name, isDefault }) => ({ id, agencyId, code, name, isDefault })),
  );
  // First who sees the fund: only there money moves.
  for (const { id, agencyId, superiors, amountFen } of openings) {
    const oversight: AccessGrant[] = superiors.map((superior) => ({ agencyId: superior, relation: 'oversight' }));
    const access: AccessGrant[] = [...oversight, { agencyId, relation: 'owner' }];
    tx.record({ type: 'fund.opened', kind: 'fund', id, data: { agencyId, amountFen: Number(amountFen) }, access });
  }
  const endowed = openings.filter((opening) => opening.amountFen > 0n);
  await postJournals(
    tx,
    endowed.map(({ id: fundId, amountFen }) => {
      return { id: tx.newId(), fundId, kind: 'allocation' as const, postings: postingsOf('allocation', amountFen) };
    }),
  );
}

type Owner = { agencyId: string; superiors: readonly string[] };

const defaultOf = (tx: Tx, owner: Owner, amountFen: bigint): Opening => ({
  ...{ id: tx.newId(), ...owner, ...DEFAULT_FUND, isDefault: true, amountFen },
});

/** Opens the default fund of one procuratorate with its first allocation, in fen. */
export async function openDefaultFund(tx: Tx, agency: { id: string }, amountFen: bigint): Promise<void> {
  const owner = { agencyId: agency.id, superiors: await findSuperiors(tx, agency.id) };
  await openFunds(tx, [defaultOf(tx, owner, amountFen)]);
}

/** One default fund for every procuratorate that has none; answers how many were opened. */
export async function openDefaultFunds(tx: Tx, amountFen: bigint): Promise<number> {
  const owners = await procuratoratesWithoutFund(tx);
  await openFunds(
    tx,
    owners.map((owner) => defaultOf(tx, owner, amountFen)),
  );
  return owners.length;
}
