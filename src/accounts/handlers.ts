// Upward reactions: an account opens when aid is considered, given or asked for, and follows every case, referral, visit and payment.
import { type AssistanceCase, findCase } from '../cases/service.ts';
import { findClue } from '../clues/service.ts';
import { dueByRules } from '../deadlines/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findReferral, type Referral } from '../referrals/service.ts';
import { findVisit, findVisitsOfPerson, planVisit } from '../visits/service.ts';
import { mergeHandlers } from './merging.ts';
import type { CasePhase } from './next-action.ts';
import { homesOf, projectOn, projectOnPerson } from './projection.ts';
import {
  accountsOf,
  addPayment,
  addTimeline,
  placeOfPayment,
  setCase,
  setNotice,
  setReferral,
  setVisit,
  takeBack,
  type VisitLine,
} from './projection-repository.ts';
import { type Account, deleteConsents, findAccount, settleAccount } from './repository.ts';
import { transferHandlers } from './transfer-package.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const fenOf = (value: unknown): bigint => (typeof value === 'number' ? BigInt(value) : 0n);
const inIdOrder = <T extends { personId: string }>(people: readonly T[]): T[] =>
  [...people].sort((a, b) => (a.personId < b.personId ? -1 : 1));

/** What the case means for its people; a closed case stays what it was decided to be. */
function phaseOf(c: Pick<AssistanceCase, 'state' | 'decisionOutcome'>): CasePhase {
  if (c.state === 'revoked') return 'ended';
  if (c.state === 'withdrawn' || c.state === 'refused') return 'unaided';
  if (c.state === 'closed') return c.decisionOutcome === 'granted' ? 'granted' : 'unaided';
  return c.state === 'granted' || c.state === 'disbursing' ? 'granted' : 'undecided';
}

async function writeVisit(tx: Tx, account: Account, visit: VisitLine): Promise<void> {
  const standing = account.visits.filter((v) => v.visitId === visit.id);
  for (const id of homesOf(standing, account)) await setVisit(tx, id, visit);
}

async function writeReferral(tx: Tx, account: Account, referral: Referral): Promise<void> {
  const standing = account.referrals.filter((r) => r.referralId === referral.id);
  for (const id of homesOf(standing, account)) await setReferral(tx, id, referral);
}

type CaseOfPerson = { personId: string; c: AssistanceCase; grantedFen?: bigint };

/** Links the case in its phase; visits that were planned before the account knew it come with it. */
async function linkWithVisits(tx: Tx, account: Account, { personId, c, grantedFen }: CaseOfPerson): Promise<void> {
  const standing = account.cases.filter((row) => row.caseId === c.id);
  // Two people who were merged may both stand in one case: an amount goes to one row, once.
  const [home = account.id] = homesOf(standing, account);
  await setCase(tx, home, { id: c.id, phase: phaseOf(c) }, grantedFen);
  if (standing.length > 0) return;
  for (const visit of await findVisitsOfPerson(tx, personId, c.id)) await writeVisit(tx, account, visit);
}

/** A case on the accounts of all its people, opened where there is none. */
async function projectCase(tx: Tx, fact: Fact, caseId: string): Promise<void> {
  const found = await findCase(tx, caseId);
  for (const { personId } of inIdOrder(found?.beneficiaries ?? []))
    await projectOnPerson(tx, personId, found?.handlingAgencyId ?? '', {
      fact,
      part: 'cases',
      write: async (account) => found && linkWithVisits(tx, account, { personId, c: found }),
    });
}

/** From the acceptance on somebody answers for the person, whatever becomes of the case. */
const onAccepted = (tx: Tx, fact: Fact) => projectCase(tx, fact, textOf(fact.data?.assistanceCaseId));
/** Who is refused or withdraws is still in need. */
const onUnaided = (tx: Tx, fact: Fact) => projectCase(tx, fact, fact.id);

