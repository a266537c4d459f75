// npm run demo: plays the whole story over HTTP against a running sandbox, or against one of its own; exit 0 at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient, UnexpectedAnswer } from '../demo/client.ts';
import { demoPeople } from '../demo/people.ts';
import { demoSteps, releaseClock } from '../demo/story.ts';
import { createDemo, play } from '../demo/teller.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import { runOnce, StartError, type Started } from './startup.ts';

const DEFAULT = 'http://127.0.0.1:3000';
const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const PATIENCE_MS = 120_000;
const out = (line: string) => console.log(line);

const readiness = (baseUrl: string): Promise<number> =>
  fetch(`${baseUrl}/readyz`).then(
    (answer) => answer.status,
    () => 0,
  );

/** Answers the last status: 200 when ready, 0 when nothing listens; a service that is starting is waited for. */
async function untilReady(baseUrl: string, signal: AbortSignal): Promise<number> {
  let status = await readiness(baseUrl);
  for (let waited = 0; status === 503 && waited < PATIENCE_MS; waited += 500) {
    await sleep(500, undefined, { signal });
    status = await readiness(baseUrl);
  }
  return status;
}

/** None of this machine's settings reaches it, only where programs and temporary files are. */
function ownEnvironment(dataDir: string): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), DATA_DIR: dataDir, PORT: '0', SANDBOX: 'true', LOG_LEVEL: 'error' };
}

/** A service of its own on free ports and an empty data directory; both are gone at the end. */
async function startOwn(started: Started): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'judicial-assistance-demo-'));
  started.onStop(async () => rmSync(dataDir, { recursive: true, force: true }));
  // Detached: Ctrl-C in the terminal reaches this process, which ends the service in its turn.
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [SERVER], { env: ownEnvironment(dataDir), stdio, detached: true });
  const ended = once(child, 'exit');
  started.onStop(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  for (let waited = 0; waited < PATIENCE_MS && child.exitCode === null; waited += 100) {
    const address = /^ {2}service {4}(\S+)$/m.exec(said)?.[1];
    if (address !== undefined) return address;
    await sleep(100, undefined, { signal: started.signal });
  }
  throw new StartError(`The demo's own service did not start:\n${said}`);
}

async function findService(given: string | undefined, started: Started): Promise<string> {
  const baseUrl = (given ?? DEFAULT).replace(/\/+$/, '');
  const status = await untilReady(baseUrl, started.signal);
  if (status === 200) {
    out(`Against ${baseUrl}; its business clock is moved and given back at the end.`);
    return baseUrl;
  }
  if (status !== 0) throw new StartError(`${baseUrl} is not ready: GET /readyz answers ${status}.`);
  if (given !== undefined) throw new StartError(`Nothing answers at ${baseUrl}: start the service (npm start) first.`);
  const own = await startOwn(started);
  out(`Nothing answers at ${baseUrl}: against a service of its own at ${own}, which stops at the end.`);
  return own;
}

/** What the service said instead, whole. */
function explained(error: unknown): unknown {
  if (!(error instanceof UnexpectedAnswer)) return error;
  out(JSON.stringify(error.problem, null, 2));
  return new StartError(`The demo stopped: ${error.message}.`);
}

async function tell(baseUrl: string, signal: AbortSignal): Promise<void> {
  const now = new Date();
  const seed = now.getTime();
  const today = civilDateOf(now);
  const tag = seed.toString(36);
  const demo = createDemo(createClient(baseUrl, tag), out, { today, tag, person: demoPeople(seed, today) });
  try {
    for (const [i, step] of demoSteps.entries()) {
      signal.throwIfAborted();
      await play(step, i + 1, demo, out);
    }
  } catch (error) {
    // A running service is left on its own time, wherever the story broke off.
    await releaseClock(demo).catch(() => undefined);
    throw explained(error);
  }
  out(`Done: ${demoSteps.length} steps.`);
}

await runOnce(async (started) => {
  const { values } = parseArgs({ options: { 'base-url': { type: 'string' } } });
  await tell(await findService(values['base-url'], started), started.signal);
});
