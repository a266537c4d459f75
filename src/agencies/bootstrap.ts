// The beginning of a live database: its agency tree and the first administrator client, each added once and audited.
import { type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import type { AgencyRow } from '../reference/agencies.ts';
import { loadAgencies } from './bootstrap-repository.ts';
import { findAgencyByCode, findClientWithRole } from './client-repository.ts';
import { createClient, type NewClient } from './clients.ts';
import { serviceActor } from './service.ts';

export type Bootstrap = { tree: readonly AgencyRow[]; decisionNumberTemplate: string; rootCode: string };
export type Bootstrapped = { agencies: number; client: NewClient | undefined };

const asOperator = {
  actor: serviceActor(),
  requestId: 'bootstrap',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;

/** `client` is undefined when an administrator client exists already: its secret is never shown again. */
export function bootstrapAdministrator(deps: TxDeps, input: Bootstrap): Promise<Bootstrapped> {
  const verb = async (tx: Tx): Promise<Bootstrapped> => {
    const agencies = await loadAgencies(tx, input.tree, input.decisionNumberTemplate);
    const root = await findAgencyByCode(tx, input.rootCode);
    if (!root) throw new Error(`no agency ${input.rootCode}`);
    const known = await findClientWithRole(tx, 'admin');
    const wanted = { agencyId: root.id, name: 'Administrator', roles: ['admin'] } as const;
    const client = known ? undefined : await createClient(tx, deps.keyring, wanted);
    if (agencies === 0 && !client) tx.unchanged();
    return { agencies, client };
  };
  return writeTx<Bootstrapped>(deps, asOperator, { verb, finish: async (_tx, value) => value as Bootstrapped });
}
