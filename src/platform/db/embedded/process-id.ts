// Names a process so that a recycled pid is never mistaken for it: pid, boot and the tick at which it started.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './errors.ts';

export type ProcessId = { readonly pid: number; readonly startedAt: string };

const UNREADABLE = 'unreadable';

/** The process that has this pid now, or undefined when none has; a zombie counts as none. */
export function identify(pid: number): ProcessId | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets; the fields after its last bracket begin with the state (no. 3).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, startedAt: `${bootId()}:${fields[19] ?? ''}` };
  } catch {
    return answersSignals(pid) ? { pid, startedAt: UNREADABLE } : undefined;
  }
}

export function isAlive(target: ProcessId): boolean {
  const now = identify(target.pid);
  if (now === undefined) return false;
  return now.startedAt === target.startedAt || now.startedAt === UNREADABLE || target.startedAt === UNREADABLE;
}

/** Waits until the process is gone; false when it still lives after the given milliseconds. */
export async function isGoneWithin(target: ProcessId, milliseconds: number): Promise<boolean> {
  for (let waited = 0; isAlive(target); waited += 10) {
    if (waited >= milliseconds) return false;
    await sleep(10);
  }
  return true;
}

export function signal(target: ProcessId, name: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
