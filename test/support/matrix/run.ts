// Asks one operation as many officers as the matrix has, and compares each answer with docs/permissions.csv (S-12, S-13).
import type { Answer } from '../api.ts';
import { type Op, resourceOf } from '../contract.ts';
import type { Fixture, Target } from '../fixtures/fixture.ts';
import type { Service } from '../start.ts';
import { core } from '../sweep.ts';
import type { MatrixActor } from './actors.ts';
import { ask, outcomeOf } from './ask.ts';
import type { Expectations } from './expectation.ts';
import { relationOf, standingOf } from './subject.ts';

export type Matrix = { asked: number; cells: Set<string>; mismatches: string[]; operations: Set<string> };

export const emptyMatrix = (): Matrix => ({ asked: 0, cells: new Set(), mismatches: [], operations: new Set() });

export type Question = { op: Op; fixture: Fixture; target: Target };

/** The ETag that the officer of the fixture sees; where nothing can be asked without effect it moves with each answer. */
async function versionFor(service: Service, { op, fixture, target }: Question): Promise<string | undefined> {
  if (!op.ifMatch) return undefined;
  return (await service.api.get(String(fixture.officer), resourceOf(op, target))).etag;
}

/** Ids of a list that the officer's agency has nothing to do with. */
async function foreignItems(service: Service, { op }: Question, actor: MatrixActor, answer: Answer): Promise<string[]> {
  const listed = LISTED.find(([address]) => address === `${op.method} ${op.path}`);
  const ids = (answer.body.items ?? []).map((item) => String(item.id));
  if (!listed || ids.length === 0) return [];
  const rows = await service.owner.query<{ id: string }>(
    'select resource_id as id from access where kind = $1 and agency_id = $2 and resource_id = any($3)',
    [listed[1], actor.agencyId, ids],
  );
  const mine = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !mine.has(id));
}

const LISTED: readonly (readonly [address: string, kind: string])[] = [
  ['GET /v1/clues', 'clue'],
  ['GET /v1/assistance-cases', 'case'],
  ['GET /v1/disbursements', 'disbursement'],
  ['GET /v1/referrals', 'referral'],
  ['GET /v1/visits', 'visit'],
  ['GET /v1/monitoring-accounts', 'account'],
  ['GET /v1/case-notices', 'notice'],
  ['GET /v1/funds', 'fund'],
];

/** Adds the answers of all actors to `matrix`. */
export async function askAll(
  service: Service,
  question: Question,
  actors: readonly MatrixActor[],
  expectations: Expectations,
  matrix: Matrix,
): Promise<void> {
  const { op, target } = question;
  const standing = await standingOf(service.owner, op, target);
  let version = await versionFor(service, question);
  let hidden: string | undefined;
  matrix.operations.add(op.id);
  for (const actor of actors) {
    const relation = relationOf(standing, actor);
    const expected = expectations.of(op.id, actor.role, relation);
    const answer = await ask(service.api, op, target, actor.code, version);
    const found = outcomeOf(answer);
    matrix.asked += 1;
    matrix.cells.add(`${op.id}|${actor.role}|${relation}`);
    const fault = (what: string) => matrix.mismatches.push(`${op.id} as ${actor.code} (${relation}): ${what}`);
    if (found !== expected)
      fault(`${found} (${answer.status} ${String(answer.body.code ?? '')}), expected ${expected}`);
    if (found === 'hidden') {
      hidden ??= core(answer);
      if (core(answer) !== hidden) fault(`a 404 that differs from another: ${core(answer)}`);
    }
    const foreign = found === 'allow' ? await foreignItems(service, question, actor, answer) : [];
    if (foreign.length > 0) fault(`${foreign.length} rows of others`);
    if (found === 'allow' && op.method !== 'GET' && !op.dryRun) version = await versionFor(service, question);
  }
}
