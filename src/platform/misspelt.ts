// Names in the environment that are nearly one of our settings: a typing error is told, not silently ignored (S-47).

/** Letters to change, add or drop to make one word the other; more than `most` is told as `most + 1`. */
function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** Short names resemble too much of what stands in an environment: HOST is not POST. */
const tolerance = (name: string) => (name.length < 7 ? 0 : name.length < 10 ? 1 : 2);

export function misspelt(env: Readonly<Record<string, string | undefined>>, settings: readonly string[]): string[] {
  const known = new Set(settings.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => !known.has(name) && env[name] !== undefined && /^[A-Z][A-Z0-9_]+$/i.test(name))
    .flatMap((name) => {
      const meant = [...known].find((one) => {
        const most = tolerance(one);
        return most > 0 && distance(name.toUpperCase(), one, most) <= most;
      });
      return meant ? [`${name.slice(0, 60)} is no setting: is ${meant} meant?`] : [];
    });
}