/** A clue without a case: its people wait for social assistance. */
async function onRouted(tx: Tx, fact: Fact): Promise<void> {
  const clue = await findClue(tx, fact.id);
  for (const { personId } of inIdOrder(clue?.subjectRows ?? []))
    await projectOnPerson(tx, personId, clue?.receivingAgencyId ?? '', {
      fact,
      part: 'referrals',
      write: async (account) => {
        await settleAccount(tx, account, { assistanceSince: tx.ctx.today });
      },
    });
}

/** On an account that knows the case: its phase, and nothing granted any more once it was revoked. */
async function followCase(tx: Tx, accountId: string, fact: Fact, found: AssistanceCase): Promise<void> {
  const write = async (account: Account) => {
    const grantedFen = fact.type === 'case.revoked' ? 0n : undefined;
    for (const { caseId, accountId: home } of account.cases)
      if (caseId === found.id) await setCase(tx, home, { id: caseId, phase: phaseOf(found) }, grantedFen);
  };
  await projectOn(tx, accountId, { fact, part: 'cases', write });
}

/** Later steps of a case, on the accounts that know it. */
async function onCase(tx: Tx, fact: Fact): Promise<void> {
  const found = await findCase(tx, fact.id);
  for (const id of found ? await accountsOf(tx, 'case', fact.id, []) : [])
    if (found) await followCase(tx, id, fact, found);
}

/**
 * Every beneficiary with a grant is monitored; consents to closing do not outlive new aid. People in id order, as locks go.
 * For the others of the case, too, it is decided.
 */
async function onGranted(tx: Tx, fact: Fact): Promise<void> {
  const found = await findCase(tx, fact.id);
  if (!found) return;
  const done = new Set<string>();
  for (const { personId, grantedFen } of inIdOrder(found.beneficiaries)) {
    if (!grantedFen) continue;
    const write = async (account: Account) => {
      await linkWithVisits(tx, account, { personId, c: found, grantedFen });
      if (account.consents.length > 0) await deleteConsents(tx, account.id);
    };
    const account = await projectOnPerson(tx, personId, found.handlingAgencyId, { fact, part: 'cases', write });
    done.add(account.id);
  }
  const others = (await accountsOf(tx, 'case', fact.id, [])).filter((id) => !done.has(id));
  for (const id of others) await followCase(tx, id, fact, found);
}

/** An award that was corrected: the account of its person, closed or not, shows what was granted after all. */
async function onCorrected(tx: Tx, fact: Fact): Promise<void> {
  const { personId, amountFen } = fact.data ?? {};
  const found = typeof amountFen === 'number' ? await findCase(tx, fact.id) : undefined;
  for (const id of found ? await accountsOf(tx, 'case', fact.id, []) : []) {
    const account = await findAccount(tx, id);
    const rows = account?.personId === personId ? (account?.cases ?? []).filter((row) => row.caseId === fact.id) : [];
    if (!found || rows.length === 0) continue;
    const write = async () => {
      for (const row of rows)
        await setCase(tx, row.accountId, { id: fact.id, phase: phaseOf(found) }, fenOf(amountFen));
    };
    await projectOn(tx, id, { fact, part: 'cases', write });
  }
}

const personsOf = (referral: Referral) => referral.persons.map((p) => p.personId).sort();

