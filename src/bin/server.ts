// npm start: the service and its jobs in one process; `--no-worker` leaves the jobs to `npm run worker`.
import { readConfig } from '../platform/config.ts';
import { runService } from './startup.ts';

const withWorker = !process.argv.includes('--no-worker');

runService(async (started) => {
  // Wrong settings are refused before the service itself is loaded, which takes most of a start (S-47).
  const config = readConfig(process.env);
  const { serve } = await import('./service.ts');
  started.signal.throwIfAborted();
  await serve(started, config, withWorker);
});
