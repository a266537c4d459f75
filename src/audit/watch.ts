// Fail-closed: when nothing was sealed and exported for too long, writes are refused; long before that it is an alarm.
import { Gauge } from 'prom-client';
import { defineProblems } from '../kernel/problem.ts';
import type { Pool } from '../platform/db/client.ts';
import type { Metrics } from '../platform/http/probes.ts';
import type { Log } from '../platform/log.ts';
import { SILENCE } from './log-repository.ts';

export const sealingProblems = defineProblems({
  'audit.sealing_stopped': {
    status: 503,
    zh: [
      '审计封存已中断',
      '审计记录超过规定时间未封存导出，为保证可核查，暂停写入，查询不受影响',
      '由运维启动 worker（npm run worker）或排除封存故障，恢复后按 Retry-After 重试',
    ],
    en: [
      'Sealing of the audit record has stopped',
      'the audit record has not been sealed and exported for too long; so that it stays verifiable nothing is written, reads go on',
      'operations must start the worker (npm run worker) or mend what keeps it from sealing; then retry after Retry-After',
    ],
  },
});

export type SealingWatch = {
  /** Before a write: undefined where what is known is young and good, else a promise that may throw the refusal. */
  ensure(): Promise<void> | undefined;
  /** Seconds of silence, at most five seconds old. */
  silence(): Promise<number>;
  /** Logs an alarm once the silence is longer than five minutes. */
  check(): Promise<void>;
};

export type WatchDeps = {
  /** Asks the database: its clock is that of all processes. */
  read(): Promise<number>;
  now(): number;
  log: Log;
  limitSeconds: number;
};

const KNOWN_MS = 5000;
const ALARM_SECONDS = 300;
const RETRY_SECONDS = 60;

export function createSealingWatch({ read, now, log, limitSeconds }: WatchDeps): SealingWatch {
  let known: { at: number; seconds: number } | undefined;
  let asking: Promise<number> | undefined;
  const silenceOf = ({ at, seconds }: { at: number; seconds: number }) => seconds + (now() - at) / 1000;
  const ask = async (): Promise<number> => {
    try {
      const seconds = await read();
      known = { at: now(), seconds };
      return seconds;
    } finally {
      asking = undefined;
    }
  };
  const silence = (): number | Promise<number> => {
    // Bad news is not kept: a sealer may have come back since.
    if (known && Math.abs(now() - known.at) < KNOWN_MS && silenceOf(known) <= limitSeconds) return silenceOf(known);
    asking ??= ask();
    return asking;
  };
  const refuse = (seconds: number): void => {
    if (seconds > limitSeconds) throw sealingProblems['audit.sealing_stopped']({ retryAfter: RETRY_SECONDS });
  };
  return {
    ensure() {
      const found = silence();
      return typeof found === 'number' ? undefined : found.then(refuse);
    },
    silence: async () => silence(),
    async check() {
      const seconds = await silence();
      if (seconds > ALARM_SECONDS)
        log.error('audit sealing is silent: is a worker running?', { durationMs: Math.round(seconds * 1000) });
    },
  };
}

/** The watch over the database of `pool`. */
export function watchSealing({
  pool,
  systemNow,
  ...rest
}: Pick<WatchDeps, 'log' | 'limitSeconds'> & { pool: Pool; systemNow: () => number }) {
  const read = async () => (await pool.query<{ seconds: number }>(SILENCE))[0]?.seconds ?? 0;
  return createSealingWatch({ ...rest, read, now: systemNow });
}

export function observeSealing({ registry }: Metrics, watch: SealingWatch): void {
  new Gauge({
    name: 'audit_sealing_silence_seconds',
    help: 'Seconds since every audit record was sealed and exported; an alarm from 300 on',
    registers: [registry],
    async collect() {
      this.set(await watch.silence().catch(() => Number.NaN));
    },
  });
}
