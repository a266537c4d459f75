// A small client for tests: acts as a sandbox officer, sends keys and ETags as an integrator would.
import type { InjectOptions } from 'fastify';
import type { App } from '../../src/platform/http/server.ts';

export type Json = Record<string, unknown>;
export type Answer = {
  status: number;
  headers: Record<string, string>;
  text: string;
  body: Json & { items?: Json[] };
  etag: string;
};

export type Send = {
  body?: unknown;
  headers?: Record<string, string>;
  key?: string | null;
  etag?: string;
  raw?: string | Buffer;
};

let counter = 0;

export class Api {
  readonly #app: App;
  readonly #tokens = new Map<string, string>();

  constructor(app: App) {
    this.#app = app;
  }

  async token(officer: string): Promise<string> {
    const known = this.#tokens.get(officer);
    if (known) return known;
    const answer = await this.request('POST', '/v1/sandbox/tokens', { body: { officer } });
    const token = String(answer.body.access_token);
    this.#tokens.set(officer, token);
    return token;
  }

  /** Sends as `officer` (null = without a token); POSTs get a fresh key unless `key` says otherwise. */
  async as(officer: string | null, method: string, path: string, send: Send = {}): Promise<Answer> {
    const authorization: Record<string, string> = officer
      ? { authorization: `Bearer ${await this.token(officer)}` }
      : {};
    return this.request(method, path, { ...send, headers: { ...authorization, ...send.headers } });
  }

  async request(method: string, path: string, send: Send = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...send.headers };
    if (send.etag !== undefined) headers['if-match'] = send.etag;
    if (method === 'POST' && send.key !== null)
      headers['idempotency-key'] = send.key ?? `test-${process.pid}-${++counter}`;
    const payload = send.raw ?? (send.body === undefined ? undefined : JSON.stringify(send.body));
    if (payload !== undefined && headers['content-type'] === undefined) headers['content-type'] = 'application/json';
    const options: InjectOptions = {
      method: method as 'GET',
      url: path,
      headers,
      ...(payload === undefined ? {} : { payload }),
    };
    const response = await this.#app.inject(options);
    const text = response.body;
    const isJson = String(response.headers['content-type'] ?? '').includes('json');
    const kept = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
    return {
      status: response.statusCode,
      headers: kept,
      text,
      body: isJson && text ? (JSON.parse(text) as Json) : {},
      etag: String(kept.etag ?? ''),
    };
  }

  get(officer: string, path: string): Promise<Answer> {
    return this.as(officer, 'GET', path);
  }

  /** POST of a decision: reads the ETag first, as a client must. */
  async decide(officer: string, resource: string, verb: string, body: unknown = {}): Promise<Answer> {
    const seen = await this.get(officer, resource);
    return this.as(officer, 'POST', `${resource}/${verb}`, { body, etag: seen.etag });
  }

  create(officer: string, path: string, body: unknown): Promise<Answer> {
    return this.as(officer, 'POST', path, { body });
  }
}
