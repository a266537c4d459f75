// Erasure: by two people, never under a hold, open or too early; afterwards neither the database nor a backup of it tells who it was.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { checkSealed } from '../../../src/keys/check.ts';
import type { Json } from '../../support/api.ts';
import { formsOf } from '../../support/disk-scan.ts';
import { withKeys } from '../../support/keys.ts';
import { rowsOf } from '../../support/rows.ts';
import { useService } from '../../support/service.ts';
import { TEST_KEK } from '../../support/settings.ts';
import { must } from '../../support/story.ts';
import type { World } from '../../support/world.ts';
import { endLife, type Life, liveCase, worldOf } from './life.ts';

const service = useService();
const WISH = { ground: 'unlawful_collection', reason: '当事人要求，收集无法定依据' };
let world: World;
let alone: Life;
let shared: Life;
/** Every row of the main schema as a backup holds it, taken before anything is erased. */
let backup = '';

const erasing = (officer: string, life: Life, body: Json = WISH) =>
  service.api.decide(officer, `/v1/persons/${life.personId}`, 'erasure', body);

const found = (where: string, texts: readonly string[]) => {
  const bytes = Buffer.from(where);
  return texts.filter((text) => formsOf(text).some((form) => bytes.includes(form)));
};

beforeAll(async () => {
  world = worldOf(service.api);
  alone = await liveCase(world, { alone: true });
  shared = await liveCase(world);
}, 60_000);

describe('an erasure is refused', () => {
  test('while anything is open', async () => {
    const refused = await erasing('handler.heping', alone);
    expect(refused).toMatchObject({ status: 409, body: { code: 'person.records_open' } });
    expect(refused.text).toContain('assistanceCases');
    await endLife(world, alone);
    await endLife(world, shared);
  });

  test('before the floor, unless it was collected unlawfully', async () => {
    const early = await erasing('handler.heping', alone, { ...WISH, ground: 'purpose_fulfilled' });
    expect(early).toMatchObject({ status: 409, body: { code: 'person.retention_floor' } });
  });

  test('under a legal hold, which two people end', async () => {
    const { api } = service;
    const hold = must(
      await api.create('chief.heping', '/v1/legal-holds', {
        subject: { kind: 'case', id: alone.caseId },
        reasonCode: 'litigation',
        reason: '国家赔偿诉讼中',
      }),
      '/v1/legal-holds',
    );
    expect(await erasing('handler.heping', alone)).toMatchObject({ status: 409, body: { code: 'person.legal_hold' } });
    const proposed = await api.decide('chief.heping', hold.path, 'release', { reason: '诉讼终结' });
    expect(proposed.body.state).toBe('release_proposed');
    expect((await api.decide('chief.heping', hold.path, 'release', { reason: '诉讼终结' })).body.code).toBe(
      'decision.four_eyes',
    );
    expect((await erasing('handler.heping', alone)).body.code).toBe('person.legal_hold');
    expect((await api.decide('head.heping', hold.path, 'release', { reason: '诉讼终结' })).body.state).toBe('released');
    const list = await api.get('head.heping', '/v1/legal-holds?state=released');
    expect(list.body.items).toHaveLength(1);
    expect(list.text).not.toContain('国家赔偿');
    expect((await api.get('chief.tiexi', hold.path)).status).toBe(404);
  });

  test('to others than who handles the person, and to one person alone', async () => {
    expect((await erasing('head.tiexi', alone)).status).toBe(404);
    expect((await erasing('wf.heping', alone)).status).toBe(403);
    backup = await rowsOf(service);
    const proposed = await erasing('handler.heping', alone);
    expect(proposed).toMatchObject({ status: 200, body: { state: 'active', erasure: { state: 'proposed' } } });
    expect((await erasing('handler.heping', alone)).body.code).toBe('decision.four_eyes');
    expect((await erasing('head.heping', alone, { ...WISH, ground: 'subject_request' })).status).toBe(409);
  });
});

