// Repeated work of the worker half: each job in a loop of its own, never twice at once, and a failure only delays it.
import { errorFields, type Log } from './log.ts';

export type Job = {
  name: string;
  everyMs: number;
  run: () => Promise<void>;
  /** Of what `run` has begun and not waited for. */
  stop?: () => Promise<void>;
};

export type RunningJobs = {
  /** Begins nothing new and waits for what runs. */
  stop(): Promise<void>;
};

export function startJobs(jobs: readonly Job[], log: Log): RunningJobs {
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let stopped = false;

  const plan = (job: Job, afterMs: number): void => {
    if (stopped) return;
    timers.set(
      job.name,
      setTimeout(() => {
        const run = job
          .run()
          .catch((error: unknown) => log.warn('job failed', { job: job.name, ...errorFields(error) }))
          .finally(() => {
            running.delete(run);
            plan(job, job.everyMs);
          });
        running.add(run);
      }, afterMs),
    );
  };
  for (const job of jobs) plan(job, Math.min(1000, job.everyMs));

  return {
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
      await Promise.all(jobs.map((job) => job.stop?.()));
    },
  };
}
