// The sandbox's people: the agency tree and its officers, then the sample province through the ordinary verbs.
import { loadAgencies, loadOfficers } from '../agencies/bootstrap-repository.ts';
import { serviceActor } from '../agencies/service.ts';
import { seedStandards } from '../cases/rules.ts';
import { openDefaultFunds } from '../funds/service.ts';
import { type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import { DECISION_NUMBER_TEMPLATE, liaoningAgencies } from '../reference/agencies.ts';
import { sandboxOfficers } from './officers.ts';

const asService = { actor: serviceActor(), requestId: 'seed', language: 'zh', dryRun: false, oversight: true } as const;

/** 10,000,000.00 yuan: at least five million stay available in every procuratorate beside the samples (contract §2). */
const DEFAULT_FUND_FEN = 1_000_000_000n;

async function loadReference(tx: Tx): Promise<void> {
  const added =
    (await loadAgencies(tx, liaoningAgencies(), DECISION_NUMBER_TEMPLATE)) +
    (await loadOfficers(tx, sandboxOfficers)) +
    (await openDefaultFunds(tx, DEFAULT_FUND_FEN)) +
    (await seedStandards(tx));
  if (added === 0) tx.unchanged();
}

/** Agencies, officers and default funds only. Idempotent: a seeded sandbox is left as it is. */
export async function seedReference(deps: TxDeps): Promise<void> {
  await writeTx(deps, asService, { verb: loadReference, finish: async () => undefined });
}
