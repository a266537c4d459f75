// Tools of the identity probes: repeatable chance, medians, and a server that publishes keys.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A whole number below `n`. */
export type Random = (n: number) => number;

/** mulberry32: the same seed gives the same run. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export type KeyServer = { url: string; show(kids: readonly string[]): void; asked(): number; stop(): Promise<void> };

export async function keyServer(kids: readonly string[]): Promise<KeyServer> {
  const known = new Map<string, object>();
  const keyOf = (kid: string) => {
    const jwk = known.get(kid) ?? {
      ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
      ...{ kid, alg: 'ES256', use: 'sig' },
    };
    known.set(kid, jwk);
    return jwk;
  };
  let shown = kids;
  let asked = 0;
  const server = createServer((_req, res) => {
    asked += 1;
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ keys: shown.map(keyOf) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks`,
    show: (next) => {
      shown = next;
    },
    asked: () => asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
