// npm run test:browser: /docs in headless Chromium: it renders, shows the operations, breaks no policy and asks no other host for anything.
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { runBin } from '../test/support/process.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [process.env.CHROMIUM, ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))];
  return places.find((place) => {
    try {
      accessSync(place ?? '', constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

type Visit = { text: string; console: string[]; requests: { url: string; initiator: string }[] };

type NetEvent = { type: number; params?: { url?: string; initiator?: string } };
type NetLog = { constants: { logEventTypes: Record<string, number> }; events: NetEvent[] };

/** A log that was cut off at the end of the process lacks its last brackets. */
function readNetLog(file: string): NetLog {
  const text = readFileSync(file, 'utf8').trim();
  try {
    return JSON.parse(text) as NetLog;
  } catch {
    return JSON.parse(`${text.replace(/,$/, '')}]}`) as NetLog;
  }
}

function requestsOf({ constants: { logEventTypes }, events }: NetLog): Visit['requests'] {
  return events
    .filter((event) => event.type === logEventTypes.URL_REQUEST_START_JOB && event.params?.url !== undefined)
    .map(({ params }) => ({ url: params?.url ?? '', initiator: params?.initiator ?? '' }));
}

/** The resolver knows this machine alone: whatever the page asked of another host stands in the net log and fails. */
async function visit(browser: string, url: string, folder: string): Promise<Visit> {
  const netLog = join(folder, 'net.json');
  const flags = [
    '--headless=new',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-default-apps',
    '--no-proxy-server',
    `--user-data-dir=${join(folder, 'profile')}`,
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    `--log-net-log=${netLog}`,
    '--enable-logging=stderr',
    '--virtual-time-budget=30000',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const limits = { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
  const { stdout, stderr } = await promisify(execFile)(browser, [...flags, '--dump-dom', url], limits);
  const visible = stdout.replace(/<(style|script)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ');
  return {
    text: visible.replaceAll('&nbsp;', ' ').replaceAll('&amp;', '&').replace(/\s+/g, ' '),
    console: stderr.split('\n').filter((line) => line.includes('CONSOLE')),
    requests: requestsOf(readNetLog(netLog)),
  };
}

type Check = readonly [name: string, failures: readonly string[]];
type Document = { info: { title: string }; tags: { name: string }[]; paths: Record<string, Record<string, Operation>> };
type Operation = { tags?: string[]; summary?: string };

function checks(seen: Visit, document: Document, base: string): Check[] {
  // Scalar breaks long words for display: spaces say nothing.
  const flat = (text: string) => text.replace(/\s+/g, '');
  const shown = flat(seen.text);
  const lacking = (texts: readonly string[]) => texts.filter((text) => !shown.includes(flat(text)));
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  const first = document.tags[0]?.name ?? '';
  const opened = operations.filter((operation) => operation.tags?.[0] === first);
  const byPage = seen.requests.filter(({ initiator }) => initiator.startsWith('http'));
  return [
    ['shows title and every group', lacking([document.info.title, ...document.tags.map((tag) => tag.name)])],
    [`shows the ${opened.length} operations of the open group`, lacking(opened.map((one) => one.summary ?? '?'))],
    [
      'fetched script and document',
      ['/docs/reference.js', '/v1/openapi.json'].filter((path) => !byPage.some(({ url }) => url === `${base}${path}`)),
    ],
    ['asked no other host', byPage.map(({ url }) => url).filter((url) => !url.startsWith(`${base}/`))],
    ['broke no policy and raised no error', seen.console.filter((line) => /refused|policy|error/i.test(line))],
  ];
}

async function main(): Promise<number> {
  const browser = findBrowser();
  if (browser === undefined) {
    console.error('npm run test:browser needs Chromium: install it, or set CHROMIUM to the path of the program.');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'ja-browser-'));
  // Beside it, not in it: the user of the database may not enter a private folder of root.
  const dataDir = mkdtempSync(join(tmpdir(), 'ja-browser-data-'));
  const server = runBin('server.ts', { DATA_DIR: dataDir });
  try {
    const base = (await server.says(/ {2}service {4}(\S+)[\s\S]*Ctrl-C/))[1] ?? '';
    const document = (await (await fetch(`${base}/v1/openapi.json`)).json()) as Document;
    const results = checks(await visit(browser, `${base}/docs`, folder), document, base);
    for (const [name, failures] of results) {
      console.log(`${failures.length === 0 ? 'ok  ' : 'FAIL'} /docs ${name}`);
      for (const failure of failures.slice(0, 10)) console.log(`       ${failure}`);
    }
    const failed = results.filter(([, failures]) => failures.length > 0).length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await server.stop('SIGTERM');
    for (const made of [folder, dataDir]) rmSync(made, { recursive: true, force: true });
  }
}

process.exitCode = await main();
