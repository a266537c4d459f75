// The store as an option: a server that speaks S3. Requests are signed (SigV4) over the hash of the ciphertext, which is sent
// as a stream of known length; addresses are path-style, as servers of one's own want them.
import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { AwsV4Signer } from 'aws4fetch';
import { checkName, ObjectMissingError, type ObjectStore, type SealedFile, type StoredObject } from './store.ts';

export type S3Settings = {
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
};

export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
  readonly code: string;
  constructor(method: string, status: number) {
    super(`the object store answered ${method} with ${status}`);
    this.code = `OBJECT_STORE_${status}`;
  }
}

const TIMEOUT_MS = 30_000;
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const PREFIX = 'documents/';

type Call = { method: string; path: string; file?: SealedFile };

async function send(settings: S3Settings, { method, path, file }: Call): Promise<IncomingMessage> {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = settings;
  const headers = { 'x-amz-content-sha256': file?.sha256 ?? EMPTY_SHA256 };
  const url = `${endpoint.replace(/\/+$/, '')}/${bucket}${path}`;
  const signer = new AwsV4Signer({ method, url, headers, region, accessKeyId, secretAccessKey, service: 's3' });
  const signed = await signer.sign();
  const request = signed.url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = request(signed.url, {
    method,
    headers: { ...Object.fromEntries(signed.headers), 'content-length': file?.bytes ?? 0 },
    timeout: TIMEOUT_MS,
  });
  outgoing.on('timeout', () => outgoing.destroy(new ObjectStoreError(method, 504)));
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
  });
  if (file) await Promise.race([pipeline(createReadStream(file.path), outgoing), answer]);
  else outgoing.end();
  return answer;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** The answer where its status is one of those wanted; its body is read away otherwise. */
async function expectStatus(settings: S3Settings, call: Call, wanted: readonly number[]): Promise<IncomingMessage> {
  const answer = await send(settings, call);
  const status = answer.statusCode ?? 0;
  if (wanted.includes(status)) return answer;
  answer.resume();
  throw status === 404 ? new ObjectMissingError() : new ObjectStoreError(call.method, status);
}

const membersOf = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text);

/** Keys are ids and instants are ISO 8601, so the listing is read without an XML parser. */
async function* listObjects(settings: S3Settings): AsyncGenerator<StoredObject> {
  for (let token: string | undefined = ''; token !== undefined; ) {
    const more: string = token ? `&continuation-token=${encodeURIComponent(token)}` : '';
    const path = `?list-type=2&prefix=${encodeURIComponent(PREFIX)}${more}`;
    const xml = await textOf(await expectStatus(settings, { method: 'GET', path }, [200]));
    const times = membersOf(xml, 'LastModified');
    for (const [i, key] of membersOf(xml, 'Key').entries()) {
      yield { name: key.slice(PREFIX.length), modifiedAt: new Date(times[i] ?? '') };
    }
    [token] = membersOf(xml, 'NextContinuationToken');
  }
}

export function s3Store(settings: S3Settings): ObjectStore {
  const pathOf = (name: string) => `/${PREFIX}${checkName(name)}`;
  return {
    async put(name, file) {
      const answer = await expectStatus(settings, { method: 'PUT', path: pathOf(name), file }, [200, 201, 204]);
      answer.resume();
    },
    get: (name) => expectStatus(settings, { method: 'GET', path: pathOf(name) }, [200]),
    async remove(name) {
      const answer = await expectStatus(settings, { method: 'DELETE', path: pathOf(name) }, [200, 202, 204, 404]);
      answer.resume();
    },
    list: () => listObjects(settings),
  };
}
