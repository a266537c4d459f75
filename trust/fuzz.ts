// S-29: 100,000 malformed requests from the seed; the process lives, remembers nothing, and every refusal is a problem document.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runMalformed } from '../test/support/malformed/run.ts';
import { withService } from './outside/stage.ts';
import type { Probe } from './probe.ts';

const COUNT = 100_000;
const PART = 10_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memory = () => {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().rss;
};

export const probes: readonly Probe[] = [
  {
    number: 'S-29',
    name: 'malformed requests',
    target: '100,000: 0 5xx, 0 exits, 0 unhandled rejections, RSS growth < 10 %, every error RFC 9457',
    run: ({ seed, say }) =>
      withService(async (service) => {
        let unhandled = 0;
        const note = () => {
          unhandled += 1;
        };
        process.on('unhandledRejection', note);
        const statuses: Record<string, number> = {};
        const faults: string[] = [];
        let warm = 0;
        try {
          for (let sent = 0; sent < COUNT; sent += PART) {
            // Each part has resources of its own, so that the later ones do not find everything ended.
            const report = await runMalformed(service, seed + sent, PART);
            for (const [status, n] of Object.entries(report.statuses)) statuses[status] = (statuses[status] ?? 0) + n;
            faults.push(...report.faults);
            if (sent === PART) warm = memory();
            say(`${sent + PART} sent, ${faults.length} faults, ${Math.round(memory() / 2 ** 20)} MiB`);
          }
        } finally {
          process.off('unhandledRejection', note);
        }
        const growth = (memory() / warm - 1) * 100;
        return {
          figure: `${COUNT} sent, answers ${JSON.stringify(statuses)}: ${faults.length} faults, ${unhandled} unhandled, RSS ${growth.toFixed(1)} %`,
          met: faults.length === 0 && unhandled === 0 && growth < 10,
          detail: faults.slice(0, 5),
        };
      }),
  },
];
