// npm run test:proxy: the service behind a real nginx: path prefix cut and passed on, forwarded addresses, a gateway of two methods and three headers, CORS.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import startDatabase from '../test/support/global-setup.ts';
import { freePort } from '../test/support/process.ts';
import { sampleClue } from '../test/support/samples.ts';
import { type Service, startService } from '../test/support/start.ts';

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const PORTAL = 'https://portal.example';
/** The caller's own address, so that nginx (127.0.0.1) is the only trusted one. */
const CALLER = '127.0.0.2';

function findNginx(): string | undefined {
  return FOLDERS.map((folder) => join(folder, 'nginx')).find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const forwarded = [
  'proxy_set_header Host $host;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
].join(' ');

/** A gateway as offices have them: two methods, and of the headers only those that the contract calls necessary. */
const narrow = [
  'if ($request_method !~ ^(GET|POST|HEAD)$) { return 405; }',
  'proxy_pass_request_headers off;',
  'proxy_set_header Authorization $http_authorization;',
  'proxy_set_header Idempotency-Key $http_idempotency_key;',
  'proxy_set_header If-Match $http_if_match;',
  'proxy_set_header Content-Type $http_content_type;',
  'proxy_set_header Content-Length $http_content_length;',
].join(' ');

type Ports = { nginx: number; all: string; getPost: string };

function configuration(folder: string, ports: Ports): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(' ');
  return `daemon off; master_process off; worker_processes 1; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')};
events { worker_connections 128; }
http {
  access_log off; server_tokens off; ${temp}
  server {
    listen 127.0.0.1:${ports.nginx};
    location /cut/ { proxy_pass ${ports.all}/; ${forwarded} }
    location /judicial/ { proxy_pass ${ports.all}; ${forwarded} }
    location /gateway/ { proxy_pass ${ports.getPost}/; ${narrow} ${forwarded} }
  }
}
`;
}

type Reply = { status: number; headers: IncomingHttpHeaders; body: Record<string, unknown> };
type Sent = { token?: string; body?: unknown; headers?: Record<string, string> };
type Ask = (method: string, path: string, sent?: Sent) => Promise<Reply>;

const asker =
  (port: number): Ask =>
  (method, path, { token, body, headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const own = {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      };
      const sent = request({ host: '127.0.0.1', port, method, path, headers: own, localAddress: CALLER }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => void parts.push(part));
        answer.on('end', () => {
          const raw = Buffer.concat(parts).toString('utf8');
          const isJson = String(answer.headers['content-type'] ?? '').includes('json');
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: isJson && raw ? (JSON.parse(raw) as Record<string, unknown>) : {},
          });
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });

async function until(ask: Ask): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await ask('GET', '/cut/livez').catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx does not answer');
}

type Check = readonly [name: string, holds: boolean];

async function prefixChecks(ask: Ask, token: string): Promise<Check[]> {
  const found: Check[] = [];
  for (const prefix of ['/cut', '/judicial']) {
    const key = { 'idempotency-key': `proxy${prefix}` };
    const made = await ask('POST', `${prefix}/v1/clues?lang=en`, { token, body: sampleClue(), headers: key });
    const location = String(made.headers.location);
    const list = await ask('GET', `${prefix}/v1/agencies?limit=1`, { token });
    const again = await ask('POST', `${prefix}/v1/clues?lang=en`, { token, body: sampleClue(), headers: key });
    const missing = await ask('GET', `${prefix}/v1/nowhere`, { token });
    const docs = await ask('GET', `${prefix}/docs`);
    const seen = await ask('GET', new URL(location).pathname, { token });
    found.push(
      [`${prefix}: a clue is created`, made.status === 201],
      [`${prefix}: Location is below PUBLIC_URL`, location.startsWith('https://aid.example/judicial/v1/clues/')],
      [`${prefix}: and answers through the proxy`, seen.status === 200 && seen.headers.etag !== undefined],
      [`${prefix}: a repeat is the first answer`, again.headers['idempotency-replayed'] === 'true'],
      [
        `${prefix}: Link next is below PUBLIC_URL`,
        /^<https:\/\/aid\.example\/judicial\/v1\//.test(String(list.headers.link)),
      ],
      [`${prefix}: RateLimit passes`, list.headers.ratelimit !== undefined],
      [
        `${prefix}: a problem names its page`,
        String(missing.body.type).startsWith('https://aid.example/judicial/v1/problems/'),
      ],
      [`${prefix}: /docs is there`, docs.status === 200],
    );
  }
  return found;
}

