// What stands between the callers and the service: browsers of other origins, gateways that let only GET and POST through (ADR 0033).

export type Methods = 'all' | 'get-post';

export type GatewaySettings = {
  /** Whose pages may call from a browser; empty = nobody's. */
  corsOrigins: readonly string[];
  /** `get-post`: PATCH, PUT and DELETE are POSTs to `…/amendment`, `…/replacement` and `…/removal`. */
  methods: Methods;
};

export const GATEWAY_SETTINGS = ['CORS_ORIGINS', 'METHODS'] as const;
type Setting = (typeof GATEWAY_SETTINGS)[number];

type Readers = {
  list: (name: Setting) => string[];
  choice: <T extends string>(name: Setting, values: readonly T[], fallback: T) => T;
};

/** As a browser writes it: scheme, host and a port that is not the usual one, nothing behind. */
const isOrigin = (text: string) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

export function readGateway({ list, choice }: Readers, problems: string[]): GatewaySettings {
  const corsOrigins = list('CORS_ORIGINS');
  for (const origin of corsOrigins.filter((text) => !isOrigin(text)))
    problems.push(`CORS_ORIGINS must list origins such as https://portal.example, not ${origin.slice(0, 100)}.`);
  return { corsOrigins, methods: choice('METHODS', ['all', 'get-post'], 'all') };
}
