// Ten mutations of the running policy, each drawn by the seed: the matrix must notice every one (S-12; mutation testing of the policy).
import { accountActions } from '../src/accounts/domain.ts';
import { ROLES } from '../src/agencies/roles.ts';
import { caseActions } from '../src/cases/actions.ts';
import { noticeActions } from '../src/cases/notice-domain.ts';
import { clueActions } from '../src/clues/domain.ts';
import { disbursementActions } from '../src/disbursements/actions.ts';
import { RELATIONS } from '../src/kernel/can.ts';
import type { ResourceKind } from '../src/kernel/fact.ts';
import { personActions } from '../src/persons/lifecycle.ts';
import { referralActions } from '../src/referrals/domain.ts';
import { visitActions } from '../src/visits/domain.ts';
import type { Question } from '../test/support/matrix/run.ts';
import { runForLeaks, runMatrix, type Stage, setRowSecurity, withStage } from '../test/support/matrix/stage.ts';
import { relationOf, standingOf } from '../test/support/matrix/subject.ts';
import type { Probe, Reading } from './probe.ts';

type Undo = () => void | Promise<void>;
type Mutation = { name: string; apply(): Undo | Promise<Undo> };
type Draw = <T>(values: readonly T[]) => T;

/** A small generator, so that a seed gives the same ten again. */
function drawing(seed: number): Draw {
  let state = seed >>> 0 || 1;
  return (values) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const value = values[Math.floor((state / 2 ** 32) * values.length)];
    if (value === undefined) throw new Error('nothing to draw from');
    return value;
  };
}

/** The policy is read-only to the code; here it is changed where it stands. */
const open = <T extends object>(policy: T) => policy as Record<string, unknown>;
const roles = open(ROLES) as Record<string, string[]>;

function setting(name: string, target: Record<string, unknown>, key: string, value: unknown): Mutation {
  return {
    name,
    apply() {
      const former = target[key];
      target[key] = value;
      return () => {
        target[key] = former;
      };
    },
  };
}

function moreRights({ questions }: Stage, draw: Draw): Mutation {
  const role = draw(Object.keys(roles));
  const lacking = questions
    .filter(({ fixture }) => !fixture.last)
    .flatMap(({ op }) => (op.permission && !roles[role]?.includes(op.permission) ? [op.permission] : []));
  const permission = draw(lacking);
  return setting(`${role} gets ${permission}`, roles, role, [...(roles[role] ?? []), permission]);
}

function fewerRights({ questions }: Stage, draw: Draw): Mutation {
  const used = new Set(questions.filter(({ fixture }) => !fixture.last).map(({ op }) => op.permission));
  const role = draw(Object.keys(roles));
  const permission = draw((roles[role] ?? []).filter((held) => used.has(held)));
  return setting(
    `${role} loses ${permission}`,
    roles,
    role,
    (roles[role] ?? []).filter((held) => held !== permission),
  );
}

type RouteConfig = Record<string, unknown> & { method?: string; url?: string };

/** The policy of a route as the running server holds it: the very object that its requests read, caught from one of them. */
async function runningPolicy({ service }: Stage, method: string, url: string): Promise<RouteConfig> {
  const symbol = Object.getOwnPropertySymbols(service.app).find(({ description }) => description === 'fastify.Request');
  const { prototype } = symbol ? ((service.app as unknown as Record<symbol, { prototype: object }>)[symbol] ?? {}) : {};
  if (!prototype) throw new Error('the server keeps its requests elsewhere');
  const inherited = Object.getPrototypeOf(prototype) as object;
  let found: RouteConfig | undefined;
  Object.defineProperty(prototype, 'routeOptions', {
    configurable: true,
    get(this: object) {
      const options = Reflect.get(inherited, 'routeOptions', this) as { config: RouteConfig };
      if (options.config.url === url && options.config.method === method) found = options.config;
      return options;
    },
  });
  await service.api.request(method, url.replaceAll(/:\w+/g, '0198c2a4-7f00-7000-8000-000000000001'));
  Reflect.deleteProperty(prototype, 'routeOptions');
  if (!found) throw new Error(`no route ${method} ${url}`);
  return found;
}

async function openRoute(stage: Stage, draw: Draw): Promise<Mutation> {
  const { op } = draw(stage.questions.filter((question) => question.op.permission && !question.fixture.last));
  const config = await runningPolicy(stage, op.method, op.path.replaceAll(/\{(\w+)\}/g, ':$1'));
  return setting(`${op.id} for any token`, config, 'permission', 'authenticated');
}

const TABLES: Readonly<Record<string, Record<string, unknown>>> = {
  clues: open(clueActions),
  'assistance-cases': open(caseActions),
  'case-notices': open(noticeActions),
  disbursements: open(disbursementActions),
  referrals: open(referralActions),
  visits: open(visitActions),
  'monitoring-accounts': open(accountActions),
  persons: open(personActions),
};

type Guarded = { path: string; method?: string; guard?: unknown };

