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

export type Matrix = {
  asked: number;
  cells: Set<string>;
  mismatches: string[];
  /** Answers that showed somebody what is closed to them. */
  leaks: string[];
  operations: Set<string>;
};

export const emptyMatrix = (): Matrix => ({
  asked: 0,
  cells: new Set(),
  mismatches: [],
  leaks: [],
  operations: new Set(),
});

export type Question = { op: Op; fixture: Fixture; target: Target };

/** The ETag that the officer of the fixture sees; where nothing can be asked without effect it moves with each answer. */
async function versionFor(service: Service, { op, fixture, target }: Question): Promise<string | undefined> {
  if (!op.ifMatch) return undefined;
  return (await service.api.get(String(fixture.officer), resourceOf(op, target))).etag;
}

const listedBy = ({ op }: Question) => LISTED.find(([address]) => address === `${op.method} ${op.path}`)?.[1];

/** A clock is seen by whoever sees what it is about. */
const STANDING = `select a.resource_id as id from access a where a.kind = $1 and a.resource_id = any($3)`;
const OF_CLOCKS = `select d.id from deadlines d join access a on a.kind = d.subject_kind and a.resource_id = d.subject_id
  where $1 = 'deadline' and d.id = any($3)`;

/** Ids of a list that are closed to the officer. */
async function foreignItems(
  service: Service,
  kind: string,
  actor: MatrixActor,
  answer: Answer,
  overseer: boolean,
): Promise<string[]> {
  const ids = (answer.body.items ?? []).map((item) => String(item.id));
  if (ids.length === 0) return [];
  const rows = await service.owner.query<{ id: string }>(
    `${kind === 'deadline' ? OF_CLOCKS : STANDING} and a.agency_id = $2
     and (a.sealed_to is null or $5 = any(a.sealed_to) or exists (
       select from officers o where o.code = $6 and o.id::text = any(a.sealed_to)))
     and (a.until is null or a.until > now()) and (a.relation <> 'oversight' or $4)`,
    [kind, actor.agencyId, ids, overseer, actor.role, actor.code],
  );
  const mine = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !mine.has(id));
}

/** Lists by what their items are: of their own, and of what hangs on a case. */
const LISTED: readonly (readonly [address: string, kind: string])[] = [
  ['GET /v1/clues', 'clue'],
  ['GET /v1/assistance-cases', 'case'],
  ['GET /v1/disbursements', 'disbursement'],
  ['GET /v1/referrals', 'referral'],
  ['GET /v1/visits', 'visit'],
  ['GET /v1/monitoring-accounts', 'account'],
  ['GET /v1/case-notices', 'notice'],
  ['GET /v1/funds', 'fund'],
  ['GET /v1/break-glass-grants', 'break_glass_grant'],
  ['GET /v1/assistance-cases/{id}/disbursements', 'disbursement'],
  ['GET /v1/assistance-cases/{id}/referrals', 'referral'],
  ['GET /v1/assistance-cases/{id}/visits', 'visit'],
  ['GET /v1/assistance-cases/{id}/deadlines', 'deadline'],
];

/** A list that says nothing: what belongs to something unseen has no entries. */
const isEmptyList = ({ body }: Answer) => Array.isArray(body.items) && body.items.length === 0;

/** `empty`: while a wall is down an empty list, too, shows nothing. */
export type Manner = { empty?: boolean };

/** Adds the answers of all actors to `matrix`. */
export async function askAll(
  service: Service,
  question: Question,
  actors: readonly MatrixActor[],
  expectations: Expectations,
  matrix: Matrix,
  { empty = false }: Manner = {},
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
    const who = `${op.id} as ${actor.code} (${relation})`;
    // Who may by role and relation may still be the one person who did the other half: that is a rule about people.
    const halved = expected === 'allow' && answer.body.code === 'decision.four_eyes';
    if (found !== expected && !halved)
      matrix.mismatches.push(
        `${who}: ${found} (${answer.status} ${String(answer.body.code ?? '')}), expected ${expected}`,
      );
    if (found === 'fault') matrix.leaks.push(`${who}: ${answer.status}`);
    if (found === 'hidden') {
      hidden ??= core(answer);
      if (core(answer) !== hidden) matrix.mismatches.push(`${who}: a 404 that differs from another: ${core(answer)}`);
    }
    if (found !== 'allow') continue;
    const kind = listedBy(question);
    const overseer = expectations.oversees(actor.role);
    const foreign = kind ? await foreignItems(service, kind, actor, answer, overseer) : [];
    if (foreign.length > 0) matrix.mismatches.push(`${who}: ${foreign.length} rows of others`);
    const shows = expected !== 'allow' && !(empty && (kind !== undefined || isEmptyList(answer)));
    if (foreign.length > 0 || shows) matrix.leaks.push(who);
    if (op.method !== 'GET' && !op.dryRun) version = await versionFor(service, question);
  }
}
