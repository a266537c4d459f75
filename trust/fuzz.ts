// S-29: 100,000 malformed requests from the seed; the process lives, remembers nothing, and every refusal is a problem document.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import startDatabase from '../test/support/global-setup.ts';
import { runMalformed } from '../test/support/malformed/run.ts';
import { startService } from '../test/support/start.ts';
import type { Probe, Reading } from './probe.ts';

const COUNT = 100_000;
const PART = 20_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memory = () => {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().rss;
};

type Sum = { statuses: Record<string, number>; faults: string[]; warm: number };

/** Each part has a service and resources of its own, so that the later ones do not find everything ended. */
async function part(seed: number, sum: Sum): Promise<void> {
  const service = await startService();
  try {
    const report = await runMalformed(service, seed, PART);
    for (const [status, n] of Object.entries(report.statuses)) sum.statuses[status] = (sum.statuses[status] ?? 0) + n;
    sum.faults.push(...report.faults);
  } finally {
    await service.stop();
  }
}

async function malformed(seed: number, say: (line: string) => void): Promise<Reading> {
  let unhandled = 0;
  const note = () => {
    unhandled += 1;
  };
  const sum: Sum = { statuses: {}, faults: [], warm: 0 };
  process.on('unhandledRejection', note);
  const stop = await startDatabase();
  try {
    for (let sent = PART; sent <= COUNT; sent += PART) {
      await part(seed + sent, sum);
      // After the second: code and caches are loaded, pools have been opened and closed.
      if (sent === 2 * PART) sum.warm = memory();
      say(`${sent} sent, ${sum.faults.length} faults, ${Math.round(memory() / 2 ** 20)} MiB`);
    }
  } finally {
    await stop();
    process.off('unhandledRejection', note);
  }
  const growth = (memory() / sum.warm - 1) * 100;
  return {
    figure: `${COUNT} sent, answers ${JSON.stringify(sum.statuses)}: ${sum.faults.length} faults, ${unhandled} unhandled, RSS ${growth.toFixed(1)} %`,
    met: sum.faults.length === 0 && unhandled === 0 && growth < 10,
    detail: sum.faults.slice(0, 5),
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-29',
    name: 'malformed requests',
    target: '100,000: 0 5xx, 0 exits, 0 unhandled rejections, RSS growth < 10 %, every error RFC 9457',
    run: ({ seed, say }) => malformed(seed, say),
  },
];