/** Actions whose rule the matrix meets: somebody with the permission, who sees the resource, is refused. */
async function metRules({ service, questions, actors, expectations }: Stage): Promise<Guarded[]> {
  const met: Guarded[] = [];
  for (const { op, target } of questions) {
    const [, , plural = '', , ...rest] = op.path.split('/');
    const spec = Object.values(TABLES[plural] ?? {}).find((one) => {
      const { path, method = 'POST' } = one as Guarded;
      return path === rest.join('/') && method === op.method;
    }) as Guarded | undefined;
    if (!spec?.guard) continue;
    const standing = await standingOf(service.owner, op, target);
    const refused = actors.some((actor) => expectations.of(op.id, actor.role, relationOf(standing, actor)) === 'rule');
    if (refused) met.push(spec);
  }
  return met;
}

async function noGuard(stage: Stage, draw: Draw): Promise<Mutation> {
  const spec = draw(await metRules(stage));
  return setting(`no rule on ${spec.path || 'edit'}`, open(spec), 'guard', undefined);
}

const SIGHTS: readonly ResourceKind[] = [
  'clue',
  'case',
  'disbursement',
  'referral',
  'visit',
  'account',
  'fund',
  'person',
];

function blindFilter({ walls }: Stage, draw: Draw): Mutation {
  const kind = draw(SIGHTS);
  return {
    name: `the filter of ${kind} lets everything through`,
    apply() {
      // The rounds of one wall set this too: the mutation stays on whatever they do.
      const mutated = kind;
      Object.defineProperty(walls, 'unfiltered', {
        configurable: true,
        get: () => held ?? mutated,
        set: (value: typeof held) => {
          held = value;
        },
      });
      let held: 'all' | ResourceKind | undefined;
      return () => {
        Object.defineProperty(walls, 'unfiltered', { configurable: true, writable: true, value: undefined });
      };
    },
  };
}

const GUARDED_TABLES = [
  'clues',
  'assistance_cases',
  'disbursements',
  'referrals',
  'visits',
  'monitoring_accounts',
  'funds',
];

function openPolicy({ service }: Stage, draw: Draw): Mutation {
  const table = draw(GUARDED_TABLES);
  return {
    name: `row security of ${table} reads everything`,
    async apply() {
      const find = `select qual from pg_policies where tablename = $1 and policyname = 'app_read'`;
      const [former] = await service.owner.query<{ qual: string }>(find, [table]);
      await service.owner.query(`alter policy app_read on ${table} using (true)`);
      return async () => {
        await service.owner.query(`alter policy app_read on ${table} using (${former?.qual})`);
      };
    },
  };
}

const overseen = (): Mutation => setting('oversight opens to everybody', open(RELATIONS), 'oversight', null);

const OPERATORS = [moreRights, fewerRights, openRoute, noGuard, blindFilter, openPolicy, overseen] as const;

/** Each kind once, the other three drawn: ten. */
async function ten(stage: Stage, draw: Draw): Promise<Mutation[]> {
  const drawn = [...OPERATORS, ...Array.from({ length: 3 }, () => draw(OPERATORS.slice(0, 4)))];
  const mutations: Mutation[] = [];
  for (const operator of drawn) mutations.push(await operator(stage, draw));
  return mutations;
}

/** Both walls, then each alone: the first answer that is not as expected. */
async function noticed(stage: Stage, questions: readonly Question[]): Promise<string | undefined> {
  const round = { untilFirst: true, questions };
  const { mismatches } = await runMatrix(stage, round);
  if (mismatches[0]) return mismatches[0];
  await setRowSecurity(stage, false);
  const filter = await runMatrix(stage, round).finally(() => setRowSecurity(stage, true));
  if (filter.mismatches[0]) return `without row security: ${filter.mismatches[0]}`;
  stage.walls.unfiltered = 'all';
  const { leaks } = await runForLeaks(stage, {
    ...round,
    questions: questions.filter(({ op }) => op.method === 'GET'),
  });
  stage.walls.unfiltered = undefined;
  return leaks[0] && `without the filter: ${leaks[0]}`;
}

async function mutate(seed: number, say: (line: string) => void): Promise<Reading> {
  return withStage(
    async (stage) => {
      const draw = drawing(seed);
      // Asked in round after round: only what leaves everything as it was.
      const lasting = stage.questions.filter(({ op }) => op.method === 'GET' || op.dryRun);
      const questions = lasting.toSorted(() => draw([-1, 1]));
      const clean = await noticed(stage, questions);
      if (clean) return { figure: `without a mutation already: ${clean}`, met: false };
      const detail: string[] = [];
      let caught = 0;
      for (const { name, apply } of await ten({ ...stage, questions: lasting }, draw)) {
        const undo = await apply();
        const found = await noticed(stage, questions).finally(undo);
        if (found) caught += 1;
        detail.push(`${name}: ${found ?? 'NOT NOTICED'}`);
        say(detail.at(-1) ?? '');
      }
      return { figure: `${caught} of ${detail.length} mutations caught`, met: caught === detail.length, detail };
    },
    { few: true },
  );
}

export const probes: readonly Probe[] = [
  {
    number: 'S-12M',
    name: 'Mutations of the running policy',
    target: '10 of 10 caught by the matrix',
    run: ({ seed, say }) => mutate(seed, say),
  },
];
