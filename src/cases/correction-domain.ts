// Correcting what was recorded: the states of a correction; what waits for a second person and what does not.
import { machine } from '../kernel/machine.ts';

export const CORRECTION_STATES = ['proposed', 'applied', 'refused'] as const;
export type CorrectionState = (typeof CORRECTION_STATES)[number];

export const correctionMachine = machine('correction', '更正', CORRECTION_STATES, {
  confirm: { from: ['proposed'], to: 'applied' },
  refuse: { from: ['proposed'], to: 'refused' },
});
