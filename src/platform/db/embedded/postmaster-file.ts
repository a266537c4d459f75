// Reads postmaster.pid, the file in which a running PostgreSQL says who it is, where it listens and how it fares.
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identify, type ProcessId } from './process-id.ts';

export type Postmaster = { readonly process: ProcessId; readonly port: number; readonly status: string };

/** The live PostgreSQL of this cluster, if there is one. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const [pid, , , port, , , , status] = lines(cluster);
  const process = identify(Number(pid));
  if (process === undefined || !standsIn(process, cluster)) return undefined;
  return { process, port: Number(port ?? 0), status: (status ?? '').trim() };
}

/**
 * Removes the file of a PostgreSQL that is gone. PostgreSQL does so itself unless the pid belongs to somebody else by
 * now; then it would refuse to start. Only for the holder of the lock.
 */
export function removeStale(cluster: string): void {
  if (readPostmaster(cluster) === undefined) rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

function lines(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** A postmaster stands in its data directory: this tells it from a stranger who got its pid. */
function standsIn(process: ProcessId, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${process.pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}
