// Real processes for tests: an executable on free ports with an environment of its own, watched until it says something or ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './settings.ts';

export type Env = Record<string, string>;

const PATIENCE_MS = 60_000;

/** Nothing of this machine's settings reaches the process, only where programs and temporary files are. */
function environment(env: Env): Env {
  const kept = ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return { ...Object.fromEntries(kept), PORT: '0', METRICS_PORT: '0', SANDBOX_SAMPLES: 'false', ...env };
}

export class Running {
  readonly child: ChildProcess;
  output = '';
  readonly #ended: Promise<unknown>;

  constructor(command: string, args: readonly string[], env: Env) {
    this.child = spawn(command, args, { cwd: ROOT, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += String(chunk);
      });
    }
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The first match in the output; an Error with all of it when the process ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (let waited = 0; waited < PATIENCE_MS; waited += 25) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (this.hasEnded) break;
      await sleep(25);
    }
    throw new Error(`${pattern} was not said:\n${this.output}`);
  }

  async ends(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ends();
  }
}

export const runBin = (name: string, env: Env, args: readonly string[] = []): Running =>
  new Running(process.execPath, [join(ROOT, 'src/bin', name), ...args], env);

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

export const statusOf = (url: string): Promise<number> =>
  fetch(url).then(
    // Read to its end: a server that dies while a body waits ends the whole process (undici).
    (answer) => answer.arrayBuffer().then(() => answer.status),
    () => 0,
  );

/** Waits up to a minute until the address answers with this status. */
export async function untilStatus(url: string, status: number): Promise<void> {
  for (let i = 0; i < 1200 && (await statusOf(url)) !== status; i++) await sleep(50);
  const last = await statusOf(url);
  if (last !== status) throw new Error(`${url} answers ${last}, not ${status}`);
}

/** Everything that runs with this text in its command line. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
