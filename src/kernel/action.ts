// Actions: what a caller may do with a resource now and why not; the verbs ask the same table, so both always agree.
import type { Actor, Permission } from './actor.ts';
import { inPerson, may } from './actor.ts';
import { canProblems, refusalOf } from './can.ts';
import type { Machine } from './machine.ts';
import { defineProblems, fillText, type Language, type Problem, problemSpec } from './problem.ts';

export type ActionSpec<F, V extends string> = {
  /** Lifecycle verbs behind the action: it is possible when one of them is; none = any state. */
  verbs: readonly V[];
  permission: Permission;
  label: readonly [zh: string, en: string];
  method?: 'POST' | 'PATCH';
  /** Path below the resource; empty for the resource itself. `{name}` is that member of the facts, and stays as it is where there is none. */
  path: string;
  /** A decision binds a person: a token without an officer cannot take it. */
  officer?: boolean;
  /** It binds money or rights: a token that the vouching system could have made for itself does not do (S-21); its route says so too. */
  decisive?: boolean;
  /** Somebody is waiting for it: where it is allowed it is a work item of that agency; a function where the facts decide. */
  awaited?: true | ((facts: F) => boolean);
  /** Everything but permission and state: four eyes, relations, open children. */
  guard?: (facts: F, actor: Actor) => Problem | undefined;
};

export type ActionTable<F, V extends string> = Readonly<Record<string, ActionSpec<F, V>>>;

export type AvailableAction = {
  action: string;
  label: string;
  method: string;
  href: string;
  allowed: boolean;
  reasons: { code: string; detail: string }[];
};

export const actionProblems = defineProblems({
  'actor.officer_required': {
    status: 403,
    zh: ['须由经办人员办理', '此操作须由具名人员作出，当前凭证不含人员身份', '请以人员身份的凭证重试'],
    en: [
      'An officer is required',
      'this action is a decision of a person; the token names no officer',
      'use a token of an officer',
    ],
  },
  'auth.factor_required': {
    status: 403,
    zh: [
      '须由本人以更强的凭证办理',
      '此操作须由人员本人证实，机关系统代为担保的令牌不足以作出',
      '以本人登记的密钥或单位统一身份认证取得令牌后重试',
    ],
    en: [
      'A factor of the officer is required',
      'this action needs proof by the officer in person; a token vouched for by a system is not enough',
      "get a token with the officer's own registered key or from the configured identity provider",
    ],
  },
  'decision.four_eyes': {
    status: 403,
    zh: ['须由另一人办理', '{who}不得由同一人办理', '请由另一名有权限的人员办理'],
    en: ['Another person is required', '{whoEn} must be different people', 'let another authorised officer do it'],
  },
});

function refusal<F extends { state: S }, S extends string, V extends string>(
  m: Machine<S, V>,
  spec: ActionSpec<F, V>,
  facts: F,
  actor: Actor,
): Problem | undefined {
  const first = spec.verbs[0];
  if (first !== undefined && !spec.verbs.some((verb) => m.can(facts.state, verb))) return m.refuse(facts.state, first);
  if (spec.officer && !actor.officer) return actionProblems['actor.officer_required']();
  if (spec.decisive && !inPerson(actor)) return actionProblems['auth.factor_required']();
  return spec.guard?.(facts, actor);
}

/** Throws the problem that stands in the way of `action`, if any. Verbs call this first; what a route has let pass without the permission ends here. */
export function ensureAction<F extends { state: S }, S extends string, V extends string>(
  m: Machine<S, V>,
  table: ActionTable<F, V>,
  action: string,
  facts: F,
  actor: Actor,
): void {
  const spec = table[action];
  if (!spec) throw new Error(`no action ${action}`);
  const { permission } = spec;
  const refused = refusalOf(actor, { permission }, { rule: () => refusal(m, spec, facts, actor) });
  if (refused) throw refused.problem ?? canProblems['auth.forbidden']({ permission });
}

const pathWith = (path: string, facts: object): string =>
  path.replace(/\{(\w+)\}/g, (whole, name: string) => String((facts as Record<string, unknown>)[name] ?? whole));

/** The actions the caller's role knows, each with `allowed` and the reasons against it. */
export function availableActions<F extends { state: S }, S extends string, V extends string>(
  m: Machine<S, V>,
  table: ActionTable<F, V>,
  facts: F,
  actor: Actor,
  selfHref: string,
  language: Language,
): AvailableAction[] {
  return Object.entries(table)
    .filter(([, spec]) => may(actor, spec.permission))
    .map(([action, spec]) => {
      const problem = refusal(m, spec, facts, actor);
      return {
        action,
        label: spec.label[language === 'zh' ? 0 : 1],
        method: spec.method ?? 'POST',
        href: spec.path ? `${selfHref}/${pathWith(spec.path, facts)}` : selfHref,
        allowed: problem === undefined,
        reasons: problem
          ? [{ code: problem.code, detail: fillText(problemSpec(problem.code)[language][1], problem.params) }]
          : [],
      };
    });
}
