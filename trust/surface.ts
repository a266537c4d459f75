// S-50, P-16: what listens, what the public port answers, and whom the process calls.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type Process, withProcess } from './outside/process.ts';
import { findings } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

type Connection = { local: string; remote: string; listening: boolean };

const hexAddress = (text: string) => {
  const [host = '', port = ''] = text.split(':');
  const parts = host.length === 8 ? host.match(/../g)?.reverse() : undefined;
  return `${parts ? parts.map((part) => Number.parseInt(part, 16)).join('.') : `[${host}]`}:${Number.parseInt(port, 16)}`;
};

/** The TCP sockets that this process itself has, by the kernel. */
function socketsOf(pid: number): Connection[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((cells) => inodes.has(cells[9] ?? ''))
      .map((cells) => ({
        local: hexAddress(cells[1] ?? ''),
        remote: hexAddress(cells[2] ?? ''),
        listening: cells[3] === '0A',
      })),
  );
}

const INSIDE = [
  '/metrics',
  '/debug',
  '/debug/pprof',
  '/json',
  '/json/version',
  '/inspect',
  '/actuator',
  '/status',
  '/server-status',
  '/.env',
  '/.git/config',
  '/package.json',
  '/openapi.yaml',
  '/swagger',
  '/documentation',
  '/admin',
  '/console',
  '/graphql',
  '/node_modules/fastify/package.json',
  '/v1',
  '/',
];

async function surface({ origin, metrics, running, token }: Process): Promise<Reading> {
  const found = findings();
  const pid = running.child.pid ?? 0;
  const listening = socketsOf(pid)
    .filter((socket) => socket.listening)
    .map((socket) => socket.local);
  const allowed = [new URL(origin).host, new URL(metrics).host];
  for (const address of listening) if (!allowed.includes(address)) found.add(`listens on ${address}`);
  if (listening.length !== 2) found.add(`listens ${listening.length} times`);
  const bearer = { authorization: `Bearer ${await token('admin')}` };
  for (const path of [...INSIDE, '/docs', '/docs/reference.js']) {
    const answer = await fetch(`${origin}${path}`, { headers: bearer });
    if (answer.status !== 404) found.add(`${path}: ${answer.status}`);
  }
  for (const [path, status] of [
    ['/livez', 200],
    ['/readyz', 200],
    ['/v1/problems', 200],
    ['/v1/me', 401],
  ] as const)
    if ((await fetch(`${origin}${path}`)).status !== status) found.add(`${path} is not ${status}`);
  const inside = await fetch(`${metrics}/metrics`);
  if (inside.status !== 200) found.add('no metrics on their own port');
  for (const path of ['/v1/me', '/v1/sandbox/tokens', '/livez'])
    if ((await fetch(`${metrics}${path}`)).status !== 404) found.add(`the metrics port answers ${path}`);
  // SIGUSR1 opens Node's inspector unless that is off.
  running.child.kill('SIGUSR1');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const now = socketsOf(pid).filter((socket) => socket.listening);
  if (now.length !== 2) found.add(`SIGUSR1 opens ${now.map((socket) => socket.local).join(', ')}`);
  return {
    figure: `${listening.length} listening sockets (service, metrics), ${INSIDE.length + 2} paths of the inside: ${found.count} findings`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

/** A hook under `net.connect` and the name service writes down every other end before the process can reach it. */
const SENTINEL = `data:text/javascript,${encodeURIComponent(`
import net from 'node:net'; import dns from 'node:dns'; import { appendFileSync } from 'node:fs';
const note = (text) => appendFileSync(process.env.TRUST_SENTINEL, text + '\\n');
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const o = Array.isArray(args[0]) ? args[0][0] : args[0];
  note('connect ' + (typeof o === 'object' ? (o.path ?? (o.host ?? 'localhost') + ':' + o.port) : args[1] + ':' + o));
  return connect.apply(this, args);
};
const lookup = dns.lookup; dns.lookup = (name, ...rest) => { note('lookup ' + name); return lookup(name, ...rest); };
`)}`;

async function calls({ origin, dataDir, token, running }: Process, sentinel: string): Promise<Reading> {
  const bearer = { authorization: `Bearer ${await token('handler.heping')}` };
  const paths = [
    '/v1/me',
    '/v1/clues',
    '/v1/assistance-cases',
    '/v1/code-sets',
    '/v1/agencies',
    '/v1/statistics/summary?from=2026-01-01&to=2026-12-31',
    '/docs',
    '/docs/reference.js',
    '/v1/openapi.json',
    '/.well-known/jwks.json',
  ];
  for (const path of paths) await (await fetch(`${origin}${path}`, { headers: bearer })).arrayBuffer();
  await running.says(/Ctrl-C/);
  // The jobs of the worker half run in the same process, the first of them within seconds.
  await new Promise((resolve) => setTimeout(resolve, 25_000));
  const lines = readFileSync(sentinel, 'utf8').trim().split('\n');
  const port =
    /^\d+$/m.exec(readFileSync(`${dataDir}/postgres/postmaster.pid`, 'utf8').split('\n')[3] ?? '')?.[0] ?? '';
  const others = [...new Set(lines)].filter(
    (line) =>
      !line.endsWith(`127.0.0.1:${port}`) &&
      !/^lookup (127\.0\.0\.1|localhost)$/.test(line) &&
      !(line.startsWith('connect ') && line.includes(new URL(origin).host)),
  );
  const remote = socketsOf(running.child.pid ?? 0).filter(
    (socket) => !socket.listening && !socket.remote.startsWith('127.0.0.1:') && !socket.remote.startsWith('['),
  );
  return {
    figure: `${lines.length} connections asked for, ${others.length} to others than the own database; ${remote.length} open sockets that leave the machine`,
    met: others.length === 0 && remote.length === 0 && lines.length > 0,
    detail: others.slice(0, 10),
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-50',
    name: 'listening sockets, paths of the inside, inspector',
    target: 'the public port answers only the API',
    run: () => withProcess(surface, { DOCS: 'off' }),
  },
  {
    number: 'P-16',
    name: 'outbound connections of server and worker',
    target: '0 but the database',
    async run() {
      const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
      const { tmpdir } = await import('node:os');
      const directory = mkdtempSync(`${tmpdir()}/ja-sentinel-`);
      const sentinel = `${directory}/calls`;
      writeFileSync(sentinel, '');
      try {
        const env = { NODE_OPTIONS: `--import=${SENTINEL}`, TRUST_SENTINEL: sentinel };
        return await withProcess((process) => calls(process, sentinel), env);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  },
];
