// One client on one kept connection: sends, waits, measures; and what the processes behind the address have used of the CPU.
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

export type Shot = { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string };
export type Target = { origin: string; agent: Agent; next: () => Shot };
type Cpu = { own: number; database: number };
export type Sample = { latencies: number[]; seconds: number; cpu: Cpu };

export const oneConnection = () => new Agent({ keepAlive: true, maxSockets: 1 });

export function send(
  { origin, agent }: Pick<Target, 'origin' | 'agent'>,
  shot: Shot,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const length = shot.body === undefined ? {} : { 'content-length': Buffer.byteLength(shot.body) };
    const req = request(
      `${origin}${shot.path}`,
      { method: shot.method, agent, headers: { ...shot.headers, ...length } },
      (res) => {
        let body = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => {
          body += chunk;
        });
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body }));
      },
    );
    req.on('error', reject);
    req.end(shot.body);
  });
}

const TICKS = 100;

/** Seconds of CPU that a process and its children have used (Linux). */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Processes whose parent is `pid`: the backends of a postmaster. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const stat = readFileSync(`/proc/${child}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
      } catch {
        return false;
      }
    });
}

/** Of the process, and of PostgreSQL behind it. */
export function cpuSeconds(processId: number, postmaster: number): Cpu {
  const database = childrenOf(postmaster).reduce((sum, pid) => {
    try {
      return sum + cpuOf(pid);
    } catch {
      return sum;
    }
  }, 0);
  return { own: cpuOf(processId), database };
}

/** Sends `count` requests one after the other; an answer that is not 2xx ends the benchmark. */
export async function shoot(target: Target, count: number, cpu: () => Cpu): Promise<Sample> {
  const latencies: number[] = [];
  const before = cpu();
  const begun = process.hrtime.bigint();
  for (let i = 0; i < count; i++) {
    const shot = target.next();
    const started = process.hrtime.bigint();
    const { status, body } = await send(target, shot);
    latencies.push(Number(process.hrtime.bigint() - started) / 1e6);
    if (status < 200 || status > 299) throw new Error(`${shot.method} ${shot.path}: ${status} ${body.slice(0, 300)}`);
  }
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const after = cpu();
  return { latencies, seconds, cpu: { own: after.own - before.own, database: after.database - before.database } };
}

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
};
