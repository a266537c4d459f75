// The content of a document: decrypted while it is sent, always as an attachment, each download on record.
import { Readable } from 'node:stream';
import { openStream } from '../platform/crypto/stream.ts';
import { attachment } from '../platform/http/attachment.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { type DocumentDeps, unavailable } from './keeping.ts';
import { contentResponse } from './schema.ts';
import { type DocumentContent, releaseContent } from './service.ts';

/** The first chunk is opened before a header is sent: an object that is not what was stored is an error, not a file. */
async function openContent({ storage, log }: DocumentDeps, { row, key }: DocumentContent): Promise<Readable> {
  try {
    const chunks = openStream(await storage.store.get(row.id), key);
    const first = await chunks.next();
    async function* all() {
      if (!first.done) yield first.value;
      yield* chunks;
    }
    return Readable.from(all(), { objectMode: false });
  } catch (error) {
    throw unavailable(log, error);
  }
}

export function contentRoute(app: App, deps: DocumentDeps): void {
  app.get(
    '/v1/documents/:id/content',
    {
      config: { permission: 'document:download' },
      schema: {
        operationId: 'getDocumentContent',
        tags: ['Documents'],
        summary: 'Download a document 下载材料',
        description:
          'As an attachment with its name; every download is on record. 409 while a virus scan is pending, except for the uploading agency. 以附件下载并留痕；病毒扫描完成前仅上传单位可读。',
        params: IdParams,
        response: {
          200: contentResponse,
          409: { description: 'Not scanned, or infected 未扫描或有病毒', content: problemContent },
        },
      },
    },
    async (req, reply) => {
      const found = await req.lookUp((tx) => releaseContent(tx, req.params.id, deps.scanning));
      const { row, fileName } = found;
      const content = await openContent(deps, found);
      reply.header('content-disposition', attachment(fileName));
      reply.header('content-length', row.bytes);
      reply.header('repr-digest', `sha-256=:${Buffer.from(row.sha256, 'hex').toString('base64')}:`);
      return reply.type(row.mediaType).send(content) as never;
    },
  );
}

const problemContent = { 'application/problem+json': { schema: { $ref: 'Problem#' } } };
