// Stops the database when its owner dies without a word (kill -9), so that no PostgreSQL is left behind for ever.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { childOptions } from './run-as.ts';

export type Watchdog = { dismiss(): Promise<void> };

/**
 * The shell blocks on a pipe that closes when the owner ends, however it ends. Then it leaves some seconds for a new
 * owner, who takes the lock and attaches; if the lock still names the dead one, it stops the database.
 */
const SCRIPT = `
read -r _
sleep "$3"
read -r holder < "$1/postgres.lock" || exit 0
[ "$holder" = "$2" ] || exit 0
read -r pid < "$1/postgres/postmaster.pid" && kill -INT "$pid"
[ "$4" = throwaway ] || exit 0
n=0
while kill -0 "$pid" 2>/dev/null && [ $n -lt 20 ]; do sleep 1; n=$((n + 1)); done
rm -rf "$1"
`;

const GRACE_SECONDS = 3;

export function startWatchdog(dataDir: string, lockText: string, throwaway: boolean): Watchdog {
  const grace = throwaway ? '1' : String(GRACE_SECONDS);
  const kind = throwaway ? 'throwaway' : 'kept';
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'judicial-assistance-watchdog', dataDir, lockText, grace, kind], {
    ...childOptions(undefined),
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it an owner killed by -9 leaves PostgreSQL to the next start, which attaches: a loss of tidiness only.
  child.once('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return { dismiss: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
