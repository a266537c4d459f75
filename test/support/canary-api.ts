// A client that plants canaries in whatever the stories and fixtures send, and remembers which fields took them.
import { type Answer, Api, type Send } from './api.ts';
import { type Canaries, MARKS, plant } from './canaries.ts';
import type { Contract, Op } from './contract.ts';

type App = ConstructorParameters<typeof Api>[0];

const JSON_TYPES = /^application\/(?:json|merge-patch\+json)/;

export class CanaryApi extends Api {
  /** Pointers that an answer with 2xx took. */
  readonly taken = new Set<string>();
  /** Answers of 400 and more that repeated a canary. */
  readonly echoed: string[] = [];
  sent = 0;
  readonly #routes: readonly { pattern: RegExp; op: Op }[];
  readonly #contract: Contract;
  readonly #canaries: Canaries;

  constructor(app: App, contract: Contract, canaries: Canaries) {
    super(app);
    this.#contract = contract;
    this.#canaries = canaries;
    this.#routes = contract.operations.map((op) => ({
      pattern: new RegExp(`^${op.path.replace(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`),
      op,
    }));
  }

  operationOf(method: string, path: string): Op | undefined {
    return this.#routes.find(({ pattern, op }) => op.method === method && pattern.test(path))?.op;
  }

  override async request(method: string, path: string, send: Send = {}): Promise<Answer> {
    const op = method === 'GET' ? undefined : this.operationOf(method, path);
    if (!op?.hasBody || op.id === 'createSandboxToken') return super.request(method, path, send);
    for (const variant of send.raw === undefined ? this.#bodies(op, send) : this.#uploads(op, send)) {
      const answer = await this.#send(method, path, variant.send);
      if (answer.status < 300) for (const pointer of variant.pointers) this.taken.add(pointer);
      // Another body may be taken; whatever else is refused is refused for everybody.
      if (![400, 409, 413, 422].includes(answer.status)) return answer;
    }
    return super.request(method, path, send);
  }

  async #send(method: string, path: string, send: Send): Promise<Answer> {
    this.sent += 1;
    const answer = await super.request(method, path, send);
    if (answer.status >= 400 && Object.values(MARKS).some((mark) => answer.text.includes(mark)))
      this.echoed.push(`${answer.status} ${method} ${path}: ${answer.text.slice(0, 300)}`);
    return answer;
  }

  /** With all that is optional, with optional texts, then only with those that were sent. */
  #bodies(op: Op, send: Send): { send: Send; pointers: Set<string> }[] {
    const content = op.operation.requestBody?.content ?? {};
    const type = Object.keys(content).find((name) => JSON_TYPES.test(name));
    if (!type || typeof send.body !== 'object') return [];
    const { document } = this.#contract;
    return (['objects', 'texts', 'none'] as const).map((extra) => {
      const pointers = new Set<string>();
      const planting = { document, operation: op.id, canaries: this.#canaries, extra, pointers };
      const body = plant(planting, content[type]?.schema as Parameters<typeof plant>[1], send.body);
      return { send: { ...send, body }, pointers };
    });
  }

  #uploads(op: Op, send: Send): { send: Send; pointers: Set<string> }[] {
    const boundary = /boundary=(\S+)/.exec(send.headers?.['content-type'] ?? '')?.[1];
    if (!boundary) return [];
    const text = () => this.#canaries.text(80);
    const field = (name: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text()}\r\n`;
    const raw = String(send.raw)
      .replace(/--[^\r]+\r\nContent-Disposition: form-data; name="(?:title|note)"\r\n\r\n[^\r]*\r\n/g, '')
      .replace(/filename="[^"]*"/, () => `filename="${text()}.pdf"`)
      .replace('%%EOF', () => `% ${text()}\n%%EOF`);
    const pointers = new Set(['title', 'note', 'file'].map((name) => `${op.id}/${name}`));
    return [{ send: { ...send, raw: `${field('title')}${field('note')}${raw}` }, pointers }];
  }
}
