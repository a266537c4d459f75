// The view of an account with the person and the agencies that stand in it, in one look each.
import { requireAgencyMap } from '../agencies/service.ts';
import { safeContactOf } from '../persons/safe-contact.ts';
import { findMaskedPerson } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { Account } from './repository.ts';
import { toAccountView } from './schema.ts';

export async function viewAccount(tx: Tx, account: Account) {
  const { procuratorateId, federationId, transfer, referrals, consents } = account;
  const named = [procuratorateId, federationId, transfer?.toAgencyId].flatMap((id) => id ?? []);
  const ids = [...referrals.map((r) => r.agencyId), ...consents.map((c) => c.agencyId)];
  const [agencyOf, safeContact] = await Promise.all([
    requireAgencyMap(tx, [...named, ...ids]),
    safeContactOf(tx, 'account', account.id),
  ]);
  const person = await findMaskedPerson(tx, account.personId);
  return { safeContact, ...toAccountView(tx, account, person, agencyOf) };
}
