// The only place from which the service calls an address that somebody typed (S-40..S-45): checked, pinned, short, without redirects.
import { type LookupAddress, lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { isUsualPort, parseAllowed } from './addresses.ts';

export type Failure = 'timeout' | 'too_large' | 'refused' | 'certificate' | 'blocked' | 'unresolved';
export type Sent = { failure: Failure } | { status: number; headers: IncomingMessage['headers']; body: string };
export type Outgoing = {
  /** Whether such an address is ever called: its form, and a literal address in it. Names are judged when they are resolved. */
  accepts(url: string): boolean;
  /** Never rejects. The body is for the caller's own use (a challenge) and goes nowhere else. */
  send(url: string, method: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Sent>;
};

export type OutgoingOptions = {
  allow: readonly string[];
  sandbox: boolean;
  ca?: string | undefined;
  timeoutMs?: number;
  /** Of names; tests give one that changes its mind. */
  resolve?: typeof lookup;
};

/** As the configuration names them. */
export const outgoingSettings = (config: {
  webhookAllow: readonly string[];
  webhookCa: string | undefined;
  sandbox: boolean;
}): OutgoingOptions => ({
  allow: config.webhookAllow,
  ca: config.webhookCa,
  sandbox: config.sandbox,
});

const MAX_BYTES = 65_536;
const TIMEOUT_MS = 15_000;

/** Printable ASCII without what a URL parser drops or reads in its own way; the host in its plain spelling. */
const SHAPE = /^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?][!-"$-;=?-[\]_a-z{-~]*)?$/;
const SHAPE_V6 = /^https?:\/\/\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?(?:[/?][!-"$-;=?-[\]_a-z{-~]*)?$/;
/** Names that never leave a network, and those without a dot, which a search list completes. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|arpa|onion|invalid|test)$/;

type Target = { url: URL; host: string; port: number };

function parseTarget(text: string): Target | undefined {
  if (text.length > 2048 || !(SHAPE.test(text) || SHAPE_V6.test(text)) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Decimal, octal, hexadecimal and shortened addresses come out of the parser as others than they went in.
  if (host !== '' && !text.toLowerCase().startsWith(`${url.protocol}//${url.hostname}`)) return undefined;
  if (url.username !== '' || url.password !== '' || url.hash !== '' || host.endsWith('.')) return undefined;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return port === 0 ? undefined : { url, host, port };
}

const failureOf = (error: NodeJS.ErrnoException): Failure => {
  const code = error.code ?? '';
  if (code === 'ERR_BLOCKED') return 'blocked';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unresolved';
  if (code === 'HPE_HEADER_OVERFLOW') return 'too_large';
  return /CERT|SIGNATURE|TLS|SSL|EPROTO/.test(code) ? 'certificate' : 'refused';
};

/** Reads no more than the cap; what was said beyond it is a failure of the receiver. */
function readAll(response: IncomingMessage, done: (sent: Sent) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BYTES) done({ failure: 'too_large' });
    else chunks.push(chunk);
  });
  response.on('error', () => done({ failure: 'refused' }));
  response.on('aborted', () => done({ failure: 'refused' }));
  response.on('end', () => {
    const { statusCode: status = 0, headers } = response;
    done({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
  });
}

export function createOutgoing({
  allow,
  sandbox,
  ca,
  timeoutMs = TIMEOUT_MS,
  resolve = lookup,
}: OutgoingOptions): Outgoing {
  const allowed = parseAllowed(allow, sandbox);
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };

  function accepted(text: string): Target | undefined {
    const target = parseTarget(text);
    if (!target) return undefined;
    const { url, host, port } = target;
    const named = allowed.host(host, port);
    if (url.protocol === 'http:' && !(sandbox && named)) return undefined;
    if (!named && !isUsualPort(port)) return undefined;
    if (isIP(host) !== 0) return allowed.address(host, host) && (named || isUsualPort(port)) ? target : undefined;
    return named || (host.includes('.') && !LOCAL_NAME.test(host)) ? target : undefined;
  }

  /** Asked by the socket itself, which connects to what is answered here and to nothing else: a second look cannot differ. */
  const pinned: LookupFunction = (host, options, callback) =>
    resolve(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const blocked = !error && (found.length === 0 || found.some(({ address }) => !allowed.address(address, host)));
      const failure = blocked ? Object.assign(new Error('address is not allowed'), { code: 'ERR_BLOCKED' }) : error;
      if (failure) callback(failure, []);
      else if (options.all) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    });

  return {
    accepts: (url) => accepted(url) !== undefined,
    send: (text, method, headers, body) =>
      new Promise((settle) => {
        const target = accepted(text);
        if (!target) return settle({ failure: 'blocked' });
        const { url } = target;
        const options = {
          method,
          agent: false,
          lookup: pinned,
          maxHeaderSize: 16_384,
          headers: {
            ...headers,
            'accept-encoding': 'identity',
            connection: 'close',
            'content-length': Buffer.byteLength(body ?? ''),
          },
        };
        const request =
          url.protocol === 'https:'
            ? httpsRequest(url, { ...options, ...trusted, minVersion: 'TLSv1.2', rejectUnauthorized: true })
            : httpRequest(url, options);
        // Of everything together, however slowly it trickles.
        const timer = setTimeout(() => done({ failure: 'timeout' }), timeoutMs);
        const done = (sent: Sent) => {
          clearTimeout(timer);
          request.destroy();
          settle(sent);
        };
        request.on('error', (error) => done({ failure: failureOf(error) }));
        request.on('response', (response) => readAll(response, done));
        request.end(body);
      }),
  };
}
