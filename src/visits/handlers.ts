// The first visit of a case arises by itself: at the first settled payment or the first accepted referral (rule D-VISIT).
import { requireAgencyMap } from '../agencies/service.ts';
import { findCase } from '../cases/service.ts';
import { dueByRules } from '../deadlines/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { caseHasVisit } from './repository.ts';
import { aidedPersons, findVisitPartner, planVisit } from './service.ts';

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** By D-VISIT as it stands where the case is handled; by the seeded rule where none is in force. */
async function dueAt(tx: Tx, agencyId: string): Promise<string> {
  const { regionCode } = (await requireAgencyMap(tx, [agencyId]))(agencyId);
  return (await dueByRules(tx, regionCode))('D-VISIT', tx.ctx.today);
}

/** A referral of a clue without a case is the account's matter: its handler plans. */
async function planFirstVisit(tx: Tx, fact: Fact): Promise<void> {
  const caseId = textOf(fact.data?.assistanceCaseId);
  if (!caseId || (await caseHasVisit(tx, caseId))) return;
  const found = await findCase(tx, caseId);
  if (!found) return;
  const partner = await findVisitPartner(tx, found.handlingAgencyId);
  await planVisit(tx, {
    assistanceCaseId: caseId,
    monitoringAccountId: null,
    handlingAgencyId: found.handlingAgencyId,
    personIds: [...aidedPersons(found.beneficiaries), ...listOf(fact.data?.personIds)],
    plannedOn: await dueAt(tx, found.handlingAgencyId),
    mode: 'home',
    jointAgencyIds: partner ? [partner] : [],
    first: true,
  });
}

export const visitHandlers: readonly FactHandler[] = [
  { on: ['disbursement.settled', 'referral.accepted'], handle: planFirstVisit },
];
