// npm run examples: starts a throwaway service, runs every operation of the contract once and keeps the exchanges; `--check` only compares.
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { EXAMPLES_FILE, readExamples } from '../src/bin/examples.ts';
import { examplesText, runExamples } from '../test/support/examples.ts';
import startDatabase from '../test/support/global-setup.ts';
import { startService } from '../test/support/start.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

async function run() {
  const stopDatabase = await startDatabase();
  try {
    const service = await startService({ env: { PUBLIC_URL: 'http://127.0.0.1:3000' } });
    try {
      return await runExamples(service);
    } finally {
      await service.stop();
    }
  } finally {
    await stopDatabase();
  }
}

const text = examplesText(await run());
const examples = JSON.parse(text) as Record<string, unknown>;
const count = Object.keys(examples).length;
if (values.check) {
  const kept: Record<string, unknown> = readExamples();
  const others = Object.entries(examples).filter(([id, exchange]) => !isDeepStrictEqual(exchange, kept[id]));
  const gone = Object.keys(kept).filter((id) => !(id in examples));
  for (const id of [...others.map(([name]) => name), ...gone])
    console.log(`openapi/examples.json is not what the service answers to ${id}: run npm run examples`);
  process.exitCode = others.length + gone.length > 0 ? 1 : 0;
} else {
  writeFileSync(EXAMPLES_FILE, text);
  console.log(`openapi/examples.json holds ${count} exchanges; now run \`npm run openapi\`.`);
}
