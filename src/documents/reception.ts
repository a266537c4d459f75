// A file on its way in: measured, recognised and sealed in one pass, so that no clear byte ever lies on a disk.
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Detail } from '../kernel/problem.ts';
import { newStreamKey, type StreamKey, sealStream } from '../platform/crypto/stream.ts';
import type { SuiteId } from '../platform/crypto/suite.ts';
import type { UploadPart } from '../platform/http/upload.ts';
import type { Spool, Spooled } from '../platform/objects/spool.ts';
import { documentProblems } from './domain.ts';
import { contentPlace } from './repository.ts';
import { ACCEPTED_EXTENSIONS, contradiction, type DocumentType, HEAD_BYTES, sniff, TAIL_BYTES } from './sniff.ts';

export type ReceivedFile = {
  id: string;
  key: StreamKey;
  fileName: string;
  mediaType: string;
  bytes: number;
  sha256: string;
  /** Null in a dry run, which keeps nothing. */
  sealed: Spooled | null;
};

const MAX_NAME = 200;

/** Watches what passes: length, hash, and the parts by which a type is known. */
function createMeter() {
  const hash = createHash('sha256');
  const seen = { bytes: 0, head: Buffer.alloc(0), tail: Buffer.alloc(0) };
  async function* watch(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of file) {
      hash.update(piece);
      seen.bytes += piece.length;
      if (seen.head.length < HEAD_BYTES) seen.head = Buffer.concat([seen.head, piece]).subarray(0, HEAD_BYTES);
      seen.tail = Buffer.concat([seen.tail, piece]).subarray(-TAIL_BYTES);
      yield piece;
    }
  }
  return { seen, watch, digest: () => hash.digest('hex') };
}

function recognise(content: { head: Buffer; tail: Buffer }, part: UploadPart): DocumentType {
  const type = sniff(content);
  if (!type) throw documentProblems['document.type_unsupported']({ accepted: ACCEPTED_EXTENSIONS });
  const declared = contradiction(type, part.mediaType, part.fileName);
  if (declared !== undefined) {
    const name = declared.slice(0, 280);
    const detail: Detail = [`声明为 ${name}`, `declared as ${name}`];
    throw documentProblems['document.type_mismatch']({ found: type.mediaType, declared }, [
      { pointer: '/file', code: 'type.mismatch', detail },
    ]);
  }
  return type;
}

/** Without control characters, with an extension, and with its end where it is too long: that is where the extension stands. */
function tidyName(fileName: string | null, type: DocumentType): string {
  const name = (fileName ?? '').replace(/[\p{Cc}\p{Cf}/\\]/gu, '').trim();
  const extension = `.${type.extensions[0]}`;
  if (name === '') return `document${extension}`;
  return (/\.[A-Za-z0-9]{1,10}$/.test(name) ? name : `${name}${extension}`).slice(-MAX_NAME);
}

async function drain(source: AsyncIterable<Buffer>): Promise<null> {
  for await (const _ of source);
  return null;
}

const isDryRun = (req: FastifyRequest) => String((req.query as { dryRun?: unknown }).dryRun) === 'true';

/** Receives into the spool; what is refused leaves nothing there. */
export function fileReceiver(spool: Spool, newId: () => string, suite: SuiteId) {
  return async (file: AsyncIterable<Buffer>, part: UploadPart, req: FastifyRequest): Promise<ReceivedFile> => {
    const id = newId();
    const key = newStreamKey(id, contentPlace(id));
    const meter = createMeter();
    const content = meter.watch(file);
    const sealed = await (isDryRun(req) ? drain(content) : spool.write(sealStream(content, key, suite)));
    try {
      const { bytes, ...shape } = meter.seen;
      const type = recognise(shape, part);
      const { mediaType } = type;
      return { id, key, fileName: tidyName(part.fileName, type), mediaType, bytes, sha256: meter.digest(), sealed };
    } catch (error) {
      await sealed?.discard();
      throw error;
    }
  };
}

/** What tells two uploads apart, whatever boundary and key they were sent with. */
export const describeFile = ({ sha256, bytes, mediaType, fileName }: ReceivedFile): string =>
  JSON.stringify([sha256, bytes, mediaType, fileName]);
