// npm run examples: starts a throwaway service, runs every operation of the contract once and keeps the exchanges.
import { writeFileSync } from 'node:fs';
import { EXAMPLES_FILE } from '../src/bin/examples.ts';
import { examplesText, runExamples } from '../test/support/examples.ts';
import startDatabase from '../test/support/global-setup.ts';
import { startService } from '../test/support/start.ts';

const stopDatabase = await startDatabase();
try {
  const service = await startService({ env: { PUBLIC_URL: 'http://127.0.0.1:3000' } });
  try {
    const examples = await runExamples(service);
    writeFileSync(EXAMPLES_FILE, examplesText(examples));
    console.log(`openapi/examples.json holds ${Object.keys(examples).length} exchanges; now run \`npm run openapi\`.`);
  } finally {
    await service.stop();
  }
} finally {
  await stopDatabase();
}
