// npm run export-audit -- <file>: all sealed audit records as NDJSON in sealing order, for `npm run verify-audit`.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { exportRecords } from '../audit/export.ts';
import { readConfig } from '../platform/config.ts';
import { openDatabase } from './database.ts';
import { logTo, runOnce, StartError } from './startup.ts';

await runOnce(async (started) => {
  const [file, ...more] = process.argv.slice(2);
  if (!file || file.startsWith('-') || more.length > 0) throw new StartError('Usage: npm run export-audit -- <file>');
  const config = readConfig(process.env);
  const { tx } = await openDatabase(config, logTo('warn'), started);
  // Never over another file: an export that was kept is evidence.
  const out = createWriteStream(file, { flags: 'wx', mode: 0o640 });
  let records = 0;
  for await (const lines of exportRecords(tx)) {
    records += lines.split('\n').length - 1;
    if (!out.write(lines)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  console.log(`${records} sealed records were written to ${file}.`);
});
