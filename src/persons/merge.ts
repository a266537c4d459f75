// Merging two records of one human being: proposed and confirmed by two people, an alias, undone within thirty days (issue 3).
import { actionProblems, ensureAction } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import { relationTo } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { type ErasureRow, findErasure, standingProposal } from './erasure-repository.ts';
import { type PersonFacts, personActions, personMachine, personProblems } from './lifecycle.ts';
import {
  countAbsorbed,
  findOpenMerge,
  insertMerge,
  isHandled,
  isKeptElsewhere,
  lockPersons,
  type MergeRow,
  saveMerge,
  savePerson,
} from './merge-repository.ts';
import type { PersonRow } from './repository.ts';

/** Owners of an account and handlers of a case; who merely oversees them changes nothing. */
export async function isOwn(tx: Tx, personId: string): Promise<boolean> {
  const relation = await relationTo(tx, 'person', personId);
  return relation === 'handler' || relation === 'owner';
}

export type KnownPerson = {
  person: PersonRow;
  merge: MergeRow | undefined;
  erasure: ErasureRow | undefined;
  facts: PersonFacts;
};

/** The person with what decides about it. */
export async function knowPerson(tx: Tx, person: PersonRow): Promise<KnownPerson> {
  const merge = await findOpenMerge(tx, person.id);
  const erasure = await findErasure(tx, person.id);
  const facts: PersonFacts = {
    state: person.state,
    own: await isOwn(tx, person.id),
    handled: await isHandled(tx, person.id),
    proposedByPersonKey: merge?.state === 'proposed' ? merge.proposedByPersonKey : null,
    erasureProposedByPersonKey: standingProposal(erasure, tx.ctx.now)?.proposedByPersonKey ?? null,
    mergedOn: merge?.mergedAt ? civilDateOf(merge.mergedAt) : null,
    today: tx.ctx.today,
  };
  return { person, merge, erasure, facts };
}

/** Locks the person at the version the caller has seen, and others besides, in id order; 404, 412. */
export async function lockPerson(
  tx: Tx,
  id: string,
  expected: ExpectedVersion,
  others: readonly string[] = [],
): Promise<KnownPerson & { others: Map<string, PersonRow> }> {
  const locked = await lockPersons(tx, [id, ...others]);
  const person = locked.get(id);
  if (!person) throw httpProblems['resource.not_found']();
  ensureVersion(person, expected);
  return { ...(await knowPerson(tx, person)), others: locked };
}

export function actingOfficer(tx: Tx): NonNullable<Actor['officer']> {
  const { officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  return officer;
}

async function sealReason(tx: Tx, personId: string, mergeId: string, column: 'reason' | 'ending', text: string) {
  const key = await tx.vault.keyFor('person', personId);
  return tx.vault.seal(key, { table: 'person_merges', column, rowId: mergeId }, text);
}

/** Another person of an own case or account that stands; the same 422 whether it is absent or not seen. */
async function requireTarget(tx: Tx, person: PersonRow, into: PersonRow | undefined, id: string): Promise<PersonRow> {
  if (id === person.id)
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/intoPersonId',
        code: 'person.same',
        detail: ['不能与自身合并', 'a person is not merged into itself'],
      },
    ]);
  if (!into)
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/intoPersonId', code: 'person.unknown', detail: id },
    ]);
  if (!(await isOwn(tx, id))) throw personProblems['person.not_handled']();
  if (into.state !== 'active' || person.absorbedCount > 0) throw personProblems['person.merge_target']();
  const both = person.idNumberIndex !== null && into.idNumberIndex !== null;
  if (both && person.idType === 'citizen_id' && into.idType === 'citizen_id')
    throw personProblems['person.two_documents']();
  // Its case and account would go on under a person that the other procuratorate has never seen.
  if (await isKeptElsewhere(tx, person.id)) throw personProblems['person.merge_elsewhere']();
  return into;
}

async function proposeMerge(tx: Tx, person: PersonRow, intoPersonId: string, reason: string): Promise<PersonRow> {
  const officer = actingOfficer(tx);
  const id = tx.newId();
  await insertMerge(tx, {
    id,
    personId: person.id,
    intoPersonId,
    state: 'proposed',
    agencyId: tx.ctx.actor.agency.id,
    proposedBy: officer.id,
    proposedByPersonKey: officer.personKey,
    proposedAt: tx.ctx.now,
    reasonSealed: await sealReason(tx, person.id, id, 'reason', reason),
  });
  const saved = await savePerson(tx, person, {});
  tx.record({ type: 'person.merge_proposed', kind: 'person', id: person.id, data: { intoPersonId } });
  return saved;
}

/** The first call proposes; the same call by another person merges. What refers to the person stays as it is. */
export async function mergePerson(
  tx: Tx,
  id: string,
  input: { intoPersonId: string; reason: string },
  expected: ExpectedVersion,
): Promise<PersonRow> {
  const intoPersonId = input.intoPersonId.toLowerCase();
  const { person, merge, facts, others } = await lockPerson(tx, id, expected, [intoPersonId]);
  ensureAction(personMachine, personActions, 'merge', facts, tx.ctx.actor);
  const into = await requireTarget(tx, person, others.get(intoPersonId), intoPersonId);
  if (!merge) return proposeMerge(tx, person, into.id, input.reason);
  if (merge.intoPersonId !== into.id) throw personProblems['person.merge_pending']();
  const officer = actingOfficer(tx);
  await saveMerge(tx, merge.id, {
    state: 'merged',
    confirmedBy: officer.id,
    confirmedByPersonKey: officer.personKey,
    mergedAt: tx.ctx.now,
  });
  await countAbsorbed(tx, into.id, 1);
  const state = personMachine.next(person.state, 'merge');
  const saved = await savePerson(tx, person, { state, mergedIntoId: into.id });
  const changed = ['state', 'mergedIntoId'];
  tx.record({ type: 'person.merged', kind: 'person', id, changed, data: { intoPersonId: into.id } });
  return saved;
}

/** Separates what was merged, or drops a proposal. What was filed meanwhile stays with the survivor. */
export async function reverseMerge(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<PersonRow> {
  const { person, merge, facts } = await lockPerson(tx, id, expected);
  ensureAction(personMachine, personActions, 'merge-reversal', facts, tx.ctx.actor);
  if (!merge) throw personProblems['person.not_merged']();
  const merged = merge.state === 'merged';
  const ended = { endedBy: actingOfficer(tx).id, endedAt: tx.ctx.now };
  const endingSealed = await sealReason(tx, id, merge.id, 'ending', input.reason);
  await saveMerge(tx, merge.id, { ...ended, endingSealed, state: merged ? 'reversed' : 'withdrawn' });
  const data = { intoPersonId: merge.intoPersonId };
  if (!merged) {
    const saved = await savePerson(tx, person, {});
    tx.record({ type: 'person.merge_withdrawn', kind: 'person', id, data });
    return saved;
  }
  if (!(await isOwn(tx, merge.intoPersonId))) throw personProblems['person.not_handled']();
  const saved = await savePerson(tx, person, {
    state: personMachine.next(person.state, 'reverse-merge'),
    mergedIntoId: null,
  });
  await countAbsorbed(tx, merge.intoPersonId, -1);
  tx.record({ type: 'person.merge_reversed', kind: 'person', id, changed: ['state', 'mergedIntoId'], data });
  return saved;
}
