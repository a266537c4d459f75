// What a transfer carries: the data by which departments are asked for help at the new place (2016 rules art. 13, as recalled).
import { openSubjects } from '../cases/sealed.ts';
import { findCase } from '../cases/service.ts';
import { findClue } from '../clues/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { Subject } from '../persons/domain.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findReferral, type OriginPerson } from '../referrals/service.ts';
import { aliasesOf } from './merge-repository.ts';
import { type Account, findAccount } from './repository.ts';
import { savePackage } from './transfer-repository.ts';

type Masks = Pick<OriginPerson, 'nameMasked' | 'idNumberMasked' | 'phoneMasked' | 'addressMasked'>;

/** A person as a department would be shown them: masks for lists, and the four fields a package discloses (P-11). */
export function toOriginPerson(member: { id: string; personId: string } & Masks, subject: Subject): OriginPerson {
  const { id: memberId, personId, nameMasked, idNumberMasked, phoneMasked, addressMasked } = member;
  const { name, birthDate, phone, address, sex, householdRegionCode } = subject;
  const masks = { nameMasked, idNumberMasked, phoneMasked, addressMasked };
  const plain = { memberId, personId, beneficiaryId: null, grantedFen: null, sex, householdRegionCode };
  return { ...plain, ...masks, disclosed: { name, birthDate, phone, address } };
}

/** The latest case of the account that names the person, under whichever of their ids. */
async function fromCase(tx: Tx, account: Account, ids: readonly string[]): Promise<OriginPerson | undefined> {
  for (const caseId of account.cases
    .map((c) => c.caseId)
    .sort()
    .reverse()) {
    const found = await findCase(tx, caseId);
    const member = found?.beneficiaries.find((b) => ids.includes(b.personId));
    const [subject] = member ? await openSubjects(tx, [member]) : [];
    if (member && subject) return toOriginPerson(member, subject);
  }
  return undefined;
}

async function fromClue(tx: Tx, account: Account, ids: readonly string[]): Promise<OriginPerson | undefined> {
  for (const { referralId } of account.referrals) {
    const clueId = (await findReferral(tx, referralId))?.clueId;
    const clue = clueId ? await findClue(tx, clueId) : undefined;
    const i = clue?.subjectRows.findIndex((row) => ids.includes(row.personId)) ?? -1;
    const [row, subject] = [clue?.subjectRows[i], clue?.content.subjects[i]];
    if (row && subject) return toOriginPerson(row, subject);
  }
  return undefined;
}

/** Under the system scope, because the receiver does not see the giver's case or clue. */
async function onTransferred(tx: Tx, fact: Fact): Promise<void> {
  const account = await findAccount(tx, fact.id);
  if (!account) return;
  const ids = await aliasesOf(tx, account.personId);
  const person = (await fromCase(tx, account, ids)) ?? (await fromClue(tx, account, ids));
  if (person) await savePackage(tx, String(fact.data?.transferId), person.personId, JSON.stringify(person));
}

export const transferHandlers: readonly FactHandler[] = [{ on: ['account.transferred'], handle: onTransferred }];
