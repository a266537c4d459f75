// The executed examples of the contract, as `npm run examples` has written them down.
import { existsSync, readFileSync } from 'node:fs';
import type { Examples } from '../platform/http/document.ts';

export const EXAMPLES_FILE = new URL('../../openapi/examples.json', import.meta.url);

/** Empty where the file is not there: the document is whole without it. */
export function readExamples(): Examples {
  if (!existsSync(EXAMPLES_FILE)) return {};
  return JSON.parse(readFileSync(EXAMPLES_FILE, 'utf8')) as Examples;
}
