// Verbs on rules: a new edition counts from now on where it is in force; what runs keeps the rule it began with (ADR 0025).
import { actionProblems } from '../kernel/action.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { factsOf } from '../reference/deadline-clocks.ts';
import type { EnumValue } from '../reference/enums.ts';
import { findRegion, PROVINCE_CODE } from '../reference/regions.ts';
import { deadlineProblems, failedCases, type Pause, reckon, type TestCase } from './domain.ts';
import type { RuleRow } from './rulebook.ts';
import { countEditions, insertRule, readRulebook } from './rulebook-repository.ts';

export type RuleInput = {
  code: string;
  name?: string | undefined;
  nameEn?: string | undefined;
  n: number;
  unit: EnumValue<'deadline-units'>;
  basis: string;
  mark: EnumValue<'rule-marks'>;
  startFacts?: string[] | undefined;
  stopFacts?: string[] | undefined;
  regionCode?: string | null | undefined;
  validFrom?: string | null | undefined;
  validTo?: string | null | undefined;
  testCases?: TestCase[] | undefined;
};

/** A clock reacts to the facts it is made for: a rule picks among them. */
function factErrors(given: readonly string[] | undefined, known: readonly string[], pointer: string): FieldError[] {
  return (given ?? []).flatMap((fact, i) =>
    known.includes(fact)
      ? []
      : [{ pointer: `${pointer}/${i}`, code: 'fact.unknown', detail: known.join(', ') || '-' } satisfies FieldError],
  );
}

function ruleErrors(input: RuleInput, validFrom: string): FieldError[] {
  const { starts, stops } = factsOf(input.code);
  const errors = [
    ...factErrors(input.startFacts, starts, '/startFacts'),
    ...factErrors(input.stopFacts, stops, '/stopFacts'),
  ];
  if (input.validTo && input.validTo < validFrom)
    errors.push({ pointer: '/validTo', code: 'date.before_start', detail: ['早于生效日', 'before the first day'] });
  if (input.regionCode && !findRegion(input.regionCode))
    errors.push({ pointer: '/regionCode', code: 'region.unknown', detail: input.regionCode });
  return errors;
}

type Place = { code: string; regionCode: string | null; day: string };

/** What a new edition takes over where it says nothing: the rule that it follows there, else the latest. */
async function former(tx: Tx, { code, regionCode, day }: Place): Promise<RuleRow> {
  const book = await readRulebook(tx);
  const rule = book.rule(code, regionCode ?? PROVINCE_CODE, day) ?? book.latest(code);
  if (!rule)
    throw httpProblems['request.rule_violated']({}, [{ pointer: '/code', code: 'code.unknown', detail: code }]);
  return rule;
}

/** A rule whose own examples do not come out is not taken (422). */
async function ensureCases(tx: Tx, input: RuleInput): Promise<void> {
  const { isWorkday } = await readRulebook(tx);
  const failed = failedCases(input, input.testCases ?? [], isWorkday);
  if (failed.length === 0) return;
  const errors = failed.map(({ index, dueOn }) => ({
    pointer: `/testCases/${index}/dueOn`,
    code: 'test_case.failed',
    detail: [`按此规则为 ${dueOn}`, `the rule counts to ${dueOn}`],
  })) satisfies FieldError[];
  throw httpProblems['request.rule_violated']({}, errors);
}

export async function addRule(tx: Tx, input: RuleInput): Promise<RuleRow> {
  const { officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  const { code, n, unit, basis, mark, regionCode = null, validTo = null, testCases = [] } = input;
  const validFrom = input.validFrom ?? tx.ctx.today;
  const base = await former(tx, { code, regionCode, day: validFrom });
  const errors = ruleErrors(input, validFrom);
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  await ensureCases(tx, input);
  const { name = base.name, nameEn = base.nameEn } = input;
  const { startFacts = base.startFacts, stopFacts = base.stopFacts } = input;
  const edition = `${tx.ctx.today}.${(await countEditions(tx, code)) + 1}`;
  const terms = { code, name, nameEn, party: base.party, n, unit, basis, mark, startFacts, stopFacts };
  const span = { regionCode, validFrom, validTo, testCases, edition };
  const row = { id: tx.newId(), ...terms, ...span, createdBy: officer.id, createdAt: tx.ctx.now };
  const saved = await insertRule(tx, row);
  const data = { code, edition, n, unit, regionCode, validFrom, validTo };
  tx.record({ type: 'deadline_rule.added', kind: 'deadline_rule', id: saved.id, data });
  return saved;
}

export type Question = {
  code: string;
  startedOn: string;
  regionCode?: string | undefined;
  pauses?: { from: string; until: string }[] | undefined;
  extensionDays?: number | undefined;
};

/** What a rule would say: the same count as that of a running clock, and nothing is kept. */
export async function evaluateRule(tx: Tx, question: Question) {
  const { code, startedOn, regionCode = PROVINCE_CODE, extensionDays = 0 } = question;
  const { rule: ruleOf, isWorkday, calendarVersion } = await readRulebook(tx);
  await former(tx, { code, regionCode, day: startedOn });
  const rule = ruleOf(code, regionCode, startedOn);
  if (!rule) throw deadlineProblems['deadline.rule_absent']({ code, region: regionCode, day: startedOn });
  const pauses = (question.pauses ?? []).map(({ from, until }): Pause => ({ from, until, cause: 'evaluation' }));
  const misplaced = pauses.findIndex(({ from, until }, i) => {
    const before = pauses[i - 1]?.until ?? startedOn;
    return from < before || (until !== null && until < from);
  });
  if (misplaced >= 0)
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: `/pauses/${misplaced}`,
        code: 'date.before_start',
        detail: ['中止须自起算日起依次排列', 'pauses follow each other from the start on'],
      },
    ]);
  const counted = reckon({ rule: { ...rule, dueOn: null }, startedOn, pauses, extensionDays }, isWorkday);
  return { rule, startedOn, extensionDays, calendarVersion, ...counted };
}
