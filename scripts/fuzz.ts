// npm run fuzz [-- --seed N] [--count N]: malformed requests against a throwaway service, 10,000 of them unless told otherwise.
import { parseArgs } from 'node:util';
import startDatabase from '../test/support/global-setup.ts';
import { runMalformed } from '../test/support/malformed/run.ts';
import { startService } from '../test/support/start.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, count: { type: 'string', default: '10000' } } });
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);
const stopDatabase = await startDatabase();
try {
  const service = await startService();
  try {
    const report = await runMalformed(service, seed, Number(values.count));
    console.log(`${report.sent} requests, answers by status: ${JSON.stringify(report.statuses)}`);
    for (const fault of report.faults.slice(0, 50)) console.log(`- ${fault}`);
    console.log(`${report.faults.length} faults; again with: npm run fuzz -- --seed ${seed}`);
    process.exitCode = report.faults.length > 0 ? 1 : 0;
  } finally {
    await service.stop();
  }
} finally {
  await stopDatabase();
}
