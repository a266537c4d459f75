// docs/permissions.csv against the policy as data: every operation, every role, every action; and what must not boot (S-12, S-15).
import { describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { accountActions } from '../../src/accounts/domain.ts';
import { permissionsOf, ROLES, type Role } from '../../src/agencies/roles.ts';
import { caseActions } from '../../src/cases/actions.ts';
import { noticeActions } from '../../src/cases/notice-domain.ts';
import { clueActions } from '../../src/clues/domain.ts';
import { deadlineActions } from '../../src/deadlines/domain.ts';
import { disbursementActions } from '../../src/disbursements/actions.ts';
import { grantActions } from '../../src/grants/domain.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { type Act, can, RELATIONS, refusalOf } from '../../src/kernel/can.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { personActions, reviewActions } from '../../src/persons/lifecycle.ts';
import { registerOpenApi } from '../../src/platform/http/openapi.ts';
import { referralActions } from '../../src/referrals/domain.ts';
import { holdActions } from '../../src/retention/domain.ts';
import { visitActions } from '../../src/visits/domain.ts';
import { loadContract } from '../support/contract.ts';
import { readExpectations } from '../support/matrix/expectation.ts';

const { operations } = await loadContract();
const expectations = readExpectations();

const agency = { id: 'a', code: 'a', name: 'a', kind: 'procuratorate', level: 'county', regionCode: '210102' } as const;
/** Somebody with exactly these permissions, in person. */
function actorWith(permissions: ReadonlySet<string>): Actor {
  const officer = { id: 'o', code: 'o', name: 'o', roles: [], personKey: 'p' };
  return Object.assign({ officer, client: null, agency, permissions }, { factor: 'sandbox' });
}

describe('docs/permissions.csv', () => {
  test('has a line for every operation of the contract and no other', () => {
    expect([...expectations.rows.keys()].sort()).toEqual(operations.map((op) => op.id).sort());
    for (const op of operations) expect(expectations.rows.get(op.id)?.address).toBe(`${op.method} ${op.path}`);
  });

  test('has a column for every role and no other', () => {
    expect([...expectations.roles].sort()).toEqual(Object.keys(ROLES).sort());
  });

  test('gives to each role what its permissions open, and refuses all else', () => {
    const faults = operations.flatMap((op) =>
      expectations.roles.flatMap((role) => {
        const permission = (op.isPublic ? 'public' : (op.permission ?? 'authenticated')) as Act['permission'];
        const open = can(actorWith(permissionsOf([role])), { permission });
        const told = expectations.of(op.id, role, 'any') !== 'permission';
        return open === told ? [] : [`${op.id} ${role}: ${open ? 'open' : 'closed'}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test('opens what is only overseen to those who have the right to oversee', () => {
    const overseers = expectations.roles.filter(
      (role) => expectations.of('getAssistanceCase', role, 'oversight') === 'allow',
    );
    expect(overseers).toEqual(Object.keys(ROLES).filter((role) => permissionsOf([role as Role]).has('oversight:read')));
  });
});

test('an action asks for the permission of its operation', () => {
  const tables = {
    clues: clueActions,
    'assistance-cases': caseActions,
    'case-notices': noticeActions,
    disbursements: disbursementActions,
    referrals: referralActions,
    visits: visitActions,
    'monitoring-accounts': accountActions,
    deadlines: deadlineActions,
    persons: personActions,
    'person-reviews': reviewActions,
    'legal-holds': holdActions,
    'break-glass-grants': grantActions,
  };
  const faults = Object.entries(tables).flatMap(([plural, table]) =>
    Object.values<{ path: string; method?: string; permission: string }>(table).flatMap((spec) => {
      const path = `/v1/${plural}/{id}${spec.path ? `/${spec.path}` : ''}`;
      const shape = path.replaceAll(/\{\w+\}/g, '{}');
      const op = operations.find(
        (found) => found.method === (spec.method ?? 'POST') && found.path.replaceAll(/\{\w+\}/g, '{}') === shape,
      );
      return op?.permission === spec.permission ? [] : [`${path}: ${spec.permission}, its operation ${op?.permission}`];
    }),
  );
  expect(faults).toEqual([]);
});

describe('can()', () => {
  const reader = actorWith(new Set(['case:read']));
  const read = { permission: 'case:read' } as const;

  test('denies what names no permission, whom it does not know, and a role that nobody defined', () => {
    expect(refusalOf(reader, { permission: undefined })).toEqual({ wall: 'permission' });
    expect(refusalOf(null, { permission: 'authenticated' })).toEqual({ wall: 'identity' });
    expect(permissionsOf(['ghost', '__proto__', 'constructor'])).toEqual(new Set());
    for (const op of operations.filter((found) => found.permission))
      expect(can(actorWith(permissionsOf(['ghost'])), { permission: op.permission as 'x:y' })).toBe(false);
  });

  test('opens nothing through a relation that it does not know, nor through none', () => {
    for (const relation of [null, '', 'friend', 'constructor', '__proto__'])
      expect(refusalOf(reader, read, { relation })).toEqual({ wall: 'sight' });
    for (const relation of Object.keys(RELATIONS))
      expect([relation, can(reader, read, { relation })]).toEqual([relation, relation !== 'oversight']);
    expect(can(actorWith(new Set(['case:read', 'oversight:read'])), read, { relation: 'oversight' })).toBe(true);
  });

  test('asks the walls in their order: a rule is told to nobody who is stopped before', () => {
    const rule = () => new Problem('case.not_competent', {});
    expect(refusalOf(reader, { permission: 'case:decide' }, { relation: null, rule })?.wall).toBe('permission');
    expect(refusalOf(reader, read, { relation: null, rule })?.wall).toBe('sight');
    expect(refusalOf(reader, read, { relation: 'handler', rule })?.problem?.code).toBe('case.not_competent');
  });
});

test('a route without a policy does not boot, even a hidden one', async () => {
  for (const schema of [{}, { hide: true }]) {
    const app = Fastify();
    await registerOpenApi(app, { title: '', version: '', description: '', publicUrl: '', tags: [] });
    expect(() => app.get('/v1/forgotten', { schema }, () => 'open')).toThrow('declares no permission');
    await app.close();
  }
});
