// A client of its own thread that asks for /v1/me again and again and tells its p99: what it feels is the service, not its neighbours here.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';

type Pulse = { origin: string; token: string; ms: number };

async function measure({ origin, token, ms }: Pulse): Promise<number> {
  const times: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const started = performance.now();
    const answer = await fetch(`${origin}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    times.push(performance.now() - started);
    await sleep(5);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
}

export function p99(origin: string, token: string, ms: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { origin, token, ms } satisfies Pulse });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (parentPort) parentPort.postMessage(await measure(workerData as Pulse));
