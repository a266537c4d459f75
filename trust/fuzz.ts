// S-29: 100,000 malformed requests from the seed; the process lives, remembers nothing, and every refusal is a problem document.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runMalformed } from '../test/support/malformed/run.ts';
import { withService } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

const COUNT = 100_000;
const PART = 10_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memory = () => {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().rss;
};

async function malformed(seed: number, say: (line: string) => void): Promise<Reading> {
  let unhandled = 0;
  const note = () => {
    unhandled += 1;
  };
  let warm = 0;
  const watch = (sent: number, faults: number) => {
    if (sent === 0 || sent % PART > 0) return;
    const now = memory();
    // After the second part: code is loaded, caches and pools are full.
    if (sent === 2 * PART) warm = now;
    say(`${sent} sent, ${faults} faults, ${Math.round(now / 2 ** 20)} MiB`);
  };
  process.on('unhandledRejection', note);
  try {
    const { statuses, faults, growth } = await withService(async (service) => {
      const report = await runMalformed(service, seed, COUNT, watch);
      return { ...report, growth: (memory() / warm - 1) * 100 };
    });
    return {
      figure: `${COUNT} sent, answers ${JSON.stringify(statuses)}: ${faults.length} faults, ${unhandled} unhandled, RSS of service and client together ${growth.toFixed(1)} % from the ${2 * PART}th on`,
      met: faults.length === 0 && unhandled === 0 && growth < 10,
      detail: faults.slice(0, 5),
    };
  } finally {
    process.off('unhandledRejection', note);
  }
}

export const probes: readonly Probe[] = [
  {
    number: 'S-29',
    name: 'malformed requests',
    target: '100,000: 0 5xx, 0 exits, 0 unhandled rejections, RSS growth < 10 %, every error RFC 9457',
    run: ({ seed, say }) => malformed(seed, say),
  },
];
