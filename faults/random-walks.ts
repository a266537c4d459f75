// S-22, S-21: ten thousand random walks of the whole business find no difference from the model.
import type { Fault, FaultContext, Reading } from './fault.ts';
import { walkAll } from './walks/run.ts';

async function randomWalks({ seed, rounds = 10_000, say }: FaultContext): Promise<Reading> {
  const { walks, moves, seen, difference } = await walkAll(rounds, seed, say);
  const done = seen.get('done') ?? 0;
  return {
    ...{ cycles: walks, operations: moves, acked: done, unacked: moves - done, lost: null, double: null },
    figure: `${difference ? 1 : 0} differences from the model of states, money and clocks; moves: ${[...seen].map(([name, n]) => `${name} ${n}`).join(', ')}`,
    met: difference === undefined && walks >= rounds,
    detail: difference ? difference.split('\n').slice(0, 10) : [],
  };
}

export const faults: readonly Fault[] = [
  {
    number: 'S-22',
    name: 'random walks against an independent model (S-21, S-22)',
    target: '10,000 walks: 0 illegal transitions, 0 bypasses of four eyes, 0 fen and 0 clocks apart',
    full: 10_000,
    run: randomWalks,
  },
];
