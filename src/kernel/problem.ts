// Problems: every refusal the service can give, declared once with its status and both languages (RFC 9457).

export type Language = 'zh' | 'en';

/** title · detail (`{name}` is filled from the params) · remedy: how to mend it. */
export type ProblemText = readonly [title: string, detail: string, remedy: string];

export type ProblemSpec = { status: number; zh: ProblemText; en: ProblemText };

/** A sentence in both languages, or a value that has none: an id, a code. */
export type Detail = string | readonly [zh: string, en: string];

/** One place in the input that is wrong; `pointer` is a JSON Pointer, or `#query/name`, `#header/name`. */
export type FieldError = { pointer: string; code: string; detail: Detail };

export type ProblemParams = Readonly<Record<string, unknown>>;

/** Params named here are shown as members of the problem document, all others only fill the texts. */
const SHOWN = [
  'allowed',
  'missing',
  'permission',
  'currentVersion',
  'limit',
  'pointers',
  'conflicts',
  'existing',
  'error',
] as const;

export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: ProblemParams;
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | undefined;

  constructor(code: string, params: ProblemParams = {}, errors: readonly FieldError[] = []) {
    super(code);
    this.name = 'Problem';
    this.code = code;
    this.status = problemSpec(code).status;
    this.params = params;
    this.errors = errors;
    this.retryAfter = typeof params.retryAfter === 'number' ? params.retryAfter : undefined;
  }

  shown(): Record<string, unknown> {
    const entries = SHOWN.filter((name) => this.params[name] !== undefined).map((name) => [name, this.params[name]]);
    return Object.fromEntries(entries);
  }
}

const catalogue = new Map<string, ProblemSpec>();

/** Registers problem codes; a code is declared exactly once, so the published catalogue is complete by construction. */
export function defineProblems<const T extends Record<string, ProblemSpec>>(
  specs: T,
): { [K in keyof T]: (params?: ProblemParams, errors?: readonly FieldError[]) => Problem } {
  for (const [code, spec] of Object.entries(specs)) {
    if (catalogue.has(code)) throw new Error(`problem ${code} is declared twice`);
    catalogue.set(code, spec);
  }
  const make = (code: string) => (params?: ProblemParams, errors?: readonly FieldError[]) =>
    new Problem(code, params, errors);
  return Object.fromEntries(Object.keys(specs).map((code) => [code, make(code)])) as {
    [K in keyof T]: (params?: ProblemParams, errors?: readonly FieldError[]) => Problem;
  };
}

export function problemSpec(code: string): ProblemSpec {
  const spec = catalogue.get(code);
  if (!spec) throw new Error(`problem ${code} is not declared`);
  return spec;
}

export function problemCodes(): string[] {
  return [...catalogue.keys()].sort();
}

export function detailIn(language: Language, detail: Detail): string {
  return typeof detail === 'string' ? detail : detail[language === 'zh' ? 0 : 1];
}

export function fillText(text: string, params: ProblemParams): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    return Array.isArray(value) ? value.join(', ') : value === undefined ? '-' : String(value);
  });
}