/** Failed authentication is counted by address: by the caller's as nginx tells it, never by what the caller claims. */
async function addressChecks(ask: Ask, service: Service): Promise<Check[]> {
  for (const claimed of ['198.51.100.7', '203.0.113.9'])
    await ask('GET', '/cut/v1/me', { token: 'forged', headers: { 'x-forwarded-for': claimed } });
  const rows = await service.owner.query<{ source: string }>('select distinct source from auth_failures');
  const sources = rows.map(({ source }) => source);
  return [
    ['the address that nginx tells is believed', sources.includes(CALLER)],
    ['a claimed X-Forwarded-For is not', sources.length === 1],
  ];
}

async function corsChecks(ask: Ask, token: string): Promise<Check[]> {
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
  const preflight = (origin: string) => ask('OPTIONS', '/cut/v1/clues', { headers: { origin, ...asked } });
  const [good, bad] = [await preflight(PORTAL), await preflight('https://other.example')];
  const read = await ask('GET', '/judicial/v1/clues', { token, headers: { origin: PORTAL } });
  return [
    ['a preflight of the portal passes', good.status === 204 && good.headers['access-control-allow-origin'] === PORTAL],
    ['one of another origin does not', bad.status === 405 && bad.headers['access-control-allow-origin'] === undefined],
    ['the portal may read ETag', /\bETag\b/.test(String(read.headers['access-control-expose-headers']))],
  ];
}

async function gatewayChecks(ask: Ask, token: string): Promise<Check[]> {
  const address = '/gateway/v1/clues/by-external-id/proxy-1';
  const cut = await ask('PUT', address, { token, body: sampleClue() });
  const made = await ask('POST', `${address}/replacement?createOnly=true`, { token, body: sampleClue() });
  const again = await ask('POST', `${address}/replacement?createOnly=true&lang=en`, { token, body: sampleClue() });
  const clue = `/gateway/v1/clues/${String(made.body.id)}`;
  const edited = await ask('POST', `${clue}/amendment`, {
    token,
    body: { facts: '被丈夫故意伤害致重伤' },
    headers: { 'if-match': String(made.headers.etag), 'idempotency-key': 'proxy-amendment' },
  });
  const document = await ask('GET', '/gateway/v1/openapi.json');
  const methods = Object.values(document.body.paths ?? {}).flatMap((path) => Object.keys(path as object));
  return [
    ['the gateway cuts PUT itself', cut.status === 405 && cut.body.code === undefined],
    ['replacement creates', made.status === 201],
    ['?createOnly=true stands for If-None-Match', again.status === 412],
    ['?lang=en stands for Accept-Language', /[a-z]/.test(String(again.body.title))],
    ['amendment edits with If-Match', edited.status === 200 && edited.body.version === 2],
    [
      'the document shows GET and POST alone',
      methods.length > 200 && methods.every((m) => m === 'get' || m === 'post'),
    ],
  ];
}

async function run(nginx: string): Promise<Check[]> {
  const folder = mkdtempSync(join(tmpdir(), 'behind-nginx-'));
  const stopDatabase = await startDatabase();
  const common = { TRUST_PROXY: '127.0.0.1', CORS_ORIGINS: PORTAL, DOCS: 'public' };
  const all = await startService({ env: { ...common, PUBLIC_URL: 'https://aid.example/judicial' } });
  const getPost = await startService({
    env: { ...common, METHODS: 'get-post', PUBLIC_URL: 'https://aid.example/gateway' },
  });
  const port = await freePort();
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, { nginx: port, all: all.url, getPost: getPost.url }));
  const proxy = spawn(nginx, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'inherit',
  });
  try {
    const ask = asker(port);
    await until(ask);
    const token = await all.api.token('wf.heping');
    return [
      ...(await prefixChecks(ask, token)),
      ...(await addressChecks(ask, all)),
      ...(await corsChecks(ask, token)),
      ...(await gatewayChecks(ask, await getPost.api.token('wf.heping'))),
    ];
  } finally {
    proxy.kill('SIGTERM');
    await Promise.all([all.stop(), getPost.stop()]);
    await stopDatabase();
    rmSync(folder, { recursive: true, force: true });
  }
}

const nginx = findNginx();
if (nginx === undefined) {
  console.log(
    'nginx is missing: install it (Debian: nginx-light) and run npm run test:proxy again; nothing was tested.',
  );
  process.exitCode = 2;
} else {
  const found = await run(nginx);
  for (const [name, holds] of found) console.log(`${holds ? 'ok    ' : 'FAILED'} ${name}`);
  const failed = found.filter(([, holds]) => !holds).length;
  console.log(`${found.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
