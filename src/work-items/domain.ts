// A work item is what an action's own rule answers when probe actors ask it: nothing about who may act is written twice.
import { type ActionSpec, type ActionTable, ensureAction } from '../kernel/action.ts';
import type { Actor, ActorAgency } from '../kernel/actor.ts';
import { UUID_PATTERN } from '../kernel/ids.ts';
import type { Machine } from '../kernel/machine.ts';
import { defineProblems, Problem } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const WORK_KINDS = enumValues('work-item-kinds');
export type WorkKind = EnumValue<'work-item-kinds'>;
export const WORK_STATUSES = enumValues('work-item-statuses');
export const WORK_ORDERS = enumValues('work-item-orders');
export type WorkOrder = EnumValue<'work-item-orders'>;
export const WORK_ASSIGNEES = enumValues('work-item-assignees');

export const workProblems = defineProblems({
  'work_item.not_competent': {
    status: 403,
    zh: ['无权分配', '待办由部门负责人分配，或由本人领取、退回', '请部门负责人分配'],
    en: [
      'Not for you to assign',
      'a head of the agency assigns work; officers take or hand back their own',
      'let the head assign it',
    ],
  },
  'work_item.unfit_officer': {
    status: 409,
    zh: ['该人员不能办理', '该人员无此权限、不是承办人，或须由另一人办理', '分配给其他人员'],
    en: [
      'That officer cannot do it',
      'the officer lacks the permission, is not the one in charge, or must be another person',
      'assign it to somebody else',
    ],
  },
});

/** Who in an agency may take an action now. */
export type Opening = {
  action: string;
  /** All of these are needed. */
  permissions: string[];
  officerOnly: boolean;
  forAnyone: boolean;
  forHead: boolean;
  /** Those who may although a stranger may not: the designated handler. */
  officerIds: string[];
  /** People the rule keeps out, and credentials: four eyes. */
  excludedPersonKeys: string[];
  excludedOfficerIds: string[];
};

export type Rule<F extends { state: S }, S extends string, V extends string> = {
  machine: Machine<S, V>;
  actions: ActionTable<F, V>;
  /** Needed to see the resource at all. */
  read: string;
};

type Probe = { officer?: boolean; id?: string; personKey?: string; head?: boolean; without?: string };

const STRANGER = 'probe';
const ID = new RegExp(UUID_PATTERN);

/** Everything an agency of this kind can grant, and a note of what the rule asked for. */
function observed(all: ReadonlySet<string>, asked: Set<string>, without: string | undefined): ReadonlySet<string> {
  const permissions = new Set(all);
  if (without) permissions.delete(without);
  const { has } = permissions;
  permissions.has = (permission) => {
    asked.add(permission);
    return has.call(permissions, permission);
  };
  return permissions;
}

/** Texts that stand under `name` in the facts or in the records they hold. */
function textsUnder(facts: object, name: RegExp, depth = 0): string[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.flatMap((entry) => {
      if (typeof entry === 'string') return name.test(key) ? [entry] : [];
      const record = typeof entry === 'object' && entry !== null && !Buffer.isBuffer(entry) && depth < 2;
      return record ? textsUnder(entry, name, depth + 1) : [];
    });
  });
}

const known = (facts: object, name: RegExp) => [...new Set(textsUnder(facts, name))];

function isAwaited<F, V extends string>(spec: ActionSpec<F, V>, facts: F): boolean {
  return typeof spec.awaited === 'function' ? spec.awaited(facts) : spec.awaited === true;
}

/** What a rule looked at, so that only that is varied. */
type Asked = { permissions: Set<string>; id: boolean; personKey: boolean };

