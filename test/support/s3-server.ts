// An S3-compatible server for one bucket, over HTTP: it holds each request against its own computation of the signature
// (AWS Signature Version 4), the hash of the payload and the clock, and refuses what does not agree.
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type S3Server = {
  endpoint: string;
  objects: Map<string, { content: Buffer; at: Date }>;
  refusals: string[];
  stop(): Promise<void>;
};

type Account = { accessKeyId: string; secretAccessKey: string; region: string; bucket: string };

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** What is wrong with the signature of a request; undefined = nothing. */
function signatureFault(req: IncomingMessage, payload: Buffer, account: Account): string | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, id, scope = '', names = '', signature] = pattern.exec(req.headers.authorization ?? '') ?? [];
  if (id !== account.accessKeyId) return 'credential';
  const [day = '', region = ''] = scope.split('/');
  if (region !== account.region) return 'region';
  const signed = names.split(';');
  for (const needed of ['host', 'x-amz-content-sha256', 'x-amz-date']) if (!signed.includes(needed)) return needed;
  if (req.headers['x-amz-content-sha256'] !== sha256(payload)) return 'payload hash';
  const date = String(req.headers['x-amz-date']);
  const instant = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day) || !(Math.abs(Date.now() - instant) < 900_000)) return 'date';
  const url = new URL(req.url ?? '/', 'http://host');
  const canonical = [
    req.method,
    url.pathname,
    [...url.searchParams]
      .map(([k, v]) => `${encoded(k)}=${encoded(v)}`)
      .sort()
      .join('&'),
    ...signed.map((name) => `${name}:${String(req.headers[name]).trim()}`),
    '',
    names,
    sha256(payload),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [region, 's3', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${account.secretAccessKey}`, day));
  return hmac(key, text).toString('hex') === signature ? undefined : 'signature';
}

const PAGE = 2;

/** Two keys a page, so that the next one is asked for. */
function listing(objects: S3Server['objects'], query: URLSearchParams): string {
  const names = [...objects.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '')).sort();
  const from = Number(query.get('continuation-token') ?? 0);
  const page = names.slice(from, from + PAGE);
  const entries = page.map(
    (name) =>
      `<Contents><Key>${name}</Key><LastModified>${objects.get(name)?.at.toISOString()}</LastModified><Size>1</Size></Contents>`,
  );
  const next = from + PAGE < names.length ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
  return `<?xml version="1.0"?><ListBucketResult><Prefix>documents/</Prefix>${entries.join('')}${next}</ListBucketResult>`;
}

type Reply = { status: number; content?: Buffer | string };

function answer(req: IncomingMessage, payload: Buffer, { bucket }: Account, objects: S3Server['objects']): Reply {
  const url = new URL(req.url ?? '/', 'http://host');
  if (url.pathname === `/${bucket}`) return { status: 200, content: listing(objects, url.searchParams) };
  const name = decodeURIComponent(url.pathname.slice(bucket.length + 2));
  if (req.method === 'PUT') {
    // Streams of unknown length are refused by S3 as well.
    if (req.headers['content-length'] === undefined) return { status: 411 };
    objects.set(name, { content: payload, at: new Date() });
    return { status: 200 };
  }
  if (req.method === 'DELETE') {
    objects.delete(name);
    return { status: 204 };
  }
  const found = objects.get(name);
  return found
    ? { status: 200, content: found.content }
    : { status: 404, content: '<Error><Code>NoSuchKey</Code></Error>' };
}

export async function startS3(account: Account): Promise<S3Server> {
  const objects: S3Server['objects'] = new Map();
  const refusals: string[] = [];
  const server: Server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const payload = Buffer.concat(parts);
      const fault = signatureFault(req, payload, account);
      if (fault) refusals.push(`${req.method} ${fault}`);
      const { status, content = '' } = fault ? { status: 403 } : answer(req, payload, account, objects);
      res.writeHead(status, { 'content-length': Buffer.byteLength(content) }).end(content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { endpoint: `http://127.0.0.1:${port}`, objects, refusals, stop };
}
