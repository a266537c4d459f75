// S-32: 500 clients that send or read slowly are let go in time, and the others do not feel them.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Process, withProcess } from './outside/process.ts';
import { p99 } from './outside/pulse.ts';
import type { Probe, Reading } from './probe.ts';

const CONNECTIONS = 500;
const HEAD = 'Host: service.test\r\n';

type Kind = {
  name: string;
  first: (token: string) => string;
  drip: string;
  everyMs: number;
  reads: boolean;
  limitMs: number;
};

const KINDS: readonly Kind[] = [
  {
    name: 'slow headers',
    first: () => `GET /v1/me HTTP/1.1\r\n${HEAD}`,
    drip: 'X-A: b\r\n',
    everyMs: 2000,
    reads: true,
    limitMs: 10_000,
  },
  {
    name: 'slow body',
    first: (token) =>
      `POST /v1/clues HTTP/1.1\r\n${HEAD}Authorization: Bearer ${token}\r\nIdempotency-Key: slow\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"facts":"`,
    drip: 'a',
    everyMs: 2000,
    reads: true,
    limitMs: 30_000,
  },
  {
    name: 'slow read',
    // Eight of the largest public answer: one alone would fit into the buffers of the system.
    first: () => `GET /v1/openapi.json HTTP/1.1\r\n${HEAD}\r\n`.repeat(8),
    drip: '',
    everyMs: 2000,
    reads: false,
    limitMs: 30_000,
  },
];

/** Opens one; answers when the server has closed it, or -1 after `patience`. */
function hold(origin: string, kind: Kind, token: string, patience: number): Promise<number> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const started = performance.now();
    const socket: Socket = connect({ port: Number(port), host: hostname });
    const timers: NodeJS.Timeout[] = [];
    const finish = (ms: number) => {
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      resolve(ms);
    };
    socket.on('error', () => undefined);
    socket.on('close', () => finish(performance.now() - started));
    socket.on('connect', () => {
      socket.write(kind.first(token));
      if (kind.reads) socket.resume();
      else socket.pause();
      if (kind.drip) timers.push(setInterval(() => socket.writable && socket.write(kind.drip), kind.everyMs));
    });
    timers.push(setTimeout(() => finish(-1), patience));
  });
}

/** A paused reader does not notice that it was let go: the server's own count of connections tells. */
async function openConnections(pid: number, port: string): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const wanted = Number(port).toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n');
  return lines.filter((line) => line.split(/\s+/)[2]?.endsWith(`:${wanted}`) && line.split(/\s+/)[4] === '01').length;
}

async function measure({ origin, token, running }: Process, say: (line: string) => void): Promise<Reading> {
  const bearer = await token('handler.heping');
  await (await fetch(`${origin}/v1/openapi.json`)).arrayBuffer();
  await p99(origin, bearer, 2000);
  const detail: string[] = [];
  let met = true;
  for (const kind of KINDS) {
    const before = await p99(origin, bearer, 8000);
    const started = performance.now();
    // Opened within five seconds; what is measured is the holding of them, not the opening.
    const held = Array.from({ length: CONNECTIONS }, async (_, i) => {
      await sleep(i * 10);
      return hold(origin, kind, bearer, kind.limitMs + 10_000);
    });
    await sleep(CONNECTIONS * 10);
    const during = await p99(origin, bearer, 8000);
    let longest: number;
    if (kind.reads)
      longest = Math.max(...(await Promise.all(held)).map((ms) => (ms < 0 ? Number.POSITIVE_INFINITY : ms)));
    else {
      while (
        (await openConnections(running.child.pid ?? 0, new URL(origin).port)) > 5 &&
        performance.now() - started < kind.limitMs + 9000
      )
        await sleep(250);
      longest = performance.now() - started - CONNECTIONS * 10;
      await Promise.all(held);
    }
    // The connections themselves take their time to be made.
    const fine = longest <= kind.limitMs + 1500 && during <= Math.max(2 * before, before + 5);
    met &&= fine;
    detail.push(
      `${kind.name}: last of ${CONNECTIONS} let go after ${(longest / 1000).toFixed(1)} s (≤ ${kind.limitMs / 1000} s); p99 of another client ${before.toFixed(1)} → ${during.toFixed(1)} ms`,
    );
    say(detail.at(-1) ?? '');
  }
  return { figure: detail.join('; '), met };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-32',
    name: 'slow headers, bodies and readers, 500 connections each',
    target: "let go after 10 s (headers) and 30 s (body, reading); others' p99 < 2 ×",
    run: ({ say }) => withProcess((process) => measure(process, say)),
  },
];
