// Actions and verbs ask one table: what a caller is told is exactly what the verb then does.
import { describe, expect, test } from '@jest/globals';
import { type ActionTable, actionProblems, availableActions, ensureAction } from '../../src/kernel/action.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { machine } from '../../src/kernel/machine.ts';
import { type Language, Problem } from '../../src/kernel/problem.ts';

const door = machine('test_door', '门', ['closed', 'open'], {
  open: { from: ['closed'], to: 'open' },
  close: { from: ['open'], to: 'closed' },
});
type Facts = { state: 'closed' | 'open'; lastPerson: string };

const table = {
  opening: { verbs: ['open'], permission: 'door:open', label: ['打开', 'Open'], path: 'opening', officer: true },
  closing: {
    verbs: ['close'],
    permission: 'door:close',
    label: ['关闭', 'Close'],
    path: 'closing',
    guard: (facts, actor) =>
      facts.lastPerson === actor.officer?.personKey
        ? actionProblems['decision.four_eyes']({ who: '开门与关门', whoEn: 'opener and closer' })
        : undefined,
  },
  edit: { verbs: [], permission: 'door:edit', label: ['修改', 'Edit'], method: 'PATCH', path: '' },
} as const satisfies ActionTable<Facts, 'open' | 'close'>;

const actor = (permissions: string[], person: string | null = 'p1'): Actor => ({
  officer: person ? { id: 'o', code: 'o', name: 'o', roles: [], personKey: person } : null,
  client: person ? null : { id: 'c' },
  agency: { id: 'a', code: 'a', name: 'a', kind: 'other', level: 'county', regionCode: '210102' },
  permissions: new Set(permissions),
  factor: person ? 'sandbox' : 'client',
});
const ALL = ['door:open', 'door:close', 'door:edit'];

const list = (facts: Facts, who: Actor, language: Language = 'zh') =>
  availableActions(door, table, facts, who, '/v1/doors/1', language);

describe('available actions', () => {
  test('are those of the role, in the order of the table, with address and method', () => {
    expect(list({ state: 'closed', lastPerson: 'p2' }, actor(['door:edit', 'door:open']), 'en')).toEqual([
      { action: 'opening', label: 'Open', method: 'POST', href: '/v1/doors/1/opening', allowed: true, reasons: [] },
      { action: 'edit', label: 'Edit', method: 'PATCH', href: '/v1/doors/1', allowed: true, reasons: [] },
    ]);
  });

  test('say why not: state first, then the missing officer, then the guard', () => {
    const [opening, closing] = list({ state: 'open', lastPerson: 'p1' }, actor(ALL));
    expect(opening?.reasons.map((r) => r.code)).toEqual(['test_door.illegal_transition']);
    expect(closing).toMatchObject({ allowed: false, reasons: [{ code: 'decision.four_eyes' }] });
    expect(closing?.reasons[0]?.detail).toBe('开门与关门不得由同一人办理');
    const [byClient] = list({ state: 'closed', lastPerson: 'p1' }, actor(ALL, null));
    expect(byClient?.reasons.map((r) => r.code)).toEqual(['actor.officer_required']);
  });

  test.each(['closed', 'open'] as const)('agree with the verbs in state %s for every caller', (state) => {
    for (const person of ['p1', 'p2', null]) {
      const facts: Facts = { state, lastPerson: 'p1' };
      for (const { action, allowed, reasons } of list(facts, actor(ALL, person))) {
        let thrown: unknown;
        try {
          ensureAction(door, table, action, facts, actor(ALL, person));
        } catch (error) {
          thrown = error;
        }
        expect(thrown === undefined).toBe(allowed);
        if (!allowed) expect((thrown as Problem).code).toBe(reasons[0]?.code);
      }
    }
  });

  test('an action that is not in the table is a mistake of the programmer', () => {
    const run = () => ensureAction(door, table, 'flying', { state: 'open', lastPerson: '' }, actor(ALL));
    expect(run).toThrow('no action flying');
    expect(run).not.toThrow(Problem);
  });
});
