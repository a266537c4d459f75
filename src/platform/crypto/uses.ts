// How often each key has sealed (P-03, SP 800-38D): nonces are drawn, so a key must be replaced long before 2^32 of them (ADR 0024).
import { defineProblems } from '../../kernel/problem.ts';

/** From here on it is an alarm, from there on the key seals no more; 2^32 is where nonces begin to repeat. */
export const ALARM_USES = 2 ** 28;
export const LAST_USES = 2 ** 30;
/** So many are counted here before the database is told; at most so many of a process that ends are forgotten. */
export const USES_STEP = 4096;
/** Keys of which this process has counted a few; those that sealed least are forgotten where they become more. */
const MOST_KEYS = 100_000;
const FEW = 64;

export const keyProblems = defineProblems({
  'key.exhausted': {
    status: 503,
    zh: [
      '密钥用量已满',
      '加密密钥已达到使用次数上限，停止写入',
      '由运维轮换密钥（npm run admin -- rotate-service-keys 或 rotate-data-keys）后重试',
    ],
    en: [
      'A key has sealed too often',
      'a key has reached the number of encryptions that it is good for; nothing is written with it',
      'operations must rotate it (npm run admin -- rotate-service-keys or rotate-data-keys); then retry',
    ],
  },
});

export type KeyUses = {
  /** Before each encryption; throws where the key is used up. */
  count(key: string): void;
  /** What the database knows of all processes. */
  learn(known: Iterable<readonly [key: string, used: number]>): void;
};

/** `keep` adds to the count of the database and answers the new one; it is not waited for. */
export function createKeyUses(keep: (key: string, more: number) => Promise<number>): KeyUses {
  const here = new Map<string, number>();
  const everywhere = new Map<string, number>();

  function tell(key: string, more: number): void {
    here.delete(key);
    keep(key, more).then(
      (used) => void everywhere.set(key, Math.max(used, everywhere.get(key) ?? 0)),
      // Told with the next step.
      () => void here.set(key, (here.get(key) ?? 0) + more),
    );
  }

  return {
    count(key) {
      const n = (here.get(key) ?? 0) + 1;
      if (n + (everywhere.get(key) ?? 0) > LAST_USES) throw keyProblems['key.exhausted']({ retryAfter: 60 });
      here.set(key, n);
      if (n % USES_STEP === 0) tell(key, n);
      if (here.size > MOST_KEYS) for (const [name, used] of here) if (used < FEW) here.delete(name);
    },
    learn(known) {
      for (const [key, used] of known) everywhere.set(key, Math.max(used, everywhere.get(key) ?? 0));
    },
  };
}
