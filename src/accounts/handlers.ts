// Upward reactions: an account opens at the first grant or referral, and follows every referral, visit and payment.
import { findCase } from '../cases/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findReferral, type Referral } from '../referrals/service.ts';
import { firstVisitDue } from '../visits/domain.ts';
import { findVisit, findVisitsOfPerson, planVisit } from '../visits/service.ts';
import { projectOn, projectOnPerson } from './projection.ts';
import {
  accountForPayment,
  accountsOf,
  addPayment,
  addTimeline,
  linkCase,
  setReferral,
  setVisit,
  takeBack,
} from './projection-repository.ts';
import { type Account, deleteConsents } from './repository.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const fenOf = (value: unknown): bigint => (typeof value === 'number' ? BigInt(value) : 0n);

/** Links the case; visits that were planned before the account existed come with it. */
async function linkWithVisits(tx: Tx, account: Account, caseId: string, grantedFen?: bigint): Promise<void> {
  await linkCase(tx, account.id, caseId, grantedFen);
  if (account.cases.some((c) => c.caseId === caseId)) return;
  for (const visit of await findVisitsOfPerson(tx, account.personId, caseId)) await setVisit(tx, account.id, visit);
}

/** Every beneficiary with a grant is monitored; consents to closing do not outlive new aid. People in id order, as locks go. */
async function onGranted(tx: Tx, fact: Fact): Promise<void> {
  const found = await findCase(tx, fact.id);
  const granted = (found?.beneficiaries ?? []).filter((b) => b.grantedFen !== null && b.grantedFen > 0n);
  for (const { personId, grantedFen } of granted.sort((a, b) => (a.personId < b.personId ? -1 : 1))) {
    await projectOnPerson(tx, personId, found?.handlingAgencyId ?? '', {
      fact,
      part: 'cases',
      write: async (account) => {
        await linkWithVisits(tx, account, fact.id, grantedFen ?? 0n);
        if (account.consents.length > 0) await deleteConsents(tx, account.id);
      },
    });
  }
}

async function onCaseEnded(tx: Tx, fact: Fact): Promise<void> {
  for (const accountId of await accountsOf(tx, 'case', fact.id, [])) {
    const write = async () => {
      if (fact.type === 'case.revoked') await linkCase(tx, accountId, fact.id, 0n);
    };
    await projectOn(tx, accountId, { fact, part: 'cases', write });
  }
}

const personsOf = (referral: Referral) => referral.persons.map((p) => p.personId).sort();

async function onReferralRequested(tx: Tx, fact: Fact): Promise<void> {
  const referral = await findReferral(tx, fact.id);
  for (const personId of referral ? personsOf(referral) : []) {
    await projectOnPerson(tx, personId, referral?.senderAgencyId ?? '', {
      fact,
      part: 'referrals',
      write: async (account) => {
        if (!referral) return;
        if (referral.assistanceCaseId) await linkWithVisits(tx, account, referral.assistanceCaseId);
        await setReferral(tx, account.id, referral);
      },
    });
  }
}

/** Without a case the first visit is the account's: planned with the Federation at home, once. */
async function planFirstVisit(tx: Tx, account: Account): Promise<void> {
  if (account.state === 'closed' || account.visits.length > 0) return;
  await planVisit(tx, {
    assistanceCaseId: null,
    monitoringAccountId: account.id,
    handlingAgencyId: account.procuratorateId,
    personIds: [account.personId],
    plannedOn: firstVisitDue(tx.ctx.today),
    mode: 'home',
    jointAgencyIds: account.federationId ? [account.federationId] : [],
    first: true,
  });
}

async function onReferral(tx: Tx, fact: Fact): Promise<void> {
  const referral = await findReferral(tx, fact.id);
  if (!referral) return;
  for (const accountId of await accountsOf(tx, 'referral', fact.id, personsOf(referral))) {
    const write = (account: Account) => setReferral(tx, account.id, referral);
    const account = await projectOn(tx, accountId, { fact, part: 'referrals', write });
    if (account && fact.type === 'referral.accepted' && !referral.assistanceCaseId) await planFirstVisit(tx, account);
  }
}

async function onVisit(tx: Tx, fact: Fact): Promise<void> {
  const visit = await findVisit(tx, fact.id);
  for (const accountId of visit ? await accountsOf(tx, 'visit', fact.id, visit.personIds) : []) {
    const write = async (account: Account) => {
      if (visit) await setVisit(tx, account.id, visit);
    };
    await projectOn(tx, accountId, { fact, part: 'visits', write });
  }
}

/** A line is counted when it is settled, once; what comes back of it is taken off. */
async function onPayment(tx: Tx, fact: Fact): Promise<void> {
  const { assistanceCaseId, personId, amountFen, recoveredFen } = fact.data ?? {};
  const payment = { disbursementId: fact.id, caseId: textOf(assistanceCaseId), personId: textOf(personId) };
  const accountId = await accountForPayment(tx, payment);
  if (!accountId) return;
  const write = () =>
    fact.type === 'disbursement.settled'
      ? addPayment(tx, accountId, fact.id, fenOf(amountFen))
      : takeBack(tx, accountId, fact.id, fenOf(recoveredFen));
  await projectOn(tx, accountId, { fact, part: 'payments', write });
}

const referralFacts = [
  'received',
  'accepted',
  'rejected',
  'started',
  'held',
  'resumed',
  'output_recorded',
  'completed',
  'failed',
  'cancelled',
  'reminded',
  'forwarded',
].map((verb) => `referral.${verb}`);
const visitFacts = ['planned', 'done', 'missed', 'cancelled', 'rescheduled'].map((verb) => `visit.${verb}`);
const ownFacts = [
  'opened',
  'escalated',
  'de_escalated',
  'stabilised',
  'closure_consented',
  'closed',
  'reopened',
  'entry_added',
].map((verb) => `account.${verb}`);

export const accountHandlers: readonly FactHandler[] = [
  { on: ['case.granted'], handle: onGranted },
  { on: ['case.closed', 'case.revoked'], handle: onCaseEnded },
  { on: ['settled', 'part_recovered', 'recovered'].map((verb) => `disbursement.${verb}`), handle: onPayment },
  { on: ['referral.requested'], handle: onReferralRequested },
  { on: referralFacts, handle: onReferral },
  { on: visitFacts, handle: onVisit },
  { on: ownFacts, handle: (tx, fact) => addTimeline(tx, fact.id, fact) },
];
