// Who may do what: the walls that every act must pass, in one table and one order; what it does not know it refuses (ADR 0017).
import { type Actor, inPerson, type Permission } from './actor.ts';
import type { Relation } from './fact.ts';
import { defineProblems, type Problem } from './problem.ts';

export const canProblems = defineProblems({
  'auth.forbidden': {
    status: 403,
    zh: ['没有权限', '当前身份没有权限 {permission}', '请由具备该权限的人员办理'],
    en: [
      'Not permitted',
      'this identity lacks the permission {permission}',
      'let an officer with that permission do it',
    ],
  },
});

/** What is asked for. Without a permission nothing is allowed: an operation that names none is no operation. */
export type Act = {
  permission: Permission | 'public' | 'authenticated' | undefined;
  /** It binds money or rights: only with a factor that the vouching system cannot forge (S-21). */
  decisive?: boolean | undefined;
};

/**
 * What is known of the act. The stages of a request know more and more; each asks again with all it knows, so that a later stage
 * can only refuse what an earlier one has let pass.
 */
export type ActFacts = {
  /** How the caller's agency stands to the addressed resource now; `null`: not at all. Absent: none is addressed, or not yet looked for. */
  relation?: string | null | undefined;
  /** Whom of the caller's agency a sealed resource is still open to (ADR 0022); `null`: it is not sealed. */
  sealedTo?: readonly string[] | null | undefined;
  /** What state and guards say (kernel/action.ts): asked last, and only if all else is in order. */
  rule?: (() => Problem | undefined) | undefined;
};

export type Wall = 'identity' | 'permission' | 'factor' | 'sight' | 'rule';
export type Refusal = { wall: Wall; problem?: Problem };

/**
 * What each relation opens: `null` opens it to whoever has the permission of the act; a permission is asked for besides.
 * A relation that does not stand here opens nothing.
 */
export const RELATIONS: Readonly<Record<Relation, Permission | null>> = {
  source: null,
  receiver: null,
  handler: null,
  recipient: null,
  owner: null,
  partner: null,
  treasury: null,
  emergency: null,
  oversight: 'oversight:read',
};

const isRelation = (text: string): text is Relation => Object.hasOwn(RELATIONS, text);

/** Whether somebody with these permissions sees a resource to which the own agency stands so. */
export function sees(relation: string | null, permissions: ReadonlySet<string>): boolean {
  if (relation === null || !isRelation(relation)) return false;
  const besides = RELATIONS[relation];
  return besides === null || permissions.has(besides);
}

/**
 * As whom the caller may have a duty in a sealed resource: by id where it is assigned, by role where it leads, pays or answers.
 * Whoever lacks the permission, and a system without an officer, has none.
 */
export function dutiesOf({ officer, permissions }: Actor): readonly string[] {
  return officer && permissions.has('sealed:read') ? [officer.id, ...officer.roles] : [];
}

/** Whether a resource that is open to `sealedTo` alone is open to this caller. */
export const opensSealed = (sealedTo: readonly string[] | null, actor: Actor): boolean =>
  sealedTo === null || dutiesOf(actor).some((duty) => sealedTo.includes(duty));

type Asked = { actor: Actor | null; act: Act; facts: ActFacts };

/** In the order in which a request meets them (contract.md §1): true, or the problem that a rule names, stands in the way. */
export const WALLS: readonly (readonly [wall: Wall, bars: (asked: Asked) => boolean | Problem | undefined])[] = [
  ['identity', ({ actor, act }) => actor === null && act.permission !== 'public'],
  [
    'permission',
    ({ actor, act: { permission } }) =>
      permission === undefined ||
      (permission !== 'public' && permission !== 'authenticated' && actor?.permissions.has(permission) !== true),
  ],
  ['factor', ({ actor, act }) => act.decisive === true && !(actor && inPerson(actor))],
  [
    'sight',
    ({ actor, facts: { relation, sealedTo = null } }) =>
      relation !== undefined && !(actor && sees(relation, actor.permissions) && opensSealed(sealedTo, actor)),
  ],
  ['rule', ({ facts: { rule } }) => rule?.()],
];

/** The first wall in the way of the act, or undefined: it may be done. */
export function refusalOf(actor: Actor | null, act: Act, facts: ActFacts = {}): Refusal | undefined {
  const asked = { actor, act, facts };
  for (const [wall, bars] of WALLS) {
    const barred = bars(asked);
    if (barred === true) return { wall };
    if (barred) return { wall, problem: barred };
  }
  return undefined;
}

export const can = (actor: Actor | null, act: Act, facts: ActFacts = {}): boolean =>
  refusalOf(actor, act, facts) === undefined;
