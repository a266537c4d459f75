// Checking a clue for duplicates: the receiver learns which agency deals with the same person or matter since when, and nothing of them.
import { actionProblems, ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { clueActions, clueMachine } from './domain.ts';
import { type Candidate, findCandidates, insertVerdict, type Verdict } from './duplicate-repository.ts';
import { type Clue, findClue } from './repository.ts';
import { lockClue, receiverGrants } from './service.ts';

export type Judged = Candidate & { candidateId: string };

/** The same for the same pair, and nothing to whoever has it: it is no id of the other record. */
function candidateIdOf(tx: Tx, clueId: string, rootId: string): string {
  return tx.vault.index('id_number', `duplicate|${clueId}|${rootId}`).subarray(0, 16).toString('base64url');
}

async function candidatesOf(tx: Tx, clue: Clue): Promise<Judged[]> {
  const found = await findCandidates(tx, clue.id);
  return found.map((one) => ({ ...one, candidateId: candidateIdOf(tx, clue.id, one.rootId) }));
}

/** For the receiver; each person of the clue has a record that they were searched for, whatever was found (P-06). */
export async function findDuplicates(tx: Tx, id: string): Promise<Judged[] | undefined> {
  const clue = await findClue(tx, id);
  if (!clue) return undefined;
  const refusal = clueActions['duplicate-verdict'].guard(clue, tx.ctx.actor);
  if (refusal) throw refusal;
  const candidates = await candidatesOf(tx, clue);
  const data = { clueId: id, found: candidates.length > 0 };
  for (const personId of new Set(clue.subjectRows.map((row) => row.personId)))
    tx.viewed(personId, [], 'clue.duplicate_check', { type: 'person.looked_up', data });
  return candidates;
}

/** Recorded beside the clue, in the receiver's sight only: neither its source nor the other agency is told. */
export async function judgeDuplicate(
  tx: Tx,
  id: string,
  input: { candidateId: string; verdict: Verdict; reason: string },
  expected: ExpectedVersion,
): Promise<Judged> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'duplicate-verdict', clue, tx.ctx.actor);
  const { officer, agency } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  const candidate = (await candidatesOf(tx, clue)).find((one) => one.candidateId === input.candidateId);
  if (!candidate)
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/candidateId', code: 'candidate.unknown', detail: input.candidateId },
    ]);
  const verdictId = tx.newId();
  const key = await tx.vault.keyFor('clue', id);
  const place = { table: 'clue_duplicate_verdicts', column: 'reason', rowId: verdictId };
  const row = {
    id: verdictId,
    clueId: id,
    candidateId: candidate.rootId,
    verdict: input.verdict,
    reasonSealed: tx.vault.seal(key, place, input.reason),
    agencyId: agency.id,
    officerId: officer.id,
    givenAt: tx.ctx.now,
  };
  await insertVerdict(tx, row);
  tx.record({
    type: 'duplicate_verdict.recorded',
    kind: 'duplicate_verdict',
    id: verdictId,
    data: { clueId: id, candidateId: candidate.candidateId, verdict: input.verdict },
    access: await receiverGrants(tx, agency.id),
  });
  return { ...candidate, verdict: row };
}
