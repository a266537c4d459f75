// Letters of the flow: which there are, on what each is written, and when it can be.
import type { Permission } from '../kernel/actor.ts';
import type { ResourceKind } from '../kernel/fact.ts';
import { defineProblems } from '../kernel/problem.ts';

export const LETTERS = ['clue-transfer', 'social-assistance-proposal', 'approval-form', 'decision'] as const;
export type Letter = (typeof LETTERS)[number];

export const LETTER_FORMATS = ['html', 'docx'] as const;
export type LetterFormat = (typeof LETTER_FORMATS)[number];

export const LETTER_TYPES: Readonly<Record<LetterFormat, string>> = {
  html: 'text/html',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};

type LetterPlace = {
  path: string;
  resource: ResourceKind;
  permission: Permission;
  letters: readonly Letter[];
  operation: string;
  name: readonly [zh: string, en: string];
};

export const LETTER_PLACES = {
  clue: {
    path: 'clues',
    resource: 'clue',
    permission: 'clue:read',
    letters: ['clue-transfer'],
    operation: 'getClueLetter',
    name: ['线索文书', 'a clue'],
  },
  case: {
    path: 'assistance-cases',
    resource: 'case',
    permission: 'case:read',
    letters: ['approval-form', 'decision'],
    operation: 'getCaseLetter',
    name: ['案件文书', 'a case'],
  },
  referral: {
    path: 'referrals',
    resource: 'referral',
    permission: 'referral:read',
    letters: ['social-assistance-proposal'],
    operation: 'getReferralLetter',
    name: ['移送文书', 'a referral'],
  },
} as const satisfies Record<string, LetterPlace>;
export type LetterPlaceName = keyof typeof LETTER_PLACES;

export const letterProblems = defineProblems({
  'letter.not_ready': {
    status: 409,
    zh: ['尚不能出具该文书', '案件尚未作出决定', '作出决定后再出具决定书'],
    en: ['The letter cannot be written yet', 'the case has not been decided', 'ask for it once there is a decision'],
  },
});
