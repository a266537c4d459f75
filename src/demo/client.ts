// A client as an integrator would write it: sandbox tokens, fresh idempotency keys, the ETag last seen before every decision.
export type Json = Record<string, unknown>;
export type Answer = { status: number; body: Json; etag: string | null };

/** The service said something else than the story expects; `problem` is its own document. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly problem: Json;
  constructor(request: string, status: number, problem: Json) {
    super(`${request} was answered ${status}`);
    this.problem = problem;
  }
}

export type Send = { body?: unknown; form?: FormData; etag?: string | null };

export type Client = {
  send(officer: string, method: string, path: string, send?: Send): Promise<Answer>;
};

async function answerOf(response: Response): Promise<Answer> {
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const text = await response.text();
  const body = isJson && text !== '' ? (JSON.parse(text) as Json) : {};
  return { status: response.status, body, etag: response.headers.get('etag') };
}

/** `tag` makes the idempotency keys of one run its own. */
export function createClient(baseUrl: string, tag: string): Client {
  const tokens = new Map<string, string>();
  let keys = 0;

  async function tokenOf(officer: string): Promise<string> {
    const known = tokens.get(officer);
    if (known !== undefined) return known;
    const answer = await fetch(`${baseUrl}/v1/sandbox/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ officer }),
    }).then(answerOf);
    const token = answer.body.access_token;
    if (typeof token !== 'string')
      throw new UnexpectedAnswer(`POST /v1/sandbox/tokens for ${officer}`, answer.status, answer.body);
    tokens.set(officer, token);
    return token;
  }

  return {
    async send(officer, method, path, { body, form, etag } = {}) {
      const headers: Record<string, string> = { authorization: `Bearer ${await tokenOf(officer)}` };
      if (method === 'POST') headers['idempotency-key'] = `demo-${tag}-${++keys}`;
      if (etag) headers['if-match'] = etag;
      if (body !== undefined) headers['content-type'] = 'application/json';
      const payload = form ?? (body === undefined ? undefined : JSON.stringify(body));
      const init = payload === undefined ? { method, headers } : { method, headers, body: payload };
      return answerOf(await fetch(`${baseUrl}${path}`, init));
    },
  };
}
