// The life of a legal hold: placed by one, ended by two people.
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';

export const HOLD_STATES = ['active', 'release_proposed', 'released'] as const;

export const holdMachine = machine('legal_hold', '保全', HOLD_STATES, {
  'propose-release': { from: ['active'], to: 'release_proposed' },
  release: { from: ['release_proposed'], to: 'released' },
});

export type HoldFacts = {
  state: (typeof HOLD_STATES)[number];
  releaseProposedByPersonKey: string | null;
};

export const holdActions = {
  release: {
    verbs: ['propose-release', 'release'],
    permission: 'hold:manage',
    label: ['解除保全', 'Release'],
    path: 'release',
    officer: true,
    decisive: true,
    guard: (hold: HoldFacts, actor) =>
      samePerson(actor, hold.releaseProposedByPersonKey)
        ? actionProblems['decision.four_eyes']({
            who: '提议与确认解除保全',
            whoEn: 'proposing and confirming a release',
          })
        : undefined,
  },
} as const satisfies ActionTable<HoldFacts, 'propose-release' | 'release'>;
