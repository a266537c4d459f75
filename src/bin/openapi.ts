// npm run openapi [-- --check | --release]: writes openapi/openapi.yaml, says whether it is what the code means, or keeps it as released.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { buildDocument, DOCUMENT_FILE, releasedText, toYaml } from './document.ts';
import { readExamples } from './examples.ts';

/** What `npm run check` holds later documents against: the committed document without its texts and examples. */
function release(): void {
  const document = parse(readFileSync(DOCUMENT_FILE, 'utf8')) as { info: { version: string } };
  const folder = new URL('released/', DOCUMENT_FILE);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${document.info.version}.json`, folder), releasedText(document));
  console.log(`openapi/released/${document.info.version}.json is written.`);
}

if (process.argv.includes('--release')) {
  release();
} else {
  const text = toYaml(await buildDocument(readExamples()));
  if (!process.argv.includes('--check')) {
    writeFileSync(DOCUMENT_FILE, text);
    console.log('openapi/openapi.yaml is written.');
  } else if (readFileSync(DOCUMENT_FILE, 'utf8') !== text) {
    console.error('openapi/openapi.yaml differs from the code: run `npm run openapi` and commit the result.');
    process.exitCode = 1;
  } else {
    console.log('openapi/openapi.yaml is what the code means.');
  }
}
