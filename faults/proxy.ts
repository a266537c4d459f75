// A small TCP proxy of our own between the service and PostgreSQL: it delays, resets, goes silent, and can be pointed elsewhere.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Chance } from './chance.ts';

/** What may go wrong on the way; `none` passes everything on. */
export type Weather =
  | { kind: 'none' }
  /** Every piece of an answer comes so much later. */
  | { kind: 'latency'; ms: number }
  /** One piece in `oneIn`, either way, is answered with a reset. */
  | { kind: 'reset'; oneIn: number; chance: Chance }
  /** One COMMIT in `oneIn` is passed on, and nothing ever comes back on that connection. */
  | { kind: 'black-hole'; oneIn: number; chance: Chance }
  /** Both sides stay open and nothing passes any more. */
  | { kind: 'half-open' };

type Pair = { inner: Socket; outer: Socket; silent: boolean };

export type DatabaseProxy = {
  readonly port: number;
  /** How often it struck since the weather was set. */
  struck(): number;
  set(weather: Weather): void;
  /** Where new connections lead to. */
  aim(port: number): void;
  /** Puts out everybody who is inside. */
  cut(): void;
  close(): Promise<void>;
};

/** The end of a transaction as pg sends it: a simple query, or the text of a parse. */
const COMMIT = Buffer.from('commit\0', 'latin1');

export async function openProxy(target: number): Promise<DatabaseProxy> {
  let port = target;
  let weather: Weather = { kind: 'none' };
  let struck = 0;
  const pairs = new Set<Pair>();

  const drop = (pair: Pair) => {
    pairs.delete(pair);
    pair.inner.resetAndDestroy();
    pair.outer.resetAndDestroy();
  };

  /** True: the piece goes on. */
  function passes(pair: Pair, chunk: Buffer, toServer: boolean): boolean {
    if (pair.silent) return false;
    if (weather.kind === 'half-open') {
      pair.silent = true;
      struck += 1;
      return false;
    }
    if (weather.kind === 'reset' && weather.chance.below(weather.oneIn) === 0) {
      struck += 1;
      drop(pair);
      return false;
    }
    if (
      weather.kind === 'black-hole' &&
      toServer &&
      chunk.includes(COMMIT) &&
      weather.chance.below(weather.oneIn) === 0
    ) {
      struck += 1;
      // It arrives; what the server says of it does not.
      pair.silent = true;
      pair.outer.write(chunk);
      return false;
    }
    return true;
  }

  const forward = (pair: Pair, toServer: boolean) => (chunk: Buffer) => {
    if (!passes(pair, chunk, toServer)) return;
    const to = toServer ? pair.outer : pair.inner;
    if (weather.kind === 'latency' && !toServer) setTimeout(() => to.writable && to.write(chunk), weather.ms);
    else if (to.writable) to.write(chunk);
  };

  const server: Server = createServer((inner) => {
    const outer = connect(port, '127.0.0.1');
    const pair: Pair = { inner, outer, silent: false };
    pairs.add(pair);
    inner.on('data', forward(pair, true));
    outer.on('data', forward(pair, false));
    const gone = (other: Socket) => () => {
      pairs.delete(pair);
      if (!pair.silent) other.destroy();
    };
    inner
      .setNoDelay(true)
      .on('error', () => undefined)
      .on('close', gone(outer));
    outer
      .setNoDelay(true)
      .on('error', () => undefined)
      .on('close', gone(inner));
    // A server behind a hole notices nothing either, until the client is gone.
    inner.on('close', () => outer.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    struck: () => struck,
    set(next) {
      weather = next;
      struck = 0;
    },
    aim(next) {
      port = next;
    },
    cut: () => [...pairs].forEach(drop),
    async close() {
      [...pairs].forEach(drop);
      server.close();
      await once(server, 'close');
    },
  };
}
