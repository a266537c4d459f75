// Wire shapes of rules of deadlines: the edition with its examples, what a new one says, and the evaluation day by day.
import { type Static, Type } from 'typebox';
import {
  CivilDate,
  Closed,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  pageOf,
  pageQuery,
  RegionCode,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import type { RuleRow } from './rulebook.ts';
import type { evaluateRule } from './rules.ts';

const RuleCode = Type.String({ pattern: '^D-[A-Z]+(-[A-Z]+)*$', maxLength: 32, examples: ['D-DECIDE'] });
const FactTypes = Type.Array(Type.String({ pattern: '^[a-z_]+\\.[a-z_]+$', maxLength: 64 }), {
  maxItems: 20,
  description: 'event types',
});
/** Years 1900 to 2099: whatever a rule adds, the due day is still a civil date of this contract. */
const CountedDate = Type.String({
  format: 'date',
  pattern: '^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$',
  maxLength: 10,
  description: 'Civil date in Asia/Shanghai, up to 2099',
});
const TestCase = Closed({ startedOn: CountedDate, dueOn: CivilDate, note: Type.Optional(Text(300)) });
const TestCases = Type.Array(TestCase, { maxItems: 50, description: 'worked examples: a rule that misses one is 422' });
const Unit = Literals(enumValues('deadline-units'));
const Mark = Literals(enumValues('rule-marks'), 'how sure the basis is');
const N = Type.Integer({ minimum: 0, maximum: 1000, description: '0: the same day' });

export const RuleQuery = Type.Object({
  ...pageQuery,
  code: Type.Optional(RuleCode),
  regionCode: Type.Optional(RegionCode),
});

export const RuleBody = named(
  'DeadlineRuleInput',
  Closed(
    {
      code: RuleCode,
      name: Type.Optional(Text(100)),
      nameEn: Type.Optional(Text(100)),
      n: N,
      unit: Unit,
      basis: Text(500),
      mark: Mark,
      startFacts: Type.Optional(FactTypes),
      stopFacts: Type.Optional(FactTypes),
      regionCode: Type.Optional(Nullable(RegionCode)),
      validFrom: Type.Optional(Nullable(CivilDate)),
      validTo: Type.Optional(Nullable(CivilDate)),
      testCases: Type.Optional(TestCases),
    },
    {
      description:
        'What is not said is as in the edition that it follows there; `validFrom` is today. 未写明的沿用当地现行版本，默认当日生效',
    },
  ),
);

const ruleMembers = {
  id: Id,
  code: RuleCode,
  edition: Type.String({ maxLength: 32, description: 'with the code the `ruleRef` of a deadline' }),
  ruleRef: Type.String({ maxLength: 64 }),
  name: Type.String({ maxLength: 100 }),
  nameEn: Type.String({ maxLength: 100 }),
  party: Literals(enumValues('deadline-parties')),
  n: N,
  unit: Unit,
  basis: Type.String({ maxLength: 500 }),
  mark: Mark,
  startFacts: FactTypes,
  stopFacts: FactTypes,
  regionCode: Nullable(RegionCode),
  validFrom: Nullable(CivilDate),
  validTo: Nullable(CivilDate),
};
export const RuleView = named(
  'DeadlineRule',
  Closed(
    { ...ruleMembers, testCases: TestCases, createdAt: Instant },
    {
      description:
        'An edition, never changed. Without a region it counts everywhere, without dates always. 版本不可更改',
    },
  ),
);
export const RulePage = pageOf('DeadlineRulePage', RuleView);

export const EvaluationBody = named(
  'DeadlineEvaluationRequest',
  Closed({
    code: RuleCode,
    startedOn: CountedDate,
    regionCode: Type.Optional(RegionCode),
    pauses: Type.Optional(
      Type.Array(Closed({ from: CountedDate, until: CountedDate }), {
        maxItems: 20,
        description: '`from` still counts, `until` no more',
      }),
    ),
    extensionDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 250 })),
  }),
);
/** A pause of years tells its days too. */
const MAX_DAYS = 4000;
export const EvaluationView = named(
  'DeadlineEvaluation',
  Closed({
    rule: Closed(ruleMembers),
    startedOn: CivilDate,
    dueOn: CivilDate,
    soonOn: CivilDate,
    extensionDays: Type.Integer({ minimum: 0 }),
    calendarVersion: Type.String({ maxLength: 64 }),
    provisional: Type.Boolean({ description: 'counted beyond the published holiday plans' }),
    explain: Type.Array(
      Closed({ date: CivilDate, counted: Type.Boolean(), reason: Literals(enumValues('day-reasons')) }),
      { maxItems: MAX_DAYS, description: 'each day up to the due one; of months only the last' },
    ),
  }),
);

function toMembers(row: RuleRow) {
  const { id, code, edition, name, nameEn, party, n, unit, basis, mark, startFacts, stopFacts } = row;
  const { regionCode, validFrom, validTo } = row;
  const terms = { id, code, edition, ruleRef: `${code}@${edition}`, name, nameEn, party, n, unit, basis, mark };
  return { ...terms, startFacts, stopFacts, regionCode, validFrom, validTo };
}

export function toRuleView(row: RuleRow): Static<typeof RuleView> {
  const testCases = row.testCases.map(({ startedOn, dueOn, note }) => ({
    startedOn,
    dueOn,
    ...(note ? { note } : {}),
  }));
  return { ...toMembers(row), testCases, createdAt: row.createdAt.toISOString() };
}

export function toEvaluationView(found: Awaited<ReturnType<typeof evaluateRule>>): Static<typeof EvaluationView> {
  const { rule, startedOn, dueOn, soonOn, extensionDays, calendarVersion, provisional, explain } = found;
  const days = explain.slice(-MAX_DAYS);
  return {
    rule: toMembers(rule),
    startedOn,
    dueOn,
    soonOn,
    extensionDays,
    calendarVersion,
    provisional,
    explain: days,
  };
}
