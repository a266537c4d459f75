// A client of the Women's Federation of Heping: a system that speaks without an officer.
import { createClient, type NewClient } from '../../src/agencies/clients.ts';
import { findAgencyFor, serviceActor } from '../../src/agencies/service.ts';
import { type Tx, writeTx } from '../../src/platform/db/tx.ts';
import type { Service } from './start.ts';

export function addClient(service: Service): Promise<NewClient> {
  const request = {
    actor: serviceActor(),
    requestId: 'test',
    language: 'zh',
    dryRun: false,
    oversight: false,
  } as const;
  const verb = async (tx: Tx) => {
    const agency = await findAgencyFor(tx, 'womens_federation', '210102', 'county');
    const input = { agencyId: agency?.id ?? '', name: 'Federation system', roles: ['wf_officer'] } as const;
    return createClient(tx, service.tx.keyring, input);
  };
  return writeTx<NewClient>(service.tx, request, { verb, finish: async (_tx, value) => value as NewClient });
}
