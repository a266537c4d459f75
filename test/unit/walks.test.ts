// S-22: 500 random walks over all lifecycles find no step that the contract's table does not have, and none refused that it has.
import { expect, test } from '@jest/globals';
import { machines } from '../support/lifecycle-tables.ts';
import { walkMachines } from '../support/walks.ts';

const seed = Number(process.env.SEED ?? 20_261_123);

test('500 walks agree with the tables step by step', () => {
  const { steps, moved, refused, reached } = walkMachines(seed, 500);
  process.stdout.write(`walks: seed ${seed}, ${steps} steps, ${moved} taken, ${refused} refused\n`);
  expect(moved).toBeGreaterThan(1000);
  expect(refused).toBeGreaterThan(1000);
  const states = machines.flatMap(({ name, states }) => states.map((state) => `${name} ${state}`));
  // They were not idle: nearly every state was stood in.
  expect(states.filter((state) => !reached.has(state)).length).toBeLessThan(states.length / 5);
});
