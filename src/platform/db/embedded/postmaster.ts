// Starts PostgreSQL on a free port, attaches to one that a killed owner left behind, and stops it.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterPlan } from './cluster.ts';
import { EmbeddedError } from './errors.ts';
import { type Postmaster, readPostmaster, removeStale } from './postmaster-file.ts';
import { isAlive, isGoneWithin, type ProcessId, signal } from './process-id.ts';
import { childOptions } from './run-as.ts';
import { serverArguments } from './server-settings.ts';

const READY_WITHIN_MS = 120_000;
const FAST_STOP_MS = 12_000;
const IMMEDIATE_STOP_MS = 7_000;

/** The PostgreSQL that already runs on this cluster, once it is ready; undefined when none runs or it is going down. */
export async function findRunning(cluster: string): Promise<Postmaster | undefined> {
  for (let waited = 0; waited < READY_WITHIN_MS; waited += 10) {
    const found = readPostmaster(cluster);
    if (found === undefined) return undefined;
    if (found.status === 'ready') return found;
    await sleep(10);
  }
  throw new EmbeddedError(`The PostgreSQL that runs on ${cluster} does not become ready: stop it and start again.`);
}

export async function startPostmaster(plan: ClusterPlan): Promise<Postmaster> {
  const cluster = join(plan.dataDir, 'postgres');
  const log = join(plan.dataDir, 'postgres.log');
  for (let attempt = 1; ; attempt++) {
    removeStale(cluster);
    const started = await launch(plan, cluster, log, await freePort());
    if (started !== undefined) return started;
    const complaint = lastComplaint(log);
    // Another program took the port in between, or the workers of a killed postmaster are still on their way out.
    const passing = /could not bind|could not create any TCP|in use/i.test(complaint);
    if (!passing || attempt === 20) {
      throw new EmbeddedError(
        `PostgreSQL did not start (${complaint}): see ${log}, or set DATA_DIR to another directory to begin with an empty database.`,
      );
    }
    await sleep(200);
  }
}

/** Ends sessions and writes everything out; only when that takes too long, stops at once (the next start recovers). */
export async function stopPostmaster(postmaster: ProcessId): Promise<void> {
  signal(postmaster, 'SIGINT');
  if (await isGoneWithin(postmaster, FAST_STOP_MS)) return;
  signal(postmaster, 'SIGQUIT');
  if (await isGoneWithin(postmaster, IMMEDIATE_STOP_MS)) return;
  signal(postmaster, 'SIGKILL');
  await isGoneWithin(postmaster, 1_000);
}

async function launch(plan: ClusterPlan, cluster: string, log: string, port: number): Promise<Postmaster | undefined> {
  rmSync(log, { force: true });
  const output = openSync(log, 'ax', 0o600);
  // `detached`: a session of its own, or Ctrl-C in the terminal would stop the database before the service drains.
  const child = spawn(plan.binaries.postgres, serverArguments(cluster, port, plan.throwaway), {
    ...childOptions(plan.runAs),
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  if (child.pid === undefined) {
    throw new EmbeddedError(`PostgreSQL could not be started (${(await failed).message}): set DATABASE_URL instead.`);
  }
  child.unref();
  return untilReady(cluster, child.pid, () => child.exitCode !== null || child.signalCode !== null);
}

async function untilReady(cluster: string, pid: number, exited: () => boolean): Promise<Postmaster | undefined> {
  for (let waited = 0; waited < READY_WITHIN_MS; waited += 5) {
    const found = readPostmaster(cluster);
    if (found?.process.pid === pid && found.status === 'ready') return found;
    if (exited()) return undefined;
    await sleep(5);
  }
  const late = readPostmaster(cluster);
  if (late !== undefined && isAlive(late.process)) await stopPostmaster(late.process);
  throw new EmbeddedError(`PostgreSQL on ${cluster} was not ready after two minutes: see postgres.log beside it.`);
}

function lastComplaint(log: string): string {
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  const complaint = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '';
  return complaint.replace(/^.*?(FATAL|PANIC):\s*/, '') || 'no reason given';
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
