// Retention: rules with floors that the law sets, and a list of who is due that says what keeps them.
import { describe, expect, test } from '@jest/globals';
import { serviceActor } from '../../../src/agencies/system-actor.ts';
import { addMonths } from '../../../src/kernel/civil-date.ts';
import { reportDue } from '../../../src/retention/due.ts';
import { dueFrom, floorOf, RETENTION_RULES, retentionRule } from '../../../src/retention/policy.ts';
import { useService } from '../../support/service.ts';
import { beneficiariesOf } from '../../support/world.ts';
import { worldOf } from './life.ts';

const service = useService();

describe('the rules', () => {
  test('keep nothing shorter than the law: processing 3 years, logs 6 months, audit 10 years', () => {
    expect(retentionRule('processing_record').floorMonths).toBeGreaterThanOrEqual(36);
    expect(retentionRule('security_log').floorMonths).toBeGreaterThanOrEqual(6);
    expect(retentionRule('audit_record').floorMonths).toBeGreaterThanOrEqual(120);
    for (const { keepMonths, floorMonths, code } of RETENTION_RULES)
      expect([code, keepMonths === null || keepMonths >= floorMonths]).toEqual([code, true]);
    expect(floorOf('2024-02-29')).toBe('2027-02-28');
    expect(dueFrom('audit_record', '2020-01-01')).toBeNull();
    expect(dueFrom('case_file', '2020-01-01')).toBe('2030-01-01');
  });

  test('are told with their basis in both languages', async () => {
    const zh = await service.api.get('head.heping', '/v1/retention/rules');
    const en = await service.api.get('head.heping', '/v1/retention/rules?lang=en');
    expect([zh.status, zh.body.items?.length]).toEqual([200, RETENTION_RULES.length]);
    expect(zh.text).toContain('个人信息保护法第五十六条');
    expect(en.text).toContain('PIPL art. 56');
    expect((await service.api.get('finance.heping', '/v1/retention/rules')).status).toBe(403);
  });
});

test('who is due is listed after the period, with what keeps them, and nothing is erased', async () => {
  const { api } = service;
  const known = await worldOf(api).opened();
  const personId = beneficiariesOf(known)[0]?.personId;
  const due = async (officer = 'head.heping') =>
    (await api.get(officer, '/v1/retention/due?limit=200')).body.items ?? [];
  expect(await due()).toEqual([]);
  const { body } = await api.get('head.heping', known.path);
  const later = `${addMonths(String(body.createdAt).slice(0, 10), 121)}T09:00:00+08:00`;
  expect((await api.create('admin', '/v1/sandbox/clock', { now: later })).status).toBe(200);
  expect(await due()).toEqual([{ personId, lastOn: expect.any(String), held: false, open: true }]);
  expect(await due('head.tiexi')).toEqual([]);
  const request = {
    actor: serviceActor(),
    requestId: 'test',
    language: 'zh',
    dryRun: false,
    oversight: false,
  } as const;
  expect(await reportDue(service.tx, request)).toEqual({ due: 1, held: 0, open: 1 });
  expect((await api.get('head.heping', `/v1/persons/${personId}`)).body.state).toBe('active');
});
