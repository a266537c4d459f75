// The service as a process of its own, with an embedded database in a throwaway directory, as a deployer would start it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Env, type Running, runBin } from '../../test/support/process.ts';

export type Process = {
  origin: string;
  metrics: string;
  running: Running;
  dataDir: string;
  token(officer: string): Promise<string>;
};

export async function withProcess<T>(work: (process: Process) => Promise<T>, env: Env = {}): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ja-trust-'));
  const running = runBin(
    'server.ts',
    { DATA_DIR: dataDir, QUOTA_REQUESTS: '0', QUOTA_AGENCY: '0', QUOTA_EXPENSIVE: '0', ...env },
    [],
  );
  try {
    const origin = (await running.says(/ {2}service {4}(\S+)[\s\S]*Ctrl-C/))[1] ?? '';
    const metrics = /(http:\S+)\/metrics/.exec(running.output)?.[1] ?? '';
    const token = async (officer: string) => {
      const answer = await fetch(`${origin}/v1/sandbox/tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ officer }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    return await work({ origin, metrics, running, dataDir, token });
  } finally {
    if (!running.hasEnded) await running.stop('SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  }
}
