// /docs: the interactive reference, its page and script taken from the package; no font, proxy or telemetry of another host.
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import Fastify from 'fastify';
import type { Config } from '../config.ts';
import type { App } from './server.ts';

/** Everything by which the package would call its makers is off or empty; the content security policy is the wall behind it. */
const CONFIGURATION = {
  // Relative to the page, so that a path prefix of PUBLIC_URL holds.
  url: 'v1/openapi.json',
  cdn: 'docs/reference.js',
  pageTitle: 'Judicial assistance 国家司法救助 · API',
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  externalUrls: { dashboardUrl: '', registryUrl: '', proxyUrl: '', apiBaseUrl: '' },
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
} as const;

/** The script as bytes: as text each of its 3 MB would be encoded anew for every reader, which stops everybody else (S-32). */
type Reference = { page: string; script: Buffer; policy: string };

function policyOf(page: string): string {
  const inline = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self' ${inline.join(' ')}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Asks the package for its two files once; its own routes would trust the Host header and know no path prefix. */
async function load(): Promise<Reference> {
  const { default: reference } = await import('@scalar/fastify-api-reference');
  const shell = Fastify({ logger: false });
  await shell.register(reference, { routePrefix: '/docs', configuration: CONFIGURATION });
  const [page, script] = await Promise.all([shell.inject('/docs/'), shell.inject('/docs/js/scalar.js')]);
  await shell.close();
  return { page: page.body, script: script.rawPayload, policy: policyOf(page.body) };
}

export function docsRoutes(app: App, docs: Config['docs']): void {
  if (docs === 'off') return;
  let loading: Promise<Reference> | undefined;
  const reference = () => {
    loading ??= load();
    return loading;
  };
  const hidden = {
    config: { permission: docs === 'public' ? ('public' as const) : ('authenticated' as const) },
    schema: { hide: true },
  };
  const send = (reply: FastifyReply, type: string, text: string | Buffer) =>
    reply.header('content-type', `${type}; charset=utf-8`).send(text);
  app.get('/docs', hidden, async (_req, reply) => {
    const { page, policy } = await reference();
    return send(reply.header('content-security-policy', policy), 'text/html', page);
  });
  app.get('/docs/', hidden, (_req, reply) => reply.redirect('../docs', 308));
  app.get('/docs/reference.js', hidden, async (_req, reply) => {
    const { script } = await reference();
    return send(reply.header('cache-control', 'private, max-age=3600'), 'text/javascript', script);
  });
}
