// Where a referral may be sent from: a case after its grant, or a clue routed to social assistance (domain §8).
import { openSubjects } from '../cases/sealed.ts';
import { type AssistanceCase, isHandlingTeam, lockCase } from '../cases/service.ts';
import { type Clue, findClue, routeClueToSocialAssistance } from '../clues/service.ts';
import { actionProblems } from '../kernel/action.ts';
import type { Subject } from '../persons/domain.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { type DisclosedPerson, referralProblems } from './domain.ts';
import { findClueIdsOf } from './repository.ts';
import { type Referral, type ReferralOrigin, type ReferralRequest, sendReferrals } from './service.ts';

/** The fields a department is shown, and no other (P-11); the id number leaves in masked form only. */
function disclosedOf({ name, birthDate, phone, address }: Subject): DisclosedPerson {
  return { name, birthDate, phone, address };
}

type Masked = {
  nameMasked: string | null;
  idNumberMasked: string | null;
  phoneMasked: string | null;
  addressMasked: string | null;
};
const masksOf = ({ nameMasked, idNumberMasked, phoneMasked, addressMasked }: Masked): Masked => ({
  nameMasked,
  idNumberMasked,
  phoneMasked,
  addressMasked,
});

/** 409 unless aid was granted and the grant stands. */
export function ensureCaseGranted(c: AssistanceCase): void {
  const stands = c.state === 'granted' || c.state === 'disbursing' || c.state === 'closed';
  if (!stands || c.decisionOutcome !== 'granted')
    throw referralProblems['referral.case_not_granted']({ state: c.state });
}

/** The case as an origin, for its handling team; 403 and 409 otherwise. */
export async function caseOrigin(tx: Tx, c: AssistanceCase): Promise<ReferralOrigin> {
  if (!isHandlingTeam(c, tx.ctx.actor))
    throw referralProblems['referral.not_competent']({ who: '案件承办团队', whoEn: 'handling team of the case' });
  ensureCaseGranted(c);
  const subjects = await openSubjects(tx, c.beneficiaries);
  const persons = c.beneficiaries.flatMap((b, i) => {
    const subject = subjects[i];
    if (!subject) return [];
    const { id, personId, sex, householdRegionCode, grantedFen } = b;
    const disclosed = disclosedOf(subject);
    const plain = { memberId: id, beneficiaryId: id, personId, sex, householdRegionCode, grantedFen };
    return [{ ...plain, ...masksOf(b), disclosed }];
  });
  return { kind: 'case', id: c.id, assistanceCaseId: c.id, persons };
}

/** The clue's people as a department would be shown them. */
export function personsOfClue(clue: Clue): ReferralOrigin['persons'] {
  return clue.subjectRows.flatMap((row, i) => {
    const subject = clue.content.subjects[i];
    if (!subject) return [];
    const { sex, householdRegionCode } = subject;
    const plain = { memberId: row.id, beneficiaryId: null, personId: row.personId, sex, householdRegionCode };
    return [{ ...plain, grantedFen: null, ...masksOf(row), disclosed: disclosedOf(subject) }];
  });
}

/** A clue routed to social assistance as an origin, for the procuratorate that routed it; 403 and 409 otherwise. */
export function clueOrigin(tx: Tx, clue: Clue): ReferralOrigin {
  if (!tx.ctx.actor.officer) throw actionProblems['actor.officer_required']();
  if (clue.receivingAgencyId !== tx.ctx.actor.agency.id)
    throw referralProblems['referral.not_competent']({ who: '受理检察院', whoEn: 'receiving procuratorate' });
  if (clue.state !== 'routed_to_social_assistance')
    throw referralProblems['referral.clue_not_routed']({ state: clue.state });
  return { kind: 'clue', id: clue.id, assistanceCaseId: null, persons: personsOfClue(clue) };
}

/** People of an account without a case, by way of the routed clue from which the caller's agency has referred them before. */
export async function monitoredOrigin(
  tx: Tx,
  accountId: string,
  personIds: readonly string[],
): Promise<ReferralOrigin | undefined> {
  const own = tx.ctx.actor.agency.id;
  for (const clueId of await findClueIdsOf(tx, own, personIds)) {
    const clue = await findClue(tx, clueId);
    if (clue?.receivingAgencyId !== own) continue;
    return { kind: 'account', id: accountId, assistanceCaseId: null, persons: personsOfClue(clue) };
  }
  return undefined;
}

/** Sends referrals from a case the caller addresses by id; 404, 412 as for the case itself. */
export async function sendCaseReferrals(
  tx: Tx,
  caseId: string,
  requests: readonly ReferralRequest[],
  at: (index: number) => string,
  expected: ExpectedVersion,
): Promise<Referral[]> {
  const c = await lockCase(tx, caseId, expected);
  return sendReferrals(tx, await caseOrigin(tx, c), requests, at);
}

/** Art. 5 of the 2021 rules: hardship without a case of the procuratorate goes to the departments, with their referrals at once. */
export async function routeClueWithReferrals(
  tx: Tx,
  clueId: string,
  input: { reason: string; referrals?: readonly ReferralRequest[] },
  expected: ExpectedVersion,
): Promise<Clue> {
  const clue = await routeClueToSocialAssistance(tx, clueId, { reason: input.reason }, expected);
  // Without any they follow by POST /v1/referrals with this clue as origin.
  if (input.referrals) await sendReferrals(tx, clueOrigin(tx, clue), input.referrals, (i) => `/referrals/${i}`);
  return clue;
}
