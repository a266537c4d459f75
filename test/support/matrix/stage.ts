// The matrix on a service of its own: every operation with something to ask about, made once and asked again and again.
import type { Walls } from '../../../src/platform/db/context.ts';
import { Api } from '../api.ts';
import { addClient } from '../clients.ts';
import { loadContract, type Op } from '../contract.ts';
import { fixtures } from '../fixtures/index.ts';
import startDatabase from '../global-setup.ts';
import { sealRecord } from '../sealed.ts';
import { type Service, startService } from '../start.ts';
import { createWorld, type World } from '../world.ts';
import { type MatrixActor, matrixActors } from './actors.ts';
import { type Expectations, readExpectations } from './expectation.ts';
import { askAll, emptyMatrix, type Matrix, type Question } from './run.ts';
import { relationOf, standingOf } from './subject.ts';

export type Stage = {
  service: Service;
  world: World;
  walls: Walls;
  operations: readonly Op[];
  questions: readonly Question[];
  actors: readonly MatrixActor[];
  expectations: Expectations;
};

async function questionsOf(operations: readonly Op[], world: World): Promise<Question[]> {
  const questions: Question[] = [];
  for (const op of operations) {
    const fixture = fixtures[op.id];
    if (fixture && !op.isPublic) questions.push({ op, fixture, target: await fixture.make(world) });
  }
  return questions;
}

export type StageOptions = { few?: boolean; poolSize?: number };

export async function withStage<T>(
  work: (stage: Stage) => Promise<T>,
  { few = false, poolSize }: StageOptions = {},
): Promise<T> {
  const stopDatabase = await startDatabase();
  const walls: Walls = {};
  try {
    const service = await startService({ walls, ...(poolSize === undefined ? {} : { poolSize }) });
    try {
      const world = createWorld(
        service.api,
        () => addClient(service),
        () => sealRecord(service),
      );
      const { operations } = await loadContract();
      const questions = await questionsOf(operations, world);
      const actors = await matrixActors(service.owner, few);
      return await work({ service, world, walls, operations, questions, actors, expectations: readExpectations() });
    } finally {
      await service.stop();
    }
  } finally {
    await stopDatabase();
  }
}

/** Nobody's rights are remembered from an earlier round: each officer gets a new token. */
export const freshly = (service: Service): Service => ({ ...service, api: new Api(service.app) });

/** What later stories push out of the newest candidates is made anew. */
const FLEETING = ['recordDuplicateVerdict'];
const asItStands = async ({ world }: Stage, question: Question): Promise<Question> =>
  FLEETING.includes(question.op.id) ? { ...question, target: await question.fixture.make(world) } : question;

export type Round = {
  /** Ends at the first operation with a mismatch. */
  untilFirst?: boolean;
  questions?: readonly Question[];
};

/** What touches all data, and what knows no dry run and would stay, is only asked of those to whom it is closed. */
const harmless = ({ expectations, actors }: Stage, { op, fixture }: Question) =>
  fixture.last || (op.method === 'POST' && !op.dryRun && fixture.stores !== false)
    ? actors.filter(({ role }) => expectations.of(op.id, role, 'any') !== 'allow')
    : actors;

export async function runMatrix(
  stage: Stage,
  { untilFirst = false, questions = stage.questions }: Round = {},
): Promise<Matrix> {
  const service = freshly(stage.service);
  const matrix = emptyMatrix();
  for (const question of questions) {
    const asked = await asItStands(stage, question);
    await askAll(service, asked, harmless(stage, question), stage.expectations, matrix);
    if (untilFirst && matrix.mismatches.length > 0) break;
  }
  return matrix;
}

/** Who may not see the subject gets none of it, whatever the answer is called: for rounds in which one wall is down. */
export async function runForLeaks(stage: Stage, { untilFirst = false, questions = stage.questions }: Round = {}) {
  const service = freshly(stage.service);
  const leaks: string[] = [];
  let asked = 0;
  for (const question of questions) {
    const { op } = question;
    const standing = await standingOf(service.owner, op, question.target);
    const listing = op.method === 'GET' && standing === undefined;
    if (!standing && !listing) continue;
    const outside = stage.actors.filter((actor) => {
      const closed = ['hidden', 'unknown'].includes(
        stage.expectations.of(op.id, actor.role, relationOf(standing, actor)),
      );
      return closed || (listing && stage.expectations.of(op.id, actor.role, 'any') === 'allow');
    });
    const matrix = emptyMatrix();
    await askAll(service, question, outside, stage.expectations, matrix, { empty: true });
    asked += matrix.asked;
    leaks.push(...matrix.leaks);
    if (untilFirst && leaks.length > 0) break;
  }
  return { asked, leaks };
}

/** Row security of every table off or on again, as their owner. */
export async function setRowSecurity({ service }: Stage, on: boolean): Promise<void> {
  const tables = await service.owner.query<{ name: string }>(
    `select distinct format('%I', tablename) as name from pg_policies where schemaname = 'public'`,
  );
  for (const { name } of tables)
    await service.owner.query(`alter table ${name} ${on ? 'enable' : 'disable'} row level security`);
}
