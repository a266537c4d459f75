// Walks every operation of the OpenAPI document and proves the manners of contract.md §1; one without a fixture fails.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, Send } from '../support/api.ts';
import { addClient } from '../support/clients.ts';
import { loadContract, type Op, resourceOf, toCall } from '../support/contract.ts';
import { setClock } from '../support/examples.ts';
import type { Fixture, Target } from '../support/fixtures/fixture.ts';
import { fixtures } from '../support/fixtures/index.ts';
import { type MatrixActor, matrixActors } from '../support/matrix/actors.ts';
import { readExpectations } from '../support/matrix/expectation.ts';
import { addFields, readFields, unlisted, writeFields } from '../support/matrix/fields.ts';
import { pairwise } from '../support/matrix/pairwise.ts';
import { type Reading, readAll, richReadings } from '../support/matrix/readings.ts';
import { askAll, emptyMatrix } from '../support/matrix/run.ts';
import { standingOf } from '../support/matrix/subject.ts';
import { sealRecord } from '../support/sealed.ts';
import { useService } from '../support/service.ts';
import {
  absentId,
  addRoleless,
  addUnlistedColumns,
  core,
  headerFaults,
  officerWithout,
  openObjects,
  SERVER_OWNED,
  snapshot,
  strangerFor,
  UNLISTED,
} from '../support/sweep.ts';
import { compareWork } from '../support/work-equality.ts';
import { createWorld, type World } from '../support/world.ts';

const contract = await loadContract();
const service = useService();
const expectations = readExpectations();
const matrix = emptyMatrix();
const seenTypes = new Map<string, number>();
let world: World;
let actors: MatrixActor[];
/** What each operation was asked about. */
const targets = new Map<string, Target>();
beforeAll(async () => {
  world = createWorld(
    service.api,
    () => addClient(service),
    () => sealRecord(service),
  );
  await setClock(service.database.ownerUrl);
  await addRoleless(service.database.ownerUrl);
  await addUnlistedColumns(service.database.ownerUrl);
  actors = await matrixActors(service.owner, true);
});

/** Sends and holds every answer against the document, the headers and the problem shape. */
async function call(op: Op, officer: string | null, target: Target, send: Send = {}): Promise<Answer> {
  const { path, send: meant } = toCall(op, target);
  const headers = { ...meant.headers, ...send.headers };
  const answer = await service.api.as(officer, op.method, path, { ...meant, ...send, headers });
  expect(contract.faultOf(op, answer)).toBeUndefined();
  expect(answer.text).not.toContain(UNLISTED);
  expect(headerFaults(answer, op.isPublic && answer.status < 400)).toEqual([]);
  if (answer.status >= 400) {
    seenTypes.set(String(answer.body.type), answer.status);
    expect(answer.body.instance).toBe(path.split('?')[0]);
    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
  }
  return answer;
}

test('the document and the fixtures name the same operations', () => {
  expect(Object.keys(fixtures).sort()).toEqual(contract.operations.map((op) => op.id).sort());
});

test('every object of every request body and every answer is closed; a problem may say more (RFC 9457)', () => {
  expect(openObjects(contract.document)).toEqual(['/components/schemas/Problem']);
});

const withFixture = contract.operations.flatMap((op) => {
  const fixture = fixtures[op.id];
  return fixture ? [{ op, fixture }] : [];
});
type Walked = (typeof withFixture)[number];
const rows = (last: boolean) =>
  withFixture.filter((x) => (x.fixture.last ?? false) === last).map((x) => [x.op.id, x] as const);