/** Asks the action's rule as a probe actor, and notes what it looked at. */
function asker<F extends { state: S }, S extends string, V extends string>(
  rule: Rule<F, S, V>,
  action: string,
  facts: F,
  agency: ActorAgency,
  grantable: ReadonlySet<string>,
) {
  const asked: Asked = { permissions: new Set(), id: false, personKey: false };
  const allows = ({ officer = true, id = STRANGER, personKey = STRANGER, head = false, without }: Probe): boolean => {
    const person = {
      get id() {
        asked.id = true;
        return id;
      },
      get personKey() {
        asked.personKey = true;
        return personKey;
      },
      ...{ code: STRANGER, name: STRANGER, roles: head ? ['head'] : [] },
    };
    const permissions = observed(grantable, asked.permissions, without);
    // What waits for a person waits for them in person.
    const base = { client: null, agency, permissions, factor: 'officer_key' };
    const actor: Actor = { ...base, officer: officer ? person : null };
    try {
      ensureAction(rule.machine, rule.actions, action, facts, actor);
      return true;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  };
  return { allows, asked };
}

/** Acts are kept with who did them: `…By`, `…OfficerId`, `…PersonKey`. */
const ACTORS = /(?:By|officerIds?)$/i;
const PEOPLE = /(?:By|personKeys?)$/i;
const isId = (text: string) => ID.test(text);

function opening<F extends { state: S }, S extends string, V extends string>(
  rule: Rule<F, S, V>,
  action: string,
  facts: F,
  agency: ActorAgency,
  grantable: ReadonlySet<string>,
): Opening | undefined {
  const spec = rule.actions[action];
  if (!spec || !grantable.has(spec.permission) || !isAwaited(spec, facts)) return undefined;
  const { allows, asked } = asker(rule, action, facts, agency, grantable);
  const forAnyone = allows({});
  const forHead = forAnyone || allows({ head: true });
  const officers = asked.id ? known(facts, ACTORS).filter(isId) : [];
  const officerIds = forAnyone ? [] : officers.filter((id) => allows({ id }));
  const [named] = officerIds;
  if (!forHead && named === undefined) return undefined;
  const base: Probe = forAnyone ? {} : forHead ? { head: true } : { id: named ?? STRANGER };
  const people = asked.personKey ? known(facts, PEOPLE) : [];
  const guarded = [...asked.permissions].filter((without) => !allows({ ...base, without }));
  return {
    action,
    permissions: [...new Set([rule.read, spec.permission, ...guarded])],
    officerOnly: !allows({ officer: false }),
    ...{ forAnyone, forHead, officerIds },
    excludedPersonKeys: people.filter((personKey) => !allows({ ...base, personKey })),
    excludedOfficerIds: forHead ? officers.filter((id) => !allows({ ...base, id })) : [],
  };
}

/** The awaited actions that somebody in the agency may take; `grantable`: all that its kind of agency can grant. */
export function openingsFor<F extends { state: S }, S extends string, V extends string>(
  rule: Rule<F, S, V>,
  facts: F,
  agency: ActorAgency,
  grantable: ReadonlySet<string>,
): Opening[] {
  return Object.keys(rule.actions).flatMap((action) => opening(rule, action, facts, agency, grantable) ?? []);
}

/** Where only one named officer may act, the item is theirs from the start; a head may still take it. */
export function designated(o: Opening): string | null {
  return !o.forAnyone && o.officerIds.length === 1 ? (o.officerIds[0] ?? null) : null;
}

export type Doer = { id: string; personKey: string; roles: readonly string[]; permissions: ReadonlySet<string> };

/** The answer of the probes for one officer of the agency. */
export function fits(o: Omit<Opening, 'action' | 'officerOnly'>, doer: Doer): boolean {
  const place = o.forAnyone || (o.forHead && doer.roles.includes('head')) || o.officerIds.includes(doer.id);
  const excluded = o.excludedPersonKeys.includes(doer.personKey) || o.excludedOfficerIds.includes(doer.id);
  return place && !excluded && o.permissions.every((permission) => doer.permissions.has(permission));
}

/** Sorts as text: urgent first, then by due date, then oldest first. */
export function queueKey(item: { urgent: boolean; dueOn: string | null; id: string }): string {
  return `${item.urgent ? 0 : 1}|${item.dueOn ?? '9999-12-31'}|${item.id}`;
}
