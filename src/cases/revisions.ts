// What an edit or a new proposal changes, member by member, so that the value before stays on record.
import type { LinkedCase } from '../clues/domain.ts';
import { toMoney } from '../kernel/money.ts';
import type { FieldValue } from './correction-domain.ts';
import type { CaseNarrative } from './domain.ts';
import type { FieldChange } from './record-repository.ts';
import type { AssistanceCase } from './repository.ts';

type Members = Readonly<Record<string, FieldValue>>;

const differs = (one: FieldValue, other: FieldValue) => JSON.stringify(one) !== JSON.stringify(other);

function changesBetween(before: Members, after: Members): FieldChange[] {
  return Object.keys(after).flatMap((pointer) => {
    const [from = null, to = null] = [before[pointer], after[pointer]];
    return differs(from, to) ? [{ pointer, from, to }] : [];
  });
}

export type Described = Pick<CaseNarrative, 'facts' | 'hardship'> & {
  campaignCode: string | null;
  greenChannel: boolean;
  linkedCase: LinkedCase;
};

const described = (d: Described): Members => ({
  '/facts': d.facts,
  '/hardship': d.hardship,
  '/campaignCode': d.campaignCode,
  '/greenChannel': d.greenChannel,
  '/linkedCase/type': d.linkedCase.type,
  '/linkedCase/number': d.linkedCase.number,
  '/linkedCase/handlingOrgan': d.linkedCase.handlingOrgan,
});

export function editChanges(before: Described, after: Described): FieldChange[] {
  return changesBetween(described(before), described(after));
}

const proposed = (c: AssistanceCase): Members => ({
  '/proposal/eligibilityCode': c.eligibilityCode,
  '/proposal/exclusions': c.exclusionCodes,
  ...Object.fromEntries(
    c.beneficiaries.map((b, i) => [
      `/beneficiaries/${i}/proposedAmount`,
      b.proposedFen === null ? null : toMoney(b.proposedFen),
    ]),
  ),
});

/** A later proposal writes over the former one; the first has nothing to write over. */
export function proposalChanges(before: AssistanceCase, after: AssistanceCase): FieldChange[] {
  return before.round === 0 ? [] : changesBetween(proposed(before), proposed(after));
}