function walk(_id: string, { op, fixture }: Walked): void {
  const { officer } = fixture;
  const write = op.method !== 'GET';
  let target: Target;
  let etag: string | undefined;
  beforeAll(async () => {
    target = await fixture.make(world);
    targets.set(op.id, target);
    if (!op.ifMatch) return;
    etag = (await service.api.get(String(officer), resourceOf(op, target))).etag;
  });
  const matched = (): Send => (etag === undefined ? {} : { etag });

  if (!op.isPublic) {
    test('401 without a token, and with a false one', async () => {
      const wrong: Record<string, string>[] = [
        {},
        { authorization: 'Bearer nonsense' },
        { authorization: 'Basic eDp5' },
      ];
      for (const headers of wrong) {
        const answer = await call(op, null, target, { ...matched(), headers });
        expect(answer.status).toBe(401);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
    });
  }

  if (op.permission) {
    test('403 for a role without the permission, the same for every id', async () => {
      const outsider = officerWithout(String(op.permission));
      const absent = { ...target, params: { ...target.params, ...(target.params?.id ? { id: absentId(0) } : {}) } };
      const answers = [await call(op, outsider, target), await call(op, outsider, absent)];
      for (const answer of answers) expect(answer).toMatchObject({ status: 403, body: { permission: op.permission } });
      expect(core(answers[0])).toBe(core(answers[1]));
    });
  }

  if (op.resource) {
    test('404 for an absent id and an invisible one, byte for byte the same', async () => {
      const { stranger, hidden } = await outsideOf(op, fixture, target);
      const absent = { ...hidden, params: { ...hidden.params, id: absentId(1) } };
      const answers = [await call(op, stranger, hidden, matched()), await call(op, stranger, absent, matched())];
      expect(answers.map((a) => a.status)).toEqual([404, 404]);
      expect(core(answers[0])).toBe(core(answers[1]));
      // Without If-Match and with a body that is empty too: visibility comes before everything but shape.
      if (op.ifMatch) expect((await call(op, stranger, hidden)).status).toBe(404);
    });
  }

  if (op.hasBody) {
    // Ajv stops at the first; the probe S-16 sends every name to every operation.
    const own = SERVER_OWNED.filter((name) => !contract.takes(op, name));
    const turn = own[op.id.length % own.length] ?? 'version';
    test.each(['notInTheContract', turn])('400 for a field that is not the caller’s: %s', async (name) => {
      const wrong = target.form
        ? { ...target, form: { ...target.form, [name]: 'x' } }
        : { ...target, body: { ...(target.body as object), [name]: true } };
      const answer = await call(op, officer, wrong, matched());
      expect([answer.status, answer.body.code]).toEqual([
        400,
        target.form ? 'oauth.invalid_request' : 'request.invalid',
      ]);
      const errors = (answer.body.errors ?? []) as { pointer: string }[];
      if (!target.form) expect(errors.map((error) => error.pointer)).toContain(`/${name}`);
    });
  }

  test('400 for an unknown query parameter', async () => {
    const answer = await call(op, officer, { ...target, query: { ...target.query, notInTheContract: '1' } }, matched());
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#query/notInTheContract' }] } });
  });

  if (op.keyRequired) {
    test('400 without an Idempotency-Key', async () => {
      const answer = await call(op, officer, target, { ...matched(), key: null });
      expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency.key_required' } });
    });
  }

  if (op.ifMatch) {
    test('428 without If-Match, 412 with a stale one', async () => {
      expect((await call(op, officer, target)).status).toBe(428);
      expect((await call(op, officer, target, { etag: '"999999.stale"' })).status).toBe(412);
    });
  }

  if (!op.isPublic) {
    test('answers each role in each relation as docs/permissions.csv says', async () => {
      const standing = await standingOf(service.owner, op, target);
      const turn = matrix.operations.size;
      const asked = pairwise(op, fixture, standing, actors, expectations, turn);
      await askAll(service, { op, fixture, target }, asked, expectations, matrix);
      expect(matrix.mismatches.splice(0)).toEqual([]);
    });
  }

  const key = `sweep-${op.id}`;
  if (op.dryRun) {
    test('a dry run answers a preview and writes nothing', async () => {
      const before = await snapshot(service.database.ownerUrl);
      const dry = { ...target, query: { ...target.query, dryRun: 'true' } };
      const answer = await call(op, officer, dry, { ...matched(), key });
      expect(answer.status).toBe(200);
      expect(await snapshot(service.database.ownerUrl)).toEqual(before);
    });
  }

  let first: Answer | undefined;
  test('succeeds as documented', async () => {
    first = await call(op, officer, target, { ...matched(), ...(op.method === 'POST' ? { key } : {}) });
    expect({ text: first.status < 300 || first.text }).toEqual({ text: true });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    if (first.status === 201) expect(first.headers.location).toMatch(/^http:\/\/service\.test\/v1\//);
    if (typeof first.body.version === 'number') expect(first.etag).toMatch(/^"\d+\.[\w-]+"$/);
    if (!write && first.etag && !fixture.momentary) {
      const again = await call(op, officer, target, { headers: { 'if-none-match': first.etag } });
      expect(again.status).toBe(304);
    }
  }, 120_000);

  if (op.method === 'POST' && !op.isPublic && fixture.stores !== false) {
    test('a repeat with the same key is the first answer again, byte for byte', async () => {
      const before = await snapshot(service.database.ownerUrl);
      const again = await call(op, officer, target, { ...matched(), key });
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect([again.status, again.text]).toEqual([first?.status, first?.text]);
      for (const name of ['etag', 'location', 'content-type']) expect(again.headers[name]).toBe(first?.headers[name]);
      expect(await snapshot(service.database.ownerUrl)).toEqual(before);
    });
  }
}

describe.each(rows(false))('%s', walk);

test('work items equal availableActions over all that the fixtures have made', async () => {
  const { faults, ...counts } = await compareWork(service);
  process.stdout.write(`work items over all fixtures: ${JSON.stringify(counts)}\n`);
  expect(faults).toEqual([]);
  expect(counts.items).toBeGreaterThan(50);
}, 120_000);

test('each role is shown the fields of docs/fields.csv and no other (S-17)', async () => {
  const reads = withFixture.filter(({ op }) => op.method === 'GET' && !op.isPublic);
  const readings: Reading[] = await richReadings(service, contract.operations);
  for (const { op, fixture } of reads) readings.push({ op, target: targets.get(op.id) ?? (await fixture.make(world)) });
  const found = await readAll(service, readings, actors, expectations);
  // Written anew with FIELDS=write, added to with FIELDS=add, for a review of each line that differs.
  const { FIELDS } = process.env;
  if (FIELDS) writeFields(FIELDS === 'add' ? addFields(readFields(), found) : found);
  expect(unlisted(found, readFields())).toEqual([]);
}, 120_000);

describe.each(rows(true))('%s', walk);

async function outsideOf(op: Op, fixture: Fixture, target: Target) {
  const stranger = fixture.stranger ?? strangerFor(String(op.permission), String(fixture.officer));
  const hidden = fixture.foreign ? { ...target, ...(await fixture.foreign(world)) } : target;
  return { stranger, hidden };
}

test('the matrix has asked about every operation', () => {
  process.stdout.write(`matrix: ${matrix.asked} answers, ${matrix.cells.size} of role and relation\n`);
  expect([...matrix.operations].sort()).toEqual(
    withFixture
      .filter(({ op }) => !op.isPublic)
      .map(({ op }) => op.id)
      .sort(),
  );
});

test('every problem type seen on the way resolves to its page', async () => {
  expect(seenTypes.size).toBeGreaterThan(5);
  for (const [type, status] of seenTypes) {
    const page = await service.api.request('GET', new URL(type).pathname);
    expect([type, page.status, page.body.status, page.body.type]).toEqual([type, 200, status, type]);
  }
});
