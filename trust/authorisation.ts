// Probes of authorisation: the matrix of every operation, role and relation against docs/permissions.csv; ids by other ways; one wall alone.
import { permissionsOf, type Role } from '../src/agencies/roles.ts';
import { fillPath } from '../test/support/contract.ts';
import { ask } from '../test/support/matrix/ask.ts';
import { emptyMatrix } from '../test/support/matrix/run.ts';
import { MINOR, readsOf, type Situation, seesChildren, situations } from '../test/support/matrix/situations.ts';
import { runForLeaks, runMatrix, type Stage, setRowSecurity, withStage } from '../test/support/matrix/stage.ts';
import { asAgency, withClient } from '../test/support/sql.ts';
import type { Probe, Reading } from './probe.ts';

const some = (lines: readonly string[]) => lines.slice(0, 20);

/** The name of a child in an answer to somebody who does not work on the case. */
async function childrenShown(stage: Stage, situation: Situation): Promise<string[]> {
  const shown: string[] = [];
  for (const { op, target } of readsOf(stage, situation))
    for (const { code } of stage.actors.filter((actor) => !seesChildren(actor.code))) {
      const { text } = await stage.service.api.get(code, fillPath(op.path, target.params ?? {}, target.query));
      if (text.includes(MINOR)) shown.push(`${op.id} shows ${code} the name of ${situation.name}`);
    }
  return shown;
}

async function matrix(): Promise<Reading> {
  return withStage(async (stage) => {
    const all = await runMatrix(stage);
    const shown: string[] = [];
    for (const situation of await situations(stage.world)) {
      const part = await runMatrix(stage, { questions: readsOf(stage, situation) });
      all.asked += part.asked;
      for (const cell of part.cells) all.cells.add(cell);
      all.mismatches.push(...part.mismatches.map((line) => `${situation.name}: ${line}`));
      if (situation.minor) shown.push(...(await childrenShown(stage, situation)));
    }
    const open = stage.operations.filter((op) => op.isPublic).length;
    const covered = all.operations.size + open;
    const faults = [...all.mismatches, ...shown];
    return {
      figure: `operations covered ${covered} of ${stage.operations.length} (${open} public), ${all.asked} answers as ${stage.actors.length} officers, ${all.cells.size} pairs of role and relation, mismatches ${faults.length}`,
      met: covered === stage.operations.length && faults.length === 0,
      detail: some(faults),
    };
  });
}

/** What an officer of Tiexi gets with a cursor, a key or a filter of Heping's. */
async function indirect(): Promise<Reading> {
  return withStage(async ({ service, world, questions }) => {
    const { api } = service;
    const faults: string[] = [];
    let asked = 0;
    const lists = questions.filter(({ op }) => op.method === 'GET' && !op.path.includes('{') && op.id !== 'listEvents');
    for (const { op, fixture } of lists) {
      const mine = await api.get(String(fixture.officer), `${op.path}?limit=1`);
      if (typeof mine.body.nextCursor !== 'string') continue;
      const other = String(fixture.officer).replace('heping', 'tiexi');
      if (other === fixture.officer) continue;
      const theirs = await api.get(other, `${op.path}?limit=1&cursor=${encodeURIComponent(mine.body.nextCursor)}`);
      asked += 1;
      if (theirs.status < 400) faults.push(`${op.id}: ${other} goes on where ${fixture.officer} stopped`);
    }
    const known = await world.granted();
    const [person] = known.body.beneficiaries as { personId: string }[];
    const filters = {
      '/v1/disbursements': [`assistanceCaseId=${known.id}`],
      '/v1/referrals': [`assistanceCaseId=${known.id}`],
      '/v1/visits': [`assistanceCaseId=${known.id}`],
      '/v1/monitoring-accounts': [`personId=${person?.personId}`],
      '/v1/case-notices': [`assistanceCaseId=${known.id}`],
      '/v1/deadlines': [`agencyId=${await world.agencyOf('head.heping')}`],
      '/v1/assistance-cases': [`agencyId=${await world.agencyOf('head.heping')}`],
    };
    for (const [path, queries] of Object.entries(filters))
      for (const query of queries) {
        const { status, body } = await api.get('head.tiexi', `${path}?${query}&includeTotal=true`);
        asked += 1;
        if (status < 300 && (body.items?.length !== 0 || body.total !== 0)) faults.push(`${path}?${query}: ${status}`);
      }
    const body = world.clueInput();
    const first = await api.as('wf.heping', 'POST', '/v1/clues', { body, key: 'the-same-key' });
    const again = await api.as('wf.tiexi', 'POST', '/v1/clues', { body, key: 'the-same-key' });
    asked += 1;
    if (again.headers['idempotency-replayed'] || again.body.id === first.body.id)
      faults.push('a key of another agency is replayed');
    return {
      figure: `${asked} cursors, filters and keys of another agency, ${faults.length} answered`,
      met: faults.length === 0,
      detail: some(faults),
    };
  });
}

