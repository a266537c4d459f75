// Every step of `npm run demo` is a test: the same functions over HTTP against a service of this suite, in order.
import { beforeAll, expect, test } from '@jest/globals';
import { createClient } from '../../src/demo/client.ts';
import { demoPeople } from '../../src/demo/people.ts';
import { demoSteps } from '../../src/demo/story.ts';
import { createDemo, type Demo, play } from '../../src/demo/teller.ts';
import { useService } from '../support/service.ts';

const TODAY = '2026-11-16';
const service = useService();
const lines: string[] = [];
const out = (line: string) => void lines.push(line);
let demo: Demo;

beforeAll(() => {
  const start = { today: TODAY, tag: 'test', person: demoPeople(20261116, TODAY) };
  demo = createDemo(createClient(service.url, 'test'), out, start);
});

test('the steps have names of their own', () => {
  expect(new Set(demoSteps.map((step) => step.name)).size).toBe(demoSteps.length);
});

for (const [i, step] of demoSteps.entries()) {
  test(`${i + 1} ${step.name}: ${step.en}`, async () => {
    const before = lines.length;
    await play(step, i + 1, demo, out);
    const [title = '', ...told] = lines.slice(before);
    expect(title).toContain(step.zh);
    expect(told.some((line) => /^ {4}\S+ +(?:GET|POST|DELETE) +\/v1\/\S+ {2}\d{3}/.test(line))).toBe(true);
  });
}

test('nobody is told an identity number in clear', () => {
  expect(lines.join('\n')).not.toMatch(/\d{17}[\dX]/);
});
