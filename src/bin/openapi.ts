// npm run openapi [-- --check]: writes openapi/openapi.yaml, or says whether the committed one is what the code means.
import { readFileSync, writeFileSync } from 'node:fs';
import { buildDocument, DOCUMENT_FILE, toYaml } from './document.ts';
import { readExamples } from './examples.ts';

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
