// Proves how an entry point ends: once and gracefully on a signal, by force when asked again late or overdue.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';

const LIFECYCLE = new URL('../../src/bin/lifecycle.ts', import.meta.url).href;

type Ending = { code: number | null; output: string };

/** A process that runs until a signal; `stop` and `then` are the bodies of its stop and of what it does once it runs. */
async function run(
  stop: string,
  act: (child: ChildProcess) => Promise<void>,
  then = '',
  settings = '',
): Promise<Ending> {
  const code = `
    const { runUntilSignal } = await import(${JSON.stringify(LIFECYCLE)});
    const log = (message, error) => console.log(message, error instanceof Error ? error.message : '');
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    setInterval(() => {}, 1000);
    runUntilSignal({ log, stop: async () => { ${stop} }, ${settings} });
    console.log('running');
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  const exit = once(child, 'exit');
  while (!output.includes('running') && child.exitCode === null) await sleep(10);
  await act(child);
  const [exitCode] = await exit;
  return { code: exitCode, output };
}

const after = (milliseconds: number, signal: NodeJS.Signals) => async (child: ChildProcess) => {
  child.kill(signal);
  await sleep(milliseconds);
  child.kill(signal);
};

const nothing = async (): Promise<void> => undefined;

test.each(['SIGINT', 'SIGTERM'] as const)('%s sent twice at once stops gracefully, once', async (signal) => {
  const { code, output } = await run('await sleep(200); console.log("closed");', after(50, signal));
  expect(code).toBe(0);
  expect(output.match(/closed/g)).toHaveLength(1);
});

test('a second signal after the grace ends by force', async () => {
  const { code, output } = await run('await sleep(60_000);', after(400, 'SIGINT'), '', 'graceMs: 300');
  expect(code).toBe(1);
  expect(output).toContain('SIGINT again. Ending now.');
});

test('a stop that never ends is ended by force', async () => {
  const { code, output } = await run('await sleep(60_000);', after(10, 'SIGTERM'), '', 'forceAfterMs: 300');
  expect(code).toBe(1);
  expect(output).toContain('took longer than 0.3 s');
});

test('a stop that fails ends with 1', async () => {
  const { code, output } = await run('throw new Error("no more");', after(10, 'SIGTERM'));
  expect(code).toBe(1);
  expect(output).toContain('The stop failed. no more');
});

test.each([
  ['an uncaught exception', 'setTimeout(() => { throw new Error("broken") })'],
  ['an unhandled rejection', 'Promise.reject(new Error("broken"))'],
])('%s is logged and stops with 1', async (_name, then) => {
  const { code, output } = await run('console.log("closed");', nothing, then);
  expect(code).toBe(1);
  expect(output).toMatch(/stopping\. broken\nclosed/);
});
