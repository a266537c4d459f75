// Referrals and visits whose origin stands in the body: a clue, a case or a monitoring account.
import { caseProblems } from '../cases/domain.ts';
import { openSubjects } from '../cases/sealed.ts';
import { type AssistanceCase, findCase, isHandlingTeam, requireCase } from '../cases/service.ts';
import { findClue } from '../clues/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseOrigin, clueOrigin, personsOfClue } from '../referrals/origins.ts';
import {
  findReferral,
  type OriginPerson,
  type Referral,
  type ReferralOrigin,
  type ReferralRequest,
  sendReferrals,
} from '../referrals/service.ts';
import {
  planCaseVisit,
  planVisit,
  requireJointAgencies,
  requireVisited,
  type Visit,
  type VisitInput,
} from '../visits/service.ts';
import { accountProblems } from './domain.ts';
import { aliasesOf } from './merge-repository.ts';
import type { Account } from './repository.ts';
import { ensureOwnOpen, findAccount } from './service.ts';
import { toOriginPerson } from './transfer-package.ts';
import { openPackage } from './transfer-repository.ts';

/** Exactly one is given; the schema sees to it. */
export type OriginInput = {
  clueId?: string | undefined;
  assistanceCaseId?: string | undefined;
  monitoringAccountId?: string | undefined;
};

const unknown = (pointer: string, code: string, detail: string) =>
  httpProblems['request.reference_unknown']({}, [{ pointer, code, detail }]);

/**
 * An account named in a body: one of the caller's own that is not closed, else the 422 for absent and invisible ones.
 * Not locked: payments lock case before account, and what is added here will refer to the case.
 */
async function requireAccount(tx: Tx, id: string, pointer: string): Promise<Account> {
  const account = await findAccount(tx, id);
  if (!account) throw unknown(pointer, 'account.unknown', id);
  ensureOwnOpen(tx, account);
  return account;
}

/** The latest case of the account that the caller's agency handles and has decided, or that was withdrawn. */
async function decidedCaseOf(tx: Tx, account: Account): Promise<AssistanceCase | undefined> {
  const decided = account.cases.filter((c) => c.phase === 'granted' || c.phase === 'unaided');
  const ids = decided.map((c) => c.caseId).sort();
  for (const id of ids.reverse()) {
    const found = await findCase(tx, id);
    if (found?.handlingAgencyId === tx.ctx.actor.agency.id) return found;
  }
  return undefined;
}

/** Who is refused is referred by the team of the case, which hangs on the account alone: there is no grant to refer from. */
async function unaidedPersons(tx: Tx, c: AssistanceCase): Promise<ReferralOrigin['persons']> {
  if (!isHandlingTeam(c, tx.ctx.actor)) throw caseProblems['case.not_assigned']();
  const subjects = await openSubjects(tx, c.beneficiaries);
  return c.beneficiaries.flatMap((b, i) => (subjects[i] ? [toOriginPerson(b, subjects[i])] : []));
}

/** The routed clue behind the account, by way of a referral that the caller's agency sent from it. */
async function clueOf(tx: Tx, account: Account) {
  const own = tx.ctx.actor.agency.id;
  for (const { referralId } of account.referrals) {
    const referral = await findReferral(tx, referralId);
    // Seeing is not enough: whoever oversees a district may not send what the district was told.
    if (referral?.senderAgencyId !== own || !referral.clueId) continue;
    const clue = await findClue(tx, referral.clueId);
    if (clue?.receivingAgencyId === own) return clue;
  }
  return undefined;
}

type Source = { assistanceCaseId: string | null; persons: ReferralOrigin['persons'] };

/** The data of the case, of the routed clue where no case exists, or those that came with a transfer. */
async function sourceOf(tx: Tx, account: Account): Promise<Source> {
  const c = await decidedCaseOf(tx, account);
  if (c?.decisionOutcome === 'granted') return { assistanceCaseId: c.id, persons: (await caseOrigin(tx, c)).persons };
  if (c) return { assistanceCaseId: null, persons: await unaidedPersons(tx, c) };
  const clue = await clueOf(tx, account);
  if (clue) return { assistanceCaseId: null, persons: personsOfClue(clue) };
  const packed = await openPackage(tx, account.id, tx.ctx.actor.agency.id);
  if (!packed) throw accountProblems['account.no_origin']();
  return { assistanceCaseId: null, persons: [JSON.parse(packed) as OriginPerson] };
}

/** The account's person, under whichever id the source knows them. */
async function accountOrigin(tx: Tx, id: string): Promise<ReferralOrigin> {
  const account = await requireAccount(tx, id, '/origin/monitoringAccountId');
  const { assistanceCaseId, persons } = await sourceOf(tx, account);
  const ids = await aliasesOf(tx, account.personId);
  return {
    kind: 'account',
    id: account.id,
    assistanceCaseId,
    persons: persons.filter((p) => ids.includes(p.personId)),
  };
}

async function originOf(tx: Tx, { clueId, assistanceCaseId, monitoringAccountId }: OriginInput) {
  if (monitoringAccountId) return accountOrigin(tx, monitoringAccountId);
  if (assistanceCaseId) return caseOrigin(tx, await requireCase(tx, assistanceCaseId, '/origin/assistanceCaseId'));
  const clue = await findClue(tx, clueId ?? '', true);
  if (!clue) throw unknown('/origin/clueId', 'clue.unknown', clueId ?? '');
  return clueOrigin(tx, clue);
}

/** All requests or none, from whatever origin the caller's agency may refer. */
export async function sendFrom(
  tx: Tx,
  origin: OriginInput,
  requests: readonly ReferralRequest[],
  at: (index: number) => string,
): Promise<Referral[]> {
  return sendReferrals(tx, await originOf(tx, origin), requests, at);
}

type VisitOrigin = Pick<OriginInput, 'assistanceCaseId' | 'monitoringAccountId'>;

/** Either owner plans a visit of its account; it counts for the account's latest case, which the caller need not see. */
async function planAccountVisit(tx: Tx, id: string, input: VisitInput): Promise<Visit> {
  const account = await requireAccount(tx, id, '/monitoringAccountId');
  const everybody = [account.personId];
  return planVisit(tx, {
    assistanceCaseId:
      account.cases
        .map((c) => c.caseId)
        .sort()
        .at(-1) ?? null,
    monitoringAccountId: account.id,
    handlingAgencyId: account.procuratorateId,
    personIds: requireVisited(input.personIds, everybody, everybody),
    plannedOn: input.plannedOn,
    mode: input.mode,
    chosen: true,
    jointAgencyIds: await requireJointAgencies(tx, input.jointAgencyIds),
  });
}

export async function planVisitFrom(tx: Tx, origin: VisitOrigin, input: VisitInput): Promise<Visit> {
  if (origin.monitoringAccountId) return planAccountVisit(tx, origin.monitoringAccountId, input);
  const found = await requireCase(tx, origin.assistanceCaseId ?? '', '/assistanceCaseId');
  return planCaseVisit(tx, found.id, input, undefined);
}
