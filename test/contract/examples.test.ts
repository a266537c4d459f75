// Every operation has an executed example that fits its schema; that a fresh run still gives the same is a gate of npm run check.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildDocument, DOCUMENT_FILE } from '../../src/bin/document.ts';
import { readExamples } from '../../src/bin/examples.ts';
import { loadContract } from '../support/contract.ts';
import { useService } from '../support/service.ts';

const { operations, schemaFault } = await loadContract();
const examples = readExamples();
const service = useService({ env: { PUBLIC_URL: 'http://127.0.0.1:3000' } });

test('the committed examples cover the whole contract', () => {
  expect(Object.keys(examples)).toEqual(operations.map((op) => op.id));
});

describe.each(operations.map((op) => [op.id, op] as const))('%s', (id, op) => {
  const example = examples[id];
  test('its example fits the schemas', () => {
    expect(op.operation.responses[example?.status ?? 0]).toBeDefined();
    if (op.hasBody) expect(schemaFault(op, example?.request)).toBeUndefined();
    if (example?.status !== 204) expect(schemaFault(op, example?.response, example?.status)).toBeUndefined();
  });
});

test('the document that the service answers is the one that is built without it', async () => {
  const { body, headers } = await service.api.request('GET', '/v1/openapi.json');
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(body).toEqual(await buildDocument({}));
});

test('the examples stand in the committed document', () => {
  const document = readFileSync(DOCUMENT_FILE, 'utf8');
  expect(document.match(/^ +example:/gm)?.length ?? 0).toBeGreaterThanOrEqual(operations.length);
});
