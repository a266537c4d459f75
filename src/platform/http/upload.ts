// Uploads: one file and a few text fields as multipart/form-data, received while they stream (S-30, S-33); only in a scope that
// asks for it. The file goes to `receive` piece by piece; the body that is validated holds its description in its place.
import type { Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Detail, FieldError } from '../../kernel/problem.ts';
import { dbProblems } from '../db/errors.ts';
import { httpProblems } from './problem.ts';

export type UploadPart = { fileName: string | null; mediaType: string };

export type UploadOptions<T> = {
  maxBytes: number;
  /** Uploads of this process at a time; more are told to come back. */
  slots: number;
  /** Takes the file to its end; a failure of the source is thrown by it and must leave nothing behind. */
  receive: (file: AsyncIterable<Buffer>, part: UploadPart, req: FastifyRequest) => Promise<T>;
  /** Stands for the file in the body: what tells two uploads apart, so that a replayed key is compared with it. */
  describe: (received: T) => string;
  /** Called when the request has ended, whatever became of it. */
  discard: (received: T) => Promise<void>;
};

type Received<T> = { fields: Record<string, string>; file: T | undefined };

const FILE = 'file';
/** Boundaries, part headers and text fields around the file. */
const FRAME_BYTES = 65_536;
const LIMITS = {
  files: 1,
  fields: 10,
  fieldSize: 16_384,
  fieldNameSize: 100,
  parts: 12,
  headerPairs: 20,
  headerSize: 8192,
};

const bad = (code: string, detail: Detail, pointer = '') =>
  httpProblems['request.invalid']({}, [{ pointer, code, detail } satisfies FieldError]);

/** What a request has brought so far. */
type Reading<T> = {
  fields: Map<string, string>;
  stream: BusboyFileStream | undefined;
  receiving: Promise<T> | undefined;
};

const unreadable = (text: string) => text.includes('\u0000') || text.includes('\ufffd');

/** Text fields by name, each once; names that nobody declared are refused by the schema. */
function takeField(fields: Map<string, string>, name: string, value: string, truncated: boolean): void {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`;
  if (name === FILE)
    throw bad('multipart.no_file', ['`file` 部分须带文件名', 'send the part `file` with a filename'], pointer);
  if (name === '__proto__') throw bad('multipart.forbidden_name', ['不允许此名称', 'this name is not allowed']);
  if (fields.has(name)) throw bad('multipart.duplicate', ['字段重复', 'a field stands twice'], pointer);
  if (truncated)
    throw bad(
      'multipart.field_size',
      [`超过 ${LIMITS.fieldSize} 字节`, `longer than ${LIMITS.fieldSize} bytes`],
      pointer,
    );
  if (unreadable(name + value))
    throw bad('multipart.encoding', ['不是 UTF-8 文本，或含 U+0000', 'not text in UTF-8, or with U+0000'], pointer);
  fields.set(name, value);
}

type Fail = (error: Error) => void;

function listenToParts<T>(
  busboy: BusboyInstance,
  reading: Reading<T>,
  options: UploadOptions<T>,
  req: FastifyRequest,
  fail: Fail,
) {
  busboy.on('field', (name, value, _cut, truncated) => {
    try {
      takeField(reading.fields, name ?? '', value, truncated);
    } catch (error) {
      fail(error as Error);
    }
  });
  busboy.on('file', (name, stream, fileName, _encoding, mediaType) => {
    reading.stream = stream;
    stream.on('error', () => undefined);
    stream.once('limit', () => fail(httpProblems['request.too_large']({ limit: options.maxBytes })));
    reading.receiving = options.receive(stream, { fileName: fileName || null, mediaType }, req);
    reading.receiving.catch(fail);
    if (unreadable(fileName ?? ''))
      fail(bad('multipart.encoding', ['文件名不是 UTF-8', 'the file name is not UTF-8'], '/file'));
    if (name !== FILE)
      fail(bad('multipart.file_name', ['文件须为名为 `file` 的部分', 'the file is the part named `file`'], '/file'));
  });
  busboy.on('filesLimit', () =>
    fail(bad('multipart.files', ['每次请求一个文件', 'one file in each request'], '/file')),
  );
  for (const event of ['fieldsLimit', 'partsLimit'] as const)
    busboy.on(event, () => fail(bad('multipart.parts', ['部分过多', 'too many parts'])));
  busboy.on('error', () =>
    fail(
      bad('multipart.syntax', ['请求体不是完整的 multipart/form-data', 'the body is not complete multipart/form-data']),
    ),
  );
}

async function readParts<T>(req: FastifyRequest, source: Readable, options: UploadOptions<T>): Promise<Received<T>> {
  const headers = { ...req.headers, 'content-type': String(req.headers['content-type']) };
  const busboy = new Busboy({ headers, limits: { ...LIMITS, fileSize: options.maxBytes } });
  const reading: Reading<T> = { fields: new Map(), stream: undefined, receiving: undefined };
  try {
    await new Promise<void>((resolve, reject) => {
      const fail: Fail = (error) => {
        // What is left of the request is read away; the connection is closed behind the answer.
        source.unpipe(busboy);
        source.resume();
        reading.stream?.destroy(error);
        reject(error);
      };
      listenToParts(busboy, reading, options, req, fail);
      busboy.on('finish', resolve);
      for (const event of ['error', 'aborted'] as const)
        source.on(event, () => fail(httpProblems['request.malformed']()));
      // Whatever comes before, between and after the parts counts: a body without a length ends here as well.
      let bytes = 0;
      source.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > options.maxBytes + FRAME_BYTES)
          fail(httpProblems['request.too_large']({ limit: options.maxBytes }));
      });
      source.pipe(busboy);
    });
    return { fields: Object.fromEntries(reading.fields), file: await reading.receiving };
  } catch (error) {
    // A file that was taken before the request went wrong is not kept.
    await reading.receiving?.then(options.discard, () => undefined);
    throw error;
  }
}

/** Refused before anything is read, where the length says so. */
function checkLength(req: FastifyRequest, maxBytes: number): void {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes + FRAME_BYTES)
    throw httpProblems['request.too_large']({ limit: maxBytes });
}

/** Adds the parser to this scope alone; answers how a handler gets what was received. */
export function multipartParser<T>(
  scope: FastifyInstance,
  options: UploadOptions<T>,
): (req: FastifyRequest) => T | undefined {
  const received = new WeakMap<FastifyRequest, T>();
  let busy = 0;
  scope.addContentTypeParser('multipart/form-data', async (req: FastifyRequest, payload: Readable) => {
    checkLength(req, options.maxBytes);
    if (busy >= options.slots) throw dbProblems['service.busy']({ retryAfter: 2 });
    busy += 1;
    try {
      const { fields, file } = await readParts(req, payload, options);
      if (file === undefined) return fields;
      received.set(req, file);
      return { ...fields, [FILE]: options.describe(file) };
    } finally {
      busy -= 1;
    }
  });
  scope.addHook('onSend', async (req, reply) => {
    if (reply.statusCode >= 400 && !req.raw.complete) reply.header('connection', 'close');
  });
  scope.addHook('onResponse', async (req) => {
    const file = received.get(req);
    if (file !== undefined) await options.discard(file);
  });
  return (req) => received.get(req);
}