/** Rows that the plain role sees without an agency, over all guarded tables. */
async function rowsWithoutContext(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select distinct format('%I', tablename) as name from pg_policies where schemaname = 'public'`,
    );
    let seen = 0;
    for (const agency of [null, '']) {
      await asAgency(client, agency);
      for (const { name } of tables) seen += (await client.query(`select 1 from ${name} limit 5`)).rowCount ?? 0;
    }
    return seen;
  });
}

async function secondWall(): Promise<Reading> {
  return withStage(async (stage) => {
    const bare = await rowsWithoutContext(stage.service.database.appUrl);
    stage.walls.unfiltered = 'all';
    const alone = await runForLeaks(stage);
    stage.walls.unfiltered = undefined;
    await setRowSecurity(stage, false);
    const first = await runMatrix(stage);
    await setRowSecurity(stage, true);
    const isWrite = (leak: string) =>
      stage.operations.some((op) => op.method !== 'GET' && leak.startsWith(`${op.id} as `));
    const reads = alone.leaks.filter((leak) => !isWrite(leak));
    const writes = alone.leaks.filter(isWrite);
    return {
      figure: `row security alone: ${alone.asked} answers, ${reads.length} with rows of others or an error (${writes.length} dry runs of a write passed, without a row); without a context ${bare} rows; the filter alone: ${first.asked} answers, ${first.mismatches.length} mismatches`,
      met: reads.length === 0 && bare === 0 && first.mismatches.length === 0,
      detail: [...some(reads), ...some(writes), ...some(first.mismatches)],
    };
  });
}

/** Each role that stands in the code against what an unknown one gets. */
async function unknownRole(): Promise<Reading> {
  return withStage(
    async (stage) => {
      const [first] = stage.actors;
      const ghost = 'ghost.heping';
      await stage.service.owner.query(
        `insert into officers (id, agency_id, code, name, person_key, roles, created_at, updated_at)
         values (gen_random_uuid(), $2, $1, '无此岗', $1, array['ghost', '__proto__'], now(), now())`,
        [ghost, first?.agencyId],
      );
      const result = emptyMatrix();
      for (const { op, target } of stage.questions.filter((question) => question.op.permission)) {
        const { status, body } = await ask(stage.service.api, op, target, ghost, '"1.x"');
        result.asked += 1;
        if (status !== 403 || body.permission !== op.permission) result.mismatches.push(`${op.id}: ${status}`);
      }
      const held = permissionsOf(['ghost' as Role]).size;
      return {
        figure: `${result.asked} operations as an unknown role, ${result.mismatches.length} open; permissions of it: ${held}`,
        met: result.mismatches.length === 0 && held === 0,
        detail: some(result.mismatches),
      };
    },
    { few: true },
  );
}

export const probes: readonly Probe[] = [
  {
    number: 'S-12',
    name: 'BOLA matrix: every operation, role and relation, and minors',
    target: 'every operation of the contract, 0 mismatches; 404 bodies equal (S-13)',
    run: matrix,
  },
  {
    number: 'S-14',
    name: 'Ids by other ways: cursors, filters, idempotency keys of another agency',
    target: '0 answered',
    run: indirect,
  },
  { number: 'S-15', name: 'An unknown role', target: '403 everywhere', run: unknownRole },
  {
    number: 'S-19',
    name: 'Each wall alone: row security without the filter, the filter without row security',
    target: '0 rows of others, 0 errors, 0 rows without a context',
    run: secondWall,
  },
];
