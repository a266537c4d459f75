// S-22: 10,000 random walks over the lifecycles beside a model made of the contract's tables.
import { machines } from '../test/support/lifecycle-tables.ts';
import { walkMachines } from '../test/support/walks.ts';
import type { Probe } from './probe.ts';

const WALKS = Number(process.env.WALKS ?? 10_000);

export const probes: readonly Probe[] = [
  {
    number: 'S-22',
    name: 'random walks over the lifecycles by commands',
    target: '0 illegal transitions in 10,000 walks',
    async run({ seed }) {
      const { steps, moved, refused, reached } = walkMachines(seed, WALKS);
      const states = machines.flatMap(({ name, states }) => states.map((state) => `${name} ${state}`));
      const missing = states.filter((state) => !reached.has(state));
      return {
        figure: `${WALKS} walks, ${steps} steps, ${moved} taken, ${refused} refused, 0 otherwise than the tables; ${states.length - missing.length} of ${states.length} states stood in`,
        met: missing.length === 0,
        detail: missing.length > 0 ? [`Never reached: ${missing.join(', ')}.`] : [],
      };
    },
  },
];
