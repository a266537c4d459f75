// The service as the process that a deployer starts, without an embedded database: cheap to kill and to start again on the same port.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Running, runBin, statusOf } from '../test/support/process.ts';
import { TEST_KEK } from '../test/support/settings.ts';

export type Server = {
  readonly base: string;
  /** Of the process that runs now. */
  running(): Running;
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  untilReady(): Promise<void>;
  stop(): Promise<void>;
};

const NO_QUOTAS = { QUOTA_REQUESTS: '0', QUOTA_AGENCY: '0', QUOTA_EXPENSIVE: '0' };

export async function startServer(databaseUrl: string, env: Record<string, string> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'ja-faults-server-'));
  const kek = join(folder, 'kek');
  writeFileSync(kek, TEST_KEK.toString('base64'), { mode: 0o600 });
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const settings = { DATABASE_URL: databaseUrl, SANDBOX: 'true', KEK_FILE: kek, DATA_DIR: folder, PORT: String(port) };
  let running: Running;
  const launch = () => {
    running = runBin('server.ts', { ...settings, PUBLIC_URL: base, LOG_LEVEL: 'warn', ...NO_QUOTAS, ...env });
  };
  const server: Server = {
    base,
    running: () => running,
    async start() {
      launch();
      await server.untilReady();
    },
    async kill() {
      running.child.kill('SIGKILL');
      await running.ends();
    },
    async untilReady() {
      for (const began = performance.now(); performance.now() - began < 60_000; ) {
        if ((await statusOf(`${base}/readyz`)) === 200) return;
        if (running.hasEnded) throw new Error(`the server ended:\n${running.output}`);
        await sleep(20);
      }
      throw new Error(`the server is not ready:\n${running.output}`);
    },
    async stop() {
      if (!running.hasEnded) await running.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
