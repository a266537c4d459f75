// The copy for the person concerned: complete against what was written, other people covered, audited, and as few statements for many records as for few.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { SHOWN, WITHHELD } from '../../../src/retention/subject-columns.ts';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Life, liveCase, worldOf } from './life.ts';

const service = useService();
const WISH = { purpose: 'subject_request', legalBasis: 'statutory_duty' };
let life: Life;

const exporting = (officer: string, body: Json = WISH, id = life.personId) =>
  service.api.create(officer, `/v1/persons/${id}/subject-export`, body);

beforeAll(async () => {
  life = await liveCase(worldOf(service.api));
});

describe('the copy', () => {
  test('holds every text and value that any agency wrote about the person', async () => {
    const copy = await exporting('head.heping');
    expect(copy.status).toBe(200);
    const inside = JSON.stringify(copy.body.sections);
    expect(life.truth.filter((text) => !inside.includes(text))).toEqual([]);
    const names = (copy.body.sections as { name: string }[]).map((s) => s.name);
    for (const name of [
      'identity',
      'clues',
      'assistanceCases',
      'disbursements',
      'referrals',
      'visits',
      'monitoringAccounts',
      'accessLog',
    ])
      expect(names).toContain(name);
    expect(inside).toContain('20000.00');
  });

  test('names other people by initials, with masked numbers, in texts too', async () => {
    const { text } = await exporting('head.heping');
    for (const secret of life.third) expect([secret, text.includes(secret)]).toEqual([secret, false]);
    const [child = ''] = life.third;
    expect(text).toContain(`${child[0]}某某`);
    expect(text).not.toMatch(/personKey|_sealed|\\\\x[0-9a-f]{20}/);
  });

  test('is audited as a disclosure with purpose and basis, and stores no answer', async () => {
    await exporting('head.heping', { purpose: '当事人书面申请', legalBasis: 'consent' });
    const rows = await service.owner.query<{ purpose: string; data: Json }>(
      `select purpose, data from audit_records where type = 'person.exported' and resource_id = $1 order by id`,
      [life.personId],
    );
    expect(rows.at(-1)).toMatchObject({ purpose: 'other', data: { legalBasis: 'consent' } });
    expect(JSON.stringify(rows)).not.toContain('书面申请');
    expect(rows[0]).toMatchObject({ purpose: 'subject_request', data: { legalBasis: 'statutory_duty' } });
    const kept = await service.owner.query(
      `select 1 from idempotency_keys where fingerprint is not null and status = 200 and reply is not null and key like '%export%'`,
    );
    expect(kept).toEqual([]);
  });

  test('is for an agency that handles the person, by an officer with the permission', async () => {
    expect((await exporting('head.tiexi')).status).toBe(404);
    expect((await exporting('civil.heping')).status).toBe(403);
    expect((await exporting('supervisor.liaoning')).status).toBe(403);
    expect((await exporting('wf.heping')).status).toBe(403);
    expect((await exporting('head.shenyang')).status).toBe(404);
  });

  test('leaves out a hidden address for whoever did not hide it', async () => {
    const { api } = service;
    const path = `/v1/persons/${life.personId}/safe-contact?createOnly=true`;
    const rule = { reasonCode: 'domestic_violence', hiddenAddress: true, note: '藏身处标记', reviewOn: '2031-01-01' };
    expect((await api.as('wf.heping', 'PUT', path, { body: rule })).status).toBe(201);
    const copy = await exporting('head.heping');
    expect(copy.body.withheld).toEqual(['phone', 'address']);
    for (const hidden of ['号胡同', '1390249', '藏身处标记'])
      expect([hidden, copy.text.includes(hidden)]).toEqual([hidden, false]);
  });
});

test('holds what a superior carried of the aid', async () => {
  await service.owner.query(
    `insert into case_shares (id, case_id, beneficiary_id, agency_id, status, requested_fen, requested_by,
       requested_by_person_key, requested_on, created_at, updated_at)
     select gen_random_uuid(), b.case_id, b.id, c.handling_agency_id, 'lapsed', 12345, c.opened_by, 'somebody', current_date, now(), now()
     from case_beneficiaries b join assistance_cases c on c.id = b.case_id where b.person_id = $1 limit 1`,
    [life.personId],
  );
  const { body, text } = await exporting('head.heping');
  const sections = body.sections as { name: string; records: Json[] }[];
  const shares = sections.find(({ name }) => name === 'caseShares');
  expect(shares?.records).toMatchObject([{ status: 'lapsed', requestedAmount: { amount: '123.45', currency: 'CNY' } }]);
  expect(text).not.toContain('somebody');
});

test('every column of its tables is shown or withheld by name', async () => {
  const rows = await service.owner.query<{ place: string }>(
    `select table_name || '.' || column_name as place from information_schema.columns
     where table_schema = 'public' and table_name = any($1)`,
    [Object.keys(SHOWN).filter((table) => table !== 'audit_records')],
  );
  const named = (lists: Readonly<Record<string, string>>) =>
    Object.entries(lists).flatMap(([table, columns]) =>
      table === 'audit_records' ? [] : columns.split(' ').map((column) => `${table}.${column}`),
    );
  const decided = [...named(SHOWN), ...named(WITHHELD)];
  expect(new Set(decided).size).toBe(decided.length);
  expect(decided.sort()).toEqual(rows.map(({ place }) => place).sort());
});
