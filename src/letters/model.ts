// What a letter says, from the views of its reader: the names that templates use; all of it text, nothing clear that the view masks.
import type { Static } from 'typebox';
import type { CaseView } from '../cases/schema.ts';
import type { ClueView } from '../clues/schema.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import { lawCodeSets } from '../reference/code-sets-law.ts';
import { measureCodeSet } from '../reference/code-sets-measures.ts';
import { type EnumName, enums } from '../reference/enums.ts';
import { fullRegionName } from '../reference/regions.ts';
import type { PackageView } from '../referrals/package.ts';
import { letterProblems } from './domain.ts';

export type LetterValue = string | boolean | null | LetterModel | readonly LetterModel[];
export type LetterModel = { readonly [name: string]: LetterValue };

type Clue = Static<typeof ClueView>;
type Case = Static<typeof CaseView>;

/** Written where the reader may not see it, or where nothing was recorded. */
const ABSENT = '—';
const text = (value: string | null | undefined): string => value ?? ABSENT;

function nameOf(set: EnumName, code: string | null | undefined): string {
  const values: Readonly<Record<string, readonly [string, string]>> = enums[set].values;
  return (code && values[code]?.[0]) || text(code);
}

const eligibility = lawCodeSets.find((set) => set.name === 'eligibility');
const eligibilityName = (code: string) => eligibility?.items.find((item) => item.code === code)?.name ?? code;
const measureName = (code: string) => measureCodeSet.items.find((item) => item.code === code)?.name ?? code;

/** `2026-11-16` as an official letter writes it. */
function dateText(day: string | null | undefined): string {
  const [year, month, date] = (day ?? '').split('-');
  return year && month && date ? `${year}年${Number(month)}月${Number(date)}日` : text(day);
}

const moneyText = (money: { amount: string } | null | undefined) => text(money?.amount);

function linkedCaseOf(linked: Clue['linkedCase']): LetterModel {
  return {
    type: nameOf('linked-case-types', linked?.type),
    number: text(linked?.number),
    handlingOrgan: text(linked?.handlingOrgan),
  };
}

type Person = {
  name: string | null;
  sex: string;
  birthDate: string | null;
  idNumber: string | null;
  phone: string | null;
  address: string | null;
};

const personOf = ({ name, sex, birthDate, idNumber, phone, address }: Person) => ({
  name: text(name),
  sex: nameOf('sexes', sex),
  birthDate: dateText(birthDate),
  idNumber: text(idNumber),
  phone: text(phone),
  address: text(address),
});

export function clueLetter(clue: Clue, today: string): LetterModel {
  return {
    number: clue.number,
    date: dateText(today),
    sourceAgency: clue.sourceAgency.name,
    receivingAgency: clue.receivingAgency.name,
    source: nameOf('clue-sources', clue.source),
    urgency: nameOf('clue-urgencies', clue.urgency),
    greenChannel: clue.greenChannel,
    region: fullRegionName(clue.regionCode),
    foundOn: dateText(clue.foundOn),
    linkedCase: linkedCaseOf(clue.linkedCase),
    facts: text(clue.facts),
    hardship: text(clue.hardship),
    subjects: clue.subjects.map((s) => ({ ...personOf(s), relation: nameOf('case-relations', s.relationToCase) })),
  };
}

const beneficiariesOf = (c: Case): LetterModel[] =>
  c.beneficiaries.map((b) => ({
    ...personOf(b),
    relation: nameOf('case-relations', b.relation),
    proposedAmount: moneyText(b.proposedAmount),
    grantedAmount: moneyText(b.grantedAmount),
  }));

export function approvalForm(c: Case, today: string): LetterModel {
  const { proposal } = c;
  return {
    number: c.number,
    date: dateText(today),
    handlingAgency: c.handlingAgency.name,
    handler: text(c.handler?.name),
    initiation: nameOf('case-initiations', c.initiation),
    region: fullRegionName(c.regionCode),
    linkedCase: linkedCaseOf(c.linkedCase),
    facts: text(c.facts),
    hardship: text(c.hardship),
    beneficiaries: beneficiariesOf(c),
    proposedAmount: moneyText(c.proposedAmount),
    grantedAmount: moneyText(c.grantedAmount),
    proposal: proposal && {
      eligibility: eligibilityName(proposal.eligibilityCode),
      opinion: text(proposal.opinion),
      proposedBy: text(proposal.proposedBy?.name),
      proposedOn: dateText(proposal.proposedAt && civilDateOf(new Date(proposal.proposedAt))),
    },
    approvals: c.approvals.map((step) => ({
      agency: step.agency.name,
      officer: step.officer.name,
      outcome: nameOf('approval-outcomes', step.outcome),
      opinion: text(step.opinion),
      decidedOn: dateText(step.decidedOn),
    })),
  };
}

/** 409 where the case has no decision that carries a number. */
export function decisionLetter(c: Case, today: string): LetterModel {
  const { decision } = c;
  if (!decision) throw letterProblems['letter.not_ready']();
  return {
    number: decision.number,
    caseNumber: c.number,
    date: dateText(today),
    decidedOn: dateText(decision.decidedOn),
    handlingAgency: c.handlingAgency.name,
    linkedCase: linkedCaseOf(c.linkedCase),
    facts: text(c.facts),
    hardship: text(c.hardship),
    granted: decision.outcome === 'granted',
    refused: decision.outcome === 'refused',
    reason: text(decision.opinion),
    grantedAmount: moneyText(c.grantedAmount),
    beneficiaries: beneficiariesOf(c),
  };
}

type Referral = { senderAgency: string; recipientAgency: string; respondBy: string };

export function proposalLetter(p: Static<typeof PackageView>, referral: Referral, today: string): LetterModel {
  return {
    number: p.number,
    date: dateText(today),
    senderAgency: referral.senderAgency,
    recipientAgency: referral.recipientAgency,
    respondBy: dateText(referral.respondBy),
    proposal: text(p.proposal),
    legalBasis: nameOf('legal-bases', p.legalBasis),
    measures: p.measures.map((code) => ({ code, name: measureName(code) })),
    persons: p.persons.map((person) => ({ ...personOf(person), grantedAmount: moneyText(person.grantedAmount) })),
  };
}
