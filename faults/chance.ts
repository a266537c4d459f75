// Repeatable choices from a seed (mulberry32): the same seed, the same instants and the same walks.

export type Chance = {
  /** A whole number from 0 to `count` - 1. */
  below(count: number): number;
  between(from: number, to: number): number;
  one<T>(items: readonly T[]): T;
};

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (count: number) => next() % count;
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    one<T>(items: readonly T[]): T {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to choose from');
      return item;
    },
  };
}
