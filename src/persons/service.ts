// Verbs on persons: a submission's subject is matched to a person or becomes one; nothing is ever overwritten.
import type { AccessGrant } from '../kernel/fact.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { codeSets, validCode } from '../reference/code-sets.ts';
import { findRegion } from '../reference/regions.ts';
import { checkSubject, coverDisputed, type Subject, type SubjectInput } from './domain.ts';
import { findSurvivor } from './merge-repository.ts';
import {
  disputedFields,
  findPerson,
  insertPerson,
  insertReview,
  matchPerson,
  type PersonRow,
  sealPurpose,
} from './repository.ts';

export { findPerson as findPersonById, sealPurpose as purposeInWords };

const sets = new Map(codeSets().map((set) => [set.name, set]));

/** True when the set has or had the code, whatever the day: a filter over past years may name a code that ended. */
export function isKnownCode(set: string, code: string): boolean {
  return sets.get(set)?.items.some((item) => item.code === code) ?? false;
}

/** True when the code stands in the set on that day. */
export function isCode(set: string, code: string, day: string): boolean {
  const found = sets.get(set);
  return found !== undefined && validCode(found, code, day) !== undefined;
}

function referenceErrors(subject: Subject, at: string, today: string): FieldError[] {
  const errors: FieldError[] = subject.categories
    .map((code, i) => ({ code, i }))
    .filter(({ code }) => !isCode('categories', code, today))
    .map(({ code, i }) => ({
      pointer: `${at}/categories/${i}`,
      code: 'code.unknown',
      detail: [`${today} 没有对象类别 ${code}`, `no category ${code} on ${today}`],
    }));
  if (subject.householdRegionCode && !/^[1-9][0-9]{5}$/.test(subject.householdRegionCode)) {
    errors.push({
      pointer: `${at}/householdRegionCode`,
      code: 'region.unknown',
      detail: ['不是区划代码', 'not a region code'],
    });
  }
  return errors;
}

/** Subjects in normal form, or one 422 with everything that is wrong. */
export function requireSubjects(inputs: readonly SubjectInput[], today: string): Subject[] {
  const checked = inputs.map((input, i) => checkSubject(input, `/subjects/${i}`, today));
  const errors = checked.flatMap((c, i) => [...c.errors, ...referenceErrors(c.subject, `/subjects/${i}`, today)]);
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  return checked.map((c) => c.subject);
}

/** A region of the province, or a 422 at `pointer`. */
export function requireRegion(code: string, pointer: string): void {
  if (!findRegion(code))
    throw httpProblems['request.rule_violated']({}, [
      { pointer, code: 'region.unknown', detail: [`本省没有区划 ${code}`, `no region ${code} in the province`] },
    ]);
}

/** Something about a person that somebody has to look at, found by the service itself and not by a submission. */
export async function flagForReview(tx: Tx, personId: string, pointer: string): Promise<void> {
  await insertReview(tx, { personId, conflicts: [pointer], unstated: [] }, { kind: 'merge', id: personId });
}

/** The person a subject is: the one with the same number, else a new one. Differing identity data becomes a review item. */
export async function registerSubject(tx: Tx, subject: Subject, source: { kind: string; id: string }): Promise<string> {
  const match = await matchPerson(tx, subject);
  if (match) {
    // Who sees the person already has nothing to learn from leaving a field open.
    const known = match.unstated.length > 0 && (await findPerson(tx, match.personId)) !== undefined;
    const noted = known ? { ...match, unstated: [] } : match;
    if (noted.conflicts.length + noted.unstated.length > 0) await insertReview(tx, noted, source);
    return match.personId;
  }
  const id = tx.newId();
  await insertPerson(tx, id, subject);
  tx.made.set(madeName(id), true);
  tx.record({ type: 'person.registered', kind: 'person', id, first: true, changed: ['identity'], access: [] });
  return id;
}

const madeName = (id: string) => `person|${id}`;

/** Nobody can have said anything about a person whom this transaction has registered. */
export const madePerson = (tx: Tx, id: string): boolean => tx.made.has(madeName(id));

/** Lets agencies see a person (masked): the handling agency with its case, owners with their account. */
export function grantPerson(tx: Tx, personId: string, grants: readonly AccessGrant[]): void {
  tx.record({ type: 'person.linked', kind: 'person', id: personId, access: grants });
}

export type MaskedPerson = Pick<PersonRow, 'id' | 'idType' | 'sex'> & { name: string; idNumber: string | null };

/** Identity as whoever sees the person at all may see it: the masked columns, nothing to open and nothing to audit. */
export async function findMaskedPerson(tx: Tx, id: string): Promise<MaskedPerson | undefined> {
  const person = await findPerson(tx, id);
  if (!person) return undefined;
  const { idType, idNumberMasked: idNumber } = person;
  return { id, idType, idNumber, ...coverDisputed(person, await disputedFields(tx, id)) };
}

/** Who it is after all merges: one step, for rules that count people (once-only, one open account). */
export function survivorOf(tx: Tx, personId: string): Promise<string> {
  return findSurvivor(tx, personId);
}
