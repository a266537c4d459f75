// Lifecycles as data: one table per resource feeds the verbs, the SQL check, the OpenAPI enum, the actions and the tests.
import { defineProblems, type Problem } from './problem.ts';

export type Transition<S extends string> = {
  from: readonly S[];
  /** The state reached; several when the outcome of the verb decides (each lists its own verb instead if it can). */
  to: S | 'same';
};

export type Machine<S extends string, V extends string> = {
  readonly name: string;
  readonly states: readonly S[];
  readonly initial: S;
  readonly verbs: { readonly [K in V]: Transition<S> };
  /** The next state, or the 409 that names what is allowed. */
  next(state: S, verb: V): S;
  can(state: S, verb: V): boolean;
  allowed(state: S): V[];
  refuse(state: S, verb: V): Problem;
};

/** `noun` is the code's first half, e.g. `case` for `case.illegal_transition`. */
export function machine<const S extends string, const V extends string>(
  noun: string,
  nounZh: string,
  states: readonly S[],
  verbs: { [K in V]: Transition<NoInfer<S>> },
): Machine<S, V> {
  const code = `${noun}.illegal_transition`;
  const problems = defineProblems({
    [code]: {
      status: 409,
      zh: [
        '状态不允许此操作',
        `${nounZh}当前状态为 {state}，不能执行 {verb}`,
        '重新读取资源，按 allowed 中列出的操作办理',
      ],
      en: [
        'Illegal transition',
        `the ${noun} is {state}; {verb} is not allowed`,
        'read it again and choose one of `allowed`',
      ],
    },
  });
  const initial = states[0];
  if (initial === undefined) throw new Error(`${noun} has no states`);
  const keys = Object.keys(verbs) as V[];
  const can = (state: S, verb: V) => verbs[verb].from.includes(state);
  const allowed = (state: S) => keys.filter((verb) => can(state, verb));
  const refuse = (state: S, verb: V): Problem => {
    const make = problems[code];
    if (!make) throw new Error(code);
    return make({ state, verb, allowed: allowed(state) });
  };
  return {
    name: noun,
    states,
    initial,
    verbs,
    can,
    allowed,
    refuse,
    next(state, verb) {
      if (!can(state, verb)) throw refuse(state, verb);
      const to = verbs[verb].to;
      return to === 'same' ? state : (to as S);
    },
  };
}

/** The lifecycle as a Mermaid state diagram, for the docs. */
export function toMermaid<S extends string, V extends string>(m: Machine<S, V>): string {
  const lines = Object.entries<Transition<S>>(m.verbs).flatMap(([verb, t]) =>
    t.from.map((from) => `  ${from} --> ${t.to === 'same' ? from : t.to}: ${verb}`),
  );
  return ['stateDiagram-v2', `  [*] --> ${m.initial}`, ...lines].join('\n');
}