describe('once it is confirmed', () => {
  let moneyBefore: Json[] = [];
  const money = () =>
    service.owner.query<Json>(
      `select d.id, d.amount_fen::text, d.state, d.paid_on::text, c.decision_number, c.granted_fen::text from disbursements d join assistance_cases c on c.id = d.case_id order by 1`,
    );

  test('what remains is a tombstone', async () => {
    moneyBefore = await money();
    const dry = await service.api.decide('head.heping', `/v1/persons/${alone.personId}`, 'erasure?dryRun=true', WISH);
    expect(dry).toMatchObject({ status: 200, body: { state: 'erased' } });
    expect((await service.api.get('head.heping', `/v1/persons/${alone.personId}`)).body.state).toBe('active');
    const erased = await erasing('head.heping', alone);
    expect(erased).toMatchObject({
      status: 200,
      body: {
        state: 'erased',
        name: '*',
        idNumber: null,
        birthYear: null,
        sex: 'unknown',
        erasure: { state: 'erased' },
      },
    });
    expect((await erasing('chief.heping', alone)).body.code).toBe('person.illegal_transition');
    const asked = { purpose: 'subject_request', legalBasis: 'statutory_duty' };
    const copy = await service.api.create('head.heping', `/v1/persons/${alone.personId}/subject-export`, asked);
    expect(copy).toMatchObject({ status: 409, body: { code: 'person.erased' } });
  });

  test('nothing in the database names the person, and nobody finds them', async () => {
    expect(found(await rowsOf(service), alone.truth)).toEqual([]);
    const lookup = await service.api.create('head.heping', '/v1/persons/lookups', { idNumber: alone.idNumber });
    expect(lookup.body.items).toEqual([]);
  });

  test('a restored backup of the main schema stays unreadable with the keys that are left', async () => {
    expect(found(backup, alone.truth)).toEqual([]);
    const keys = await service.owner.query<{ id: string; owner_id: string }>(
      'select id, owner_id from keyring.data_keys',
    );
    const mine = [
      alone.personId,
      alone.caseId,
      alone.clue.id,
      alone.referral.id,
      alone.visit.id,
      alone.line.id,
      alone.accountId,
    ];
    expect(keys.filter((key) => mine.includes(key.owner_id))).toEqual([]);
    // A ciphertext begins with the id of its key: none that is left is named by a text of the person.
    const known = new Set(keys.map((key) => key.id.replaceAll('-', '')));
    const rows = backup.split('\n').filter((row) => mine.some((id) => row.startsWith(`(${id},`)));
    const used = rows.flatMap((row) => [...row.matchAll(/\\\\x4131([0-9a-f]{32})/g)].map((m) => String(m[1])));
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((id) => known.has(id))).toEqual([]);
  });

  test('a check of all keys calls that erased, and nothing lost', async () => {
    const checked = await withKeys(service.database, { keks: [TEST_KEK] }, ({ client, keyring }) =>
      checkSealed(client, keyring),
    );
    expect(checked).toMatchObject({ lost: [], unreadable: [] });
    expect(checked.erased).toBeGreaterThan(5);
  });

  test('money, decisions and the record of what was done stay', async () => {
    expect(await money()).toEqual(moneyBefore);
    const audit = await service.owner.query<{ data: Json; changed: string[] }>(
      `select data, changed from audit_records where type = 'person.erased' and resource_id = $1`,
      [alone.personId],
    );
    expect(audit).toMatchObject([{ data: { ground: 'unlawful_collection' }, changed: ['state', 'identity'] }]);
    expect(Number(audit[0]?.data.keysDestroyed)).toBeGreaterThan(5);
  });

  test('every record can still be opened, without anything of the person', async () => {
    const reads: readonly (readonly [string, string])[] = [
      ['handler.heping', `/v1/assistance-cases/${alone.caseId}`],
      ['chief.heping', `/v1/assistance-cases/${alone.caseId}/dossier`],
      ['handler.heping', `/v1/assistance-cases/${alone.caseId}/history`],
      ['handler.heping', `/v1/assistance-cases/${alone.caseId}/letters/decision`],
      ['wf.heping', alone.clue.path],
      ['civil.heping', alone.referral.path],
      ['handler.heping', `${alone.referral.path}/package`],
      ['handler.heping', alone.visit.path],
      ['finance.heping', alone.line.path],
      ['wf.heping', `/v1/monitoring-accounts/${alone.accountId}`],
      ['wf.heping', `/v1/monitoring-accounts/${alone.accountId}/entries`],
      ['wf.heping', '/v1/case-notices'],
    ];
    for (const [officer, path] of reads) {
      const read = await service.api.get(officer, path);
      expect([path, read.status, found(read.text, alone.truth)]).toEqual([path, 200, []]);
    }
  });

  test('a repeated request of former times does nothing again, and tells nothing', async () => {
    const stored = await service.owner.query<{ scope: string; key: string }>(
      'select scope, key from idempotency_keys where status = 410',
    );
    expect(stored.length).toBeGreaterThan(5);
  });
});

describe('in records about others too', () => {
  test('the person is struck out, and the others stay', async () => {
    expect((await erasing('handler.heping', shared)).status).toBe(200);
    expect((await erasing('head.heping', shared)).body).toMatchObject({ state: 'erased' });
    const values = shared.truth.filter((text) => !text.includes('标记'));
    expect(found(await rowsOf(service), values)).toEqual([]);
    const read = await service.api.get('handler.heping', `/v1/assistance-cases/${shared.caseId}`);
    expect(read.status).toBe(200);
    expect(found(read.text, values)).toEqual([]);
    expect(String(read.body.facts)).toContain('［已删除］');
    expect(String(read.body.facts)).toContain(shared.third[0]);
  });

  test('the same number later is somebody new', async () => {
    const again = await service.api.create('wf.heping', '/v1/clues', {
      ...(await import('../../support/samples.ts')).sampleClue(),
      subjects: [{ name: alone.name, idType: 'citizen_id', idNumber: alone.idNumber, categories: ['W2'] }],
    });
    expect(again.status).toBe(201);
    const [row] = await service.owner.query<{ person_id: string }>(
      'select person_id from clue_subjects where clue_id = $1',
      [String(again.body.id)],
    );
    expect(row?.person_id).not.toBe(alone.personId);
  });
});
