// The service and, unless `withWorker` is false, its jobs in one process; bin/server.ts has read the settings by then.
import { setTimeout as sleep } from 'node:timers/promises';
import { openSigner } from '../agencies/tokens.ts';
import { type Built, buildApp } from '../app.ts';
import type { Config } from '../platform/config.ts';
import { type Health, type Metrics, serveMetrics } from '../platform/http/probes.ts';
import { startJobs } from '../platform/jobs.ts';
import { seedSandbox } from '../sandbox/reset.ts';
import { banner } from './banner.ts';
import { openDatabase } from './database.ts';
import { readExamples } from './examples.ts';
import { sealFirst, serviceJobs } from './jobs.ts';
import { closeServer, explainListen, isTaken, openWaitingRoom, portOf, type WaitingRoom } from './listening.ts';
import { logTo, type Started } from './startup.ts';

/** Readiness falls first, the proxy gets time to notice, then nothing new is accepted and what runs is finished (R-8). */
async function drain(built: Built, health: Health, delayMs: number): Promise<void> {
  health.draining = true;
  await sleep(delayMs);
  await built.app.close();
}

/** The waiting room gives its port to the service that stands ready. */
async function listen(built: Built, room: WaitingRoom, config: Config): Promise<void> {
  await room.close();
  await built.app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    throw explainListen(error, 'PORT', config.host, config.port);
  });
}

/** A taken port ends the start where it was asked for; otherwise a free one does as well. */
async function openMetrics(metrics: Metrics, config: Config, started: Started): Promise<number> {
  const { host, metricsPort: port } = config;
  const server = await serveMetrics(metrics, host, port).catch((error: unknown) => {
    if (!config.metricsPortGiven && isTaken(error)) return serveMetrics(metrics, host, 0);
    throw explainListen(error, 'METRICS_PORT', host, port);
  });
  started.onStop(() => closeServer(server));
  return portOf(server);
}

const WILDCARDS = ['0.0.0.0', '::'];
const addressOf = (host: string, port: number) => {
  const reached = WILDCARDS.includes(host) ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
};

export async function serve(started: Started, read: Config, withWorker: boolean): Promise<void> {
  const room = await openWaitingRoom(read.host, read.port, read.publicUrl);
  started.onStop(() => room.close());
  if (read.metricsPortGiven) {
    await (await openWaitingRoom(read.host, read.metricsPort, read.publicUrl, 'METRICS_PORT')).close();
  }
  const config = { ...read, port: room.port, publicUrl: read.publicUrl.replace(/:0$/, `:${room.port}`) };
  const log = logTo(config.logLevel);
  const opened = await openDatabase(config, log, started);
  const { tx, ownerUrl, newId, dataDir } = opened;
  if (config.sandbox) await seedSandbox({ tx, ownerUrl }, config.samples);
  const signer = await openSigner(tx.pool, tx.keyring, config.publicUrl, Date.now);
  const health: Health = { draining: false };
  const { pool, keyring } = tx;
  const built = await buildApp({
    config: { ...config, dataDir },
    pool,
    ownerUrl,
    keyring,
    signer,
    newId,
    systemNow: Date.now,
    log,
    health,
    examples: readExamples(),
  });
  started.signal.throwIfAborted();
  const metricsPort = await openMetrics(built.metrics, config, started);
  const watch = { name: 'watch-audit-sealing', everyMs: 60_000, run: built.sealing.check };
  if (withWorker) await sealFirst(tx, { ...config, dataDir }, log);
  const jobs = startJobs([watch, ...(withWorker ? serviceJobs(tx, { ...config, dataDir }, log) : [])], log);
  started.onStop(() => jobs.stop());
  await listen(built, room, config);
  started.onStop(() => drain(built, health, config.drainDelayMs));
  const address = addressOf(config.host, config.port);
  if (config.production) return log.info('listening', { address, port: config.port });
  const metrics = `${addressOf(config.host, metricsPort)}/metrics`;
  const { sandbox, databaseUrl } = config;
  console.log(banner({ address, docs: config.docs !== 'off', metrics, dataDir, sandbox, embedded: !databaseUrl }));
}
