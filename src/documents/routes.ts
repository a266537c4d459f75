// Documents of clues, cases, disbursements, referrals and visits: upload and list below the parent, then the document itself.

import { Type } from 'typebox';
import { requireAgencyMap, requireOfficerMap } from '../agencies/service.ts';
import { UUID_PATTERN } from '../kernel/ids.ts';
import type { Tx } from '../platform/db/tx.ts';
import { IdParams, pageQuery } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { multipartParser } from '../platform/http/upload.ts';
import { contentRoute } from './content-routes.ts';
import { documentPermission, MAX_DOCUMENT_BYTES, PARENT_KINDS, PARENTS, type ParentKind } from './domain.ts';
import { type DocumentDeps, keepWhile } from './keeping.ts';
import { describeFile, fileReceiver, type ReceivedFile } from './reception.ts';
import { listDocuments } from './repository.ts';
import { DocumentPage, DocumentUpload, DocumentView, toDocumentItem, toDocumentView } from './schema.ts';
import { addDocument, type Document, readDocument } from './service.ts';

const tags = ['Documents'];
/** Uploads of this process at a time: each takes a connection, a file and some CPU for as long as the client sends. */
const SLOTS = 8;
const ID = new RegExp(UUID_PATTERN);

async function viewDocument(tx: Tx, document: Document) {
  const { agencyId, uploadedBy } = document.row;
  const [agencyOf, officerOf] = await Promise.all([
    requireAgencyMap(tx, [agencyId]),
    requireOfficerMap(tx, [uploadedBy]),
  ]);
  return toDocumentView(document, { agency: agencyOf(agencyId), officer: uploadedBy ? officerOf(uploadedBy) : null });
}

const tooLarge = {
  description: 'File over 20 MiB 文件超过 20 MiB',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};

function uploadRoute(
  app: App,
  deps: DocumentDeps,
  kind: ParentKind,
  fileOf: (req: never) => ReceivedFile | undefined,
): void {
  const { path, name, operation } = PARENTS[kind];
  app.post(
    `/v1/${path}/:id/documents`,
    {
      config: {
        permission: documentPermission(kind, 'upload'),
        resource: kind,
        idempotent: true,
        dryRun: true,
        upload: true,
      },
      // Who does not see the parent is told so before 20 MiB are read.
      onRequest: async (req) => {
        if (ID.test(String((req.params as { id?: string }).id))) await req.lookUp(async () => true);
      },
      schema: {
        operationId: `upload${operation}Document`,
        tags,
        summary: `Upload a document to ${name[1]} 上传${name[0]}材料`,
        description:
          'multipart/form-data with one file up to 20 MiB, encrypted before it is stored; its type is recognised by content and must agree with what is declared. 单个文件不超过 20 MiB，按内容识别类型，加密后存储。',
        consumes: ['multipart/form-data'],
        params: IdParams,
        body: DocumentUpload,
        response: { 201: DocumentView, 413: tooLarge },
      },
    },
    (req) => {
      const file = fileOf(req as never);
      if (!file) throw new Error('the schema let an upload without a file through');
      const { id } = req.params;
      const { kind: documentKind, title, note } = req.body;
      return keepWhile(deps, file, (kept) =>
        req.command({
          verb: async (tx, expected) => {
            const input = { parent: { kind, id }, file, kind: documentKind, title, note };
            const document = await addDocument(tx, input, deps.scanning, expected);
            kept();
            return document;
          },
          view: viewDocument,
          status: 201,
          location: (view) => `/v1/documents/${view.id}`,
        }),
      );
    },
  );
}

function listRoute(app: App, kind: ParentKind): void {
  const { path, name, operation } = PARENTS[kind];
  app.get(
    `/v1/${path}/:id/documents`,
    {
      config: { permission: documentPermission(kind, 'read'), resource: kind },
      schema: {
        operationId: `list${operation}Documents`,
        tags,
        summary: `List the documents of ${name[1]} ${name[0]}的材料`,
        description:
          'Newest first, without names and notes; to whoever works on the parent. 按时间倒序，不含文件名与说明。',
        params: IdParams,
        querystring: Type.Object(pageQuery),
        response: { 200: DocumentPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listDocuments(tx, { kind, id: req.params.id }, page),
        (_tx, row) => toDocumentItem(row),
      ),
  );
}

export function documentRoutes(app: App, deps: DocumentDeps): void {
  for (const kind of PARENT_KINDS) listRoute(app, kind);
  app.get(
    '/v1/documents/:id',
    {
      config: { permission: 'document:read' },
      schema: {
        operationId: 'getDocument',
        tags,
        summary: 'Read what is known of a document 查看材料信息',
        description: 'Name and note are on record as viewed. 查看文件名与说明会留痕。',
        params: IdParams,
        response: { 200: DocumentView },
      },
    },
    (req) => req.read(async (tx) => readDocument(tx, req.params.id).then((found) => found && viewDocument(tx, found))),
  );
  contentRoute(app, deps);
  // A scope of its own: nowhere else is a multipart body understood.
  app.register(async (scope) => {
    const { storage, newId, systemNow } = deps;
    const fileOf = multipartParser(scope, {
      maxBytes: MAX_DOCUMENT_BYTES,
      slots: SLOTS,
      receive: fileReceiver(storage.spool, () => newId(systemNow()), deps.suite),
      describe: describeFile,
      discard: async (file) => file.sealed?.discard(),
    });
    for (const kind of PARENT_KINDS) uploadRoute(scope as unknown as App, deps, kind, fileOf);
  });
}
