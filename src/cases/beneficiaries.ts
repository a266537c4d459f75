// Who is aided in a case: entered with it, or added before the proposal is decided (a mother's children are aided with her, domain §6.3).
import { findSuperiors } from '../agencies/service.ts';
import { maskedSubject } from '../clues/service.ts';
import { ensureAction } from '../kernel/action.ts';
import type { AccessGrant } from '../kernel/fact.ts';
import type { Subject, SubjectInput } from '../persons/domain.ts';
import { grantPerson, registerSubject, requireSubjects } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { caseMachine, caseProblems } from './domain.ts';
import { type AssistanceCase, type Beneficiary, insertBeneficiaries, saveCase } from './repository.ts';
import { sealSubject } from './sealed.ts';
import { lockCase } from './service.ts';

export type Party = { subject: Subject; personId: string };

/** As many as the view of a case shows. */
export const MAX_BENEFICIARIES = 50;

/** Who sees a case and the people in it. */
export async function accessOf(tx: Tx, agencyId: string): Promise<AccessGrant[]> {
  const superiors = await findSuperiors(tx, agencyId);
  return [
    { agencyId, relation: 'handler' },
    ...superiors.map((superior) => ({ agencyId: superior, relation: 'oversight' as const })),
  ];
}

async function beneficiaryOf(tx: Tx, caseId: string, position: number, party: Party): Promise<Beneficiary> {
  const { subject, personId } = party;
  const { sex, idType, categories, householdRegionCode, relationToCase } = subject;
  const id = tx.newId();
  return {
    id,
    caseId,
    position,
    personId,
    relation: relationToCase,
    categories,
    householdRegionCode,
    idType,
    sex,
    ...maskedSubject(subject),
    submittedSealed: await sealSubject(tx, id, personId, subject),
    proposedFen: null,
    grantedFen: null,
    fundId: null,
    minorAtDecision: null,
  };
}

/** Writes the beneficiaries after the `count` that stand there, and lets those who see the case see the people. */
export async function enterParties(
  tx: Tx,
  { id, count }: { id: string; count: number },
  parties: readonly Party[],
  access: readonly AccessGrant[],
): Promise<Beneficiary[]> {
  const rows: Beneficiary[] = [];
  for (const [i, party] of parties.entries()) rows.push(await beneficiaryOf(tx, id, count + i, party));
  await insertBeneficiaries(tx, rows);
  for (const { personId } of parties) grantPerson(tx, personId, access);
  return rows;
}

/** Everybody once: a number given twice is one person, who cannot be aided twice in a case. */
export async function registerParties(tx: Tx, caseId: string, subjects: readonly Subject[]): Promise<Party[]> {
  const parties: Party[] = [];
  for (const [i, subject] of subjects.entries()) {
    const personId = await registerSubject(tx, subject, { kind: 'case', id: caseId });
    if (parties.some((party) => party.personId === personId))
      throw httpProblems['request.rule_violated']({}, [
        {
          pointer: `/subjects/${i}`,
          code: 'subject.repeated',
          detail: ['同一人重复', 'the same person stands here twice'],
        },
      ]);
    parties.push({ subject, personId });
  }
  return parties;
}

/** Further people of a case that is not yet proposed; each gets an own amount with the proposal. */
export async function addBeneficiaries(
  tx: Tx,
  id: string,
  input: { subjects: SubjectInput[] },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const subjects = requireSubjects(input.subjects, tx.ctx.today);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'beneficiaries', c, tx.ctx.actor);
  const count = c.beneficiaries.length;
  if (count + subjects.length > MAX_BENEFICIARIES)
    throw caseProblems['case.too_many_beneficiaries']({ limit: MAX_BENEFICIARIES });
  const parties = await registerParties(tx, id, subjects);
  const known = new Set(c.beneficiaries.map((b) => b.personId));
  if (parties.some(({ personId }) => known.has(personId))) throw caseProblems['case.beneficiary_exists']();
  const added = await enterParties(tx, { id, count }, parties, await accessOf(tx, c.handlingAgencyId));
  const saved = await saveCase(tx, c, { beneficiaryCount: count + added.length });
  tx.record({
    type: 'case.beneficiary_added',
    kind: 'case',
    id,
    changed: ['beneficiaries'],
    data: { beneficiaryIds: added.map((b) => b.id), personIds: added.map((b) => b.personId) },
  });
  return { ...saved, beneficiaries: [...c.beneficiaries, ...added] };
}
