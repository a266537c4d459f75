// The table of event types is whole: every type that the code names stands in it, and none that no code records.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { listEventTypes, webhooksObject } from '../../src/events/type-view.ts';
import { AUDITED_ONLY, EVENT_TYPES, eventType, UNTOLD } from '../../src/events/types.ts';
import { ROOT } from '../support/settings.ts';

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && file !== 'events/types.ts',
);
const code = files.map((file) => readFileSync(join(ROOT, 'src', file), 'utf8')).join('\n');

/** Sent to one endpoint, and no fact: a test, and the question whether its address wants this. */
const SENT_ONLY = ['webhook.challenge', 'webhook.test'];

const known = (type: string) =>
  eventType(type) !== undefined ||
  SENT_ONLY.includes(type) ||
  (UNTOLD as readonly string[]).includes(type) ||
  (AUDITED_ONLY as readonly string[]).includes(type.split('.')[0] ?? '');

test('every type that is recorded by its whole name is in the table', () => {
  const recorded = [...code.matchAll(/\b(?:type|fact): '([a-z_]+\.[a-z_]+)'/g)].map((m) => m[1] ?? '');
  expect(recorded.length).toBeGreaterThan(80);
  expect([...new Set(recorded)].filter((type) => !known(type))).toEqual([]);
});

test('every type of the table is recorded somewhere, by its whole name or by the verb behind its resource', () => {
  const named = (type: string) => {
    const [resource = '', verb = ''] = type.split('.');
    const composed = new RegExp(`\`${resource}\\.\\$\\{`).test(code) && code.includes(`'${verb}'`);
    return code.includes(`'${type}'`) || composed;
  };
  expect(EVENT_TYPES.map((row) => row.type).filter((type) => !named(type))).toEqual([]);
});

test('each has two names, a kind and a schema of ids alone, and stands in the webhooks of the document', () => {
  const { items } = listEventTypes();
  expect(new Set(items.map((item) => item.type)).size).toBe(items.length);
  for (const { description, dataSchema } of items) {
    expect(description.zh).toMatch(/\p{Script=Han}/u);
    expect(description.en).toMatch(/^[A-Z]/);
    for (const name of Object.keys(dataSchema.properties as object)) {
      expect(name).toMatch(/Id$/);
      expect(name).not.toMatch(/[pP]ersonId|[oO]fficerId|beneficiaryId/);
    }
  }
  expect(Object.keys(webhooksObject())).toEqual(items.map((item) => item.type));
});
