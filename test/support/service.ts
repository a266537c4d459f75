// The whole service on a database of its own, for one suite: injected requests or a listening port, tokens, a check of every view.
import { afterAll, beforeAll } from '@jest/globals';
import { type Service, type ServiceOptions, startService } from './start.ts';

export { type Service, type ServiceOptions, startService } from './start.ts';

/** One service for a suite; the answer's members are there once the suite runs. */
export function useService(options: ServiceOptions = {}): Service {
  const holder = {} as Service;
  beforeAll(async () => void Object.assign(holder, await startService(options)), 60_000);
  afterAll(async () => holder.stop?.());
  return holder;
}
