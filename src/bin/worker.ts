// npm run worker: the jobs alone, with metrics and probes on METRICS_PORT; needs DATABASE_URL, since one process owns the embedded database.
import { readConfig } from '../platform/config.ts';
import { createMetrics, serveMetrics } from '../platform/http/probes.ts';
import { startJobs } from '../platform/jobs.ts';
import { closeServer, explainListen, portOf } from './listening.ts';
import { logTo, runService, StartError, type Started } from './startup.ts';

async function start(started: Started): Promise<void> {
  const config = readConfig(process.env);
  if (config.databaseUrl === undefined) {
    throw new StartError(
      'npm run worker needs DATABASE_URL: the embedded database belongs to npm start, which runs the jobs itself.',
    );
  }
  // Behind the refusal of wrong settings: what loads the whole service (S-47).
  const { openDatabase } = await import('./database.ts');
  const { serviceJobs } = await import('./jobs.ts');
  const log = logTo(config.logLevel);
  const { tx, dataDir } = await openDatabase(config, log, started);
  let stopping = false;
  const isReady = () =>
    tx.pool.query('select 1').then(
      () => !stopping,
      () => false,
    );
  const { host, metricsPort } = config;
  const server = await serveMetrics(createMetrics(tx.pool), host, metricsPort, isReady).catch((error: unknown) => {
    throw explainListen(error, 'METRICS_PORT', host, metricsPort);
  });
  started.onStop(() => closeServer(server));
  const jobs = startJobs(serviceJobs(tx, { ...config, dataDir }, log), log);
  started.onStop(() => {
    stopping = true;
    return jobs.stop();
  });
  log.info('working', { port: portOf(server) });
}

runService(start);