async function onReferralRequested(tx: Tx, fact: Fact): Promise<void> {
  const referral = await findReferral(tx, fact.id);
  const c = referral?.assistanceCaseId ? await findCase(tx, referral.assistanceCaseId) : undefined;
  for (const personId of referral ? personsOf(referral) : []) {
    await projectOnPerson(tx, personId, referral?.senderAgencyId ?? '', {
      fact,
      part: 'referrals',
      write: async (account) => {
        if (c) await linkWithVisits(tx, account, { personId, c });
        if (referral) await writeReferral(tx, account, referral);
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
    plannedOn: (await dueByRules(tx, account.regionCode))('D-VISIT', tx.ctx.today),
    mode: 'home',
    jointAgencyIds: account.federationId ? [account.federationId] : [],
    first: true,
  });
}

/** A referral outlives the case and a closed account (domain §13.8): whom the department did not help is in need again. */
const UNMET = ['referral.rejected', 'referral.failed', 'referral.completed'];

async function onReferral(tx: Tx, fact: Fact): Promise<void> {
  const referral = await findReferral(tx, fact.id);
  if (!referral) return;
  for (const accountId of await accountsOf(tx, 'referral', fact.id, personsOf(referral))) {
    const write = (account: Account) => writeReferral(tx, account, referral);
    const unmet = UNMET.includes(fact.type) && referral.followUp === 'open';
    const account = await projectOn(tx, accountId, { fact, part: 'referrals', write, unmet });
    if (account && fact.type === 'referral.accepted' && !referral.assistanceCaseId) await planFirstVisit(tx, account);
  }
}

async function onVisit(tx: Tx, fact: Fact): Promise<void> {
  const visit = await findVisit(tx, fact.id);
  for (const accountId of visit ? await accountsOf(tx, 'visit', fact.id, visit.personIds) : []) {
    const write = async (account: Account) => visit && writeVisit(tx, account, visit);
    await projectOn(tx, accountId, { fact, part: 'visits', write });
  }
}

/** The Federation is told how a case ended: it owes a receipt, and both owners see that it was told. */
async function onNotice(tx: Tx, fact: Fact): Promise<void> {
  const federationId = textOf(fact.data?.federationId);
  for (const accountId of await accountsOf(tx, 'notice', fact.id, listOf(fact.data?.personIds).sort())) {
    const write = async (account: Account) => {
      const standing = account.notices.filter((n) => n.noticeId === fact.id);
      for (const id of homesOf(standing, account))
        await setNotice(tx, id, { id: fact.id, federationId }, fact.type === 'notice.received');
    };
    await projectOn(tx, accountId, { fact, part: 'notices', write });
  }
}

/** A line is counted when it is settled, once; what comes back of it is taken off. */
async function onPayment(tx: Tx, fact: Fact): Promise<void> {
  const { assistanceCaseId, personId, amountFen, recoveredFen } = fact.data ?? {};
  const payment = { disbursementId: fact.id, caseId: textOf(assistanceCaseId), personId: textOf(personId) };
  const place = await placeOfPayment(tx, payment);
  if (!place) return;
  const write = () =>
    fact.type === 'disbursement.settled'
      ? addPayment(tx, place.home, fact.id, fenOf(amountFen))
      : takeBack(tx, place.home, fact.id, fenOf(recoveredFen));
  await projectOn(tx, place.head, { fact, part: 'payments', write });
}

const factsOf = (noun: string, verbs: string) => verbs.split(' ').map((verb) => `${noun}.${verb}`);
const visitVerbs = 'planned done missed cancelled rescheduled confirmed objected measures_checked amended';
const referralFacts = factsOf(
  'referral',
  'received accepted rejected started held resumed output_recorded completed failed cancelled reminded forwarded followed_up succeeded',
);
const ownFacts = factsOf(
  'account',
  'opened escalated de_escalated stabilised closure_consented closed reopened entry_added entry_countersigned entry_objected transfer_requested transfer_rejected transfer_withdrawn transferred merged merge_reversed',
);

export const accountHandlers: readonly FactHandler[] = [
  { on: ['clue.accepted'], handle: onAccepted },
  { on: ['clue.routed_to_social_assistance'], handle: onRouted },
  { on: ['case.granted'], handle: onGranted },
  { on: ['case.refused', 'case.withdrawn'], handle: onUnaided },
  { on: ['case.corrected'], handle: onCorrected },
  { on: ['case.reconsidered', 'case.closed', 'case.revoked'], handle: onCase },
  { on: factsOf('disbursement', 'settled part_recovered recovered'), handle: onPayment },
  { on: ['referral.requested'], handle: onReferralRequested },
  { on: referralFacts, handle: onReferral },
  { on: factsOf('visit', visitVerbs), handle: onVisit },
  { on: ['notice.sent', 'notice.received'], handle: onNotice },
  ...mergeHandlers,
  ...transferHandlers,
  { on: ownFacts, handle: (tx, fact) => addTimeline(tx, fact.id, fact) },
];
