// Correcting an identity: what was empty is filled in, what differs waits for a second person; old values are kept (contract §1 Persons).
import { ensureAction } from '../kernel/action.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { checkSubject, type IdType, type Sex } from './domain.ts';
import { personActions, personMachine, personProblems } from './lifecycle.ts';
import { actingOfficer, lockPerson } from './merge.ts';
import { savePerson } from './merge-repository.ts';
import {
  disputedFields,
  type Identity,
  identityColumns,
  matchPerson,
  openPerson,
  type PersonRow,
} from './repository.ts';
import { CORRECTION, coverForOthers, insertCorrection, keepVersion, type ReviewRow } from './review-repository.ts';

onConstraint('persons_identity', () => personProblems['person.number_taken']());

export type CorrectionInput = {
  name?: string;
  sex?: Exclude<Sex, 'unknown'>;
  birthDate?: string;
  idType?: Exclude<IdType, 'none'>;
  idNumber?: string;
};

/** The identity as it stands, in clear: for comparing only. */
export async function identityOf(tx: Tx, person: PersonRow): Promise<Identity> {
  const { name, birthDate, idNumber } = await openPerson(tx, person);
  return { name, birthDate, idNumber, idType: person.idType as IdType, sex: person.sex };
}

/** Normal form of what was sent, checked against nothing but itself: what is stored gives no hint. */
function normalised(tx: Tx, input: CorrectionInput): Partial<Identity> {
  const given = { ...input, ...(input.name ? {} : { nameUnknown: true }) };
  const { subject, errors } = checkSubject(given, '', tx.ctx.today);
  if (input.idType && !input.idNumber)
    errors.push({
      pointer: '/idNumber',
      code: 'id_number.missing',
      detail: ['更正证件须给出号码', 'a document is corrected with its number'],
    });
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  return {
    ...(input.name ? { name: subject.name } : {}),
    ...(input.sex ? { sex: subject.sex } : {}),
    ...(input.birthDate ? { birthDate: subject.birthDate } : {}),
    ...(input.idNumber ? { idType: subject.idType, idNumber: subject.idNumber } : {}),
  };
}

type Member = keyof Identity;
const isEmpty = (identity: Identity, member: Member) =>
  identity[member] === null || (member === 'sex' && identity.sex === 'unknown');

/** What is unknown to all is filled in; the rest waits, also where the caller may not know what stands there. A document always waits. */
function divide(stands: Identity, change: Partial<Identity>, disputed: ReadonlySet<string>) {
  const fill: Partial<Identity> = {};
  const wait: Partial<Identity> = {};
  for (const member of Object.keys(change) as Member[]) {
    const covered = disputed.has(`/${member}`);
    const document = member === 'idNumber' || member === 'idType';
    if (document) {
      if (stands.idNumber !== change.idNumber || stands.idType !== change.idType)
        Object.assign(wait, { [member]: change[member] });
    } else if (!covered && isEmpty(stands, member)) Object.assign(fill, { [member]: change[member] });
    else if (covered || stands[member] !== change[member]) Object.assign(wait, { [member]: change[member] });
  }
  return { fill, wait };
}

const pointersOf = (part: Partial<Identity>) => Object.keys(part).map((member) => `/${member}`);

/** Number, birth date and sex must agree; what a citizen number says is taken from it. */
function agreeing(tx: Tx, { name, ...rest }: Identity): Identity {
  const { subject, errors } = checkSubject(name ? { ...rest, name } : { ...rest, nameUnknown: true }, '', tx.ctx.today);
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const { birthDate, sex, idType, idNumber } = subject;
  return { name, birthDate, sex, idType, idNumber };
}

/** Writes the change and keeps what it replaces. */
export async function applyIdentity(
  tx: Tx,
  person: PersonRow,
  stands: Identity,
  change: Partial<Identity>,
  review: Pick<ReviewRow, 'id' | 'proposingAgencyId'> | null,
): Promise<PersonRow> {
  const next = agreeing(tx, { ...stands, ...change });
  const match = change.idNumber ? await matchPerson(tx, next) : undefined;
  if (match && match.personId !== person.id) throw personProblems['person.number_taken']();
  const former = Object.fromEntries(Object.keys(change).map((member) => [member, stands[member as Member]]));
  const by = { officerId: actingOfficer(tx).id, reviewId: review?.id ?? null, pointers: pointersOf(change) };
  await keepVersion(tx, person.id, former, by);
  const learned = (Object.keys(next) as Member[]).filter((member) => next[member] !== stands[member]);
  const pointers = learned.map((member) => `/${member}`);
  await coverForOthers(tx, person.id, pointers, review?.proposingAgencyId ?? null);
  const key = await tx.vault.keyFor('person', person.id);
  return savePerson(tx, person, identityColumns(tx, key, person.id, next));
}

async function propose(tx: Tx, person: PersonRow, wait: Partial<Identity>): Promise<void> {
  const officer = actingOfficer(tx);
  const id = tx.newId();
  const key = await tx.vault.keyFor('person', person.id);
  const place = { table: 'person_reviews', column: 'proposed', rowId: id };
  await insertCorrection(tx, {
    id,
    personId: person.id,
    sourceKind: CORRECTION,
    sourceId: officer.id,
    pointers: pointersOf(wait),
    unstated: [],
    state: 'open',
    createdAt: tx.ctx.now,
    proposedSealed: tx.vault.seal(key, place, JSON.stringify(wait)),
    proposedBy: officer.id,
    proposedByPersonKey: officer.personKey,
    proposingAgencyId: tx.ctx.actor.agency.id,
  });
  const data = { reviewId: id, pointers: pointersOf(wait) };
  tx.record({ type: 'person.correction_proposed', kind: 'person', id: person.id, data });
}

/** By the handling team of an open case; answers the person, with what waits for a second look. */
export async function correctPerson(
  tx: Tx,
  id: string,
  input: CorrectionInput,
  expected: ExpectedVersion,
): Promise<PersonRow> {
  const change = normalised(tx, input);
  const { person, facts } = await lockPerson(tx, id, expected);
  ensureAction(personMachine, personActions, 'correction', facts, tx.ctx.actor);
  const stands = await identityOf(tx, person);
  const { fill, wait } = divide(stands, change, await disputedFields(tx, id));
  const filled = Object.keys(fill).length > 0;
  const saved = filled ? await applyIdentity(tx, person, stands, fill, null) : person;
  if (filled) tx.record({ type: 'person.corrected', kind: 'person', id, changed: Object.keys(fill) });
  if (Object.keys(wait).length > 0) await propose(tx, saved, wait);
  else if (!filled) tx.unchanged();
  return saved;
}
