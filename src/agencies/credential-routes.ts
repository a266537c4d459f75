// /v1/agencies/{id}/officers/{officerId}/credentials: what proves an officer in person; decisions rest on it (S-21).
import { Closed } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { addCredential, confirmCredential, credentialsOf, readCredential, removeCredential } from './credentials.ts';
import { type Forget, thenForget } from './forget.ts';
import {
  CredentialInputSchema,
  CredentialPage,
  CredentialParams,
  CredentialView,
  KeyQuery,
  toCredentialView,
} from './key-schema.ts';
import { OfficerParams } from './officer-schema.ts';

const tags = ['Agencies'];
const permission = 'agency:read';
const collection = '/v1/agencies/:id/officers/:officerId/credentials';
const single = `${collection}/:credentialId` as const;

export type CredentialDeps = { forget: Forget; issuers: readonly { issuer: string }[] };

function readingRoutes(app: App): void {
  app.get(
    collection,
    {
      config: { permission },
      schema: {
        operationId: 'listOfficerCredentials',
        tags,
        summary: 'List the credentials of an officer 人员凭证列表',
        description:
          'Keys and outside subjects, newest first; for the officer, who keeps the officers, and the security administrator. 按时间倒序，本人、人员管理员与安全管理员可见。',
        params: OfficerParams,
        querystring: KeyQuery,
        response: { 200: CredentialPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => credentialsOf(tx, req.params.id, req.params.officerId, page),
        (_tx, row) => toCredentialView(row),
      ),
  );
  app.get(
    single,
    {
      config: { permission },
      schema: {
        operationId: 'getOfficerCredential',
        tags,
        summary: 'Read a credential of an officer 查看人员凭证',
        description: 'State, kind and until when it is good. 状态、类别与有效期。',
        params: CredentialParams,
        response: { 200: CredentialView },
      },
    },
    (req) => {
      const { id, officerId, credentialId } = req.params;
      return req.read(async (tx) =>
        toCredentialView(await readCredential(tx, id, officerId, credentialId.toLowerCase())),
      );
    },
  );
}

function addingRoute(app: App, issuers: readonly string[]): void {
  app.post(
    collection,
    {
      config: { permission, dryRun: true, decisive: true },
      schema: {
        operationId: 'addOfficerCredential',
        tags,
        summary: 'Register a credential of an officer 登记人员凭证',
        description:
          'A public key of the officer, or the subject by which a configured outside issuer knows them. By the officer in person it is in force at once; by anybody else when another person has confirmed it. 本人公钥，或外部认证服务中的身份；本人亲自登记即时生效，他人登记须经另一人确认。',
        params: OfficerParams,
        body: CredentialInputSchema,
        response: { 201: CredentialView },
      },
    },
    (req) => {
      const { id, officerId } = req.params;
      return req.command({
        verb: (tx) => addCredential(tx, id, officerId, req.body, issuers),
        view: (_tx, row) => toCredentialView(row),
        status: 201,
        location: (view) => `/v1/agencies/${id}/officers/${officerId}/credentials/${view.id}`,
      });
    },
  );
}

function endingRoutes(app: App, forget: Forget): void {
  const acts = [
    {
      path: 'confirmation',
      decisive: true,
      verb: confirmCredential,
      operationId: 'confirmOfficerCredential',
      summary: 'Confirm a credential 确认人员凭证',
      description: 'By another person than who registered it; in force from here on. 由登记人以外的人员确认后生效。',
    },
    {
      path: 'removal',
      decisive: false,
      verb: removeCredential,
      operationId: 'removeOfficerCredential',
      summary: 'Remove a credential 移除人员凭证',
      description: 'It is good no longer, nor are the tokens that rest on it. 该凭证及据此取得的令牌立即失效。',
    },
  ] as const;
  for (const { path, decisive, verb, ...said } of acts) {
    app.post(
      `${single}/${path}` as const,
      {
        config: { permission, ifMatch: true, dryRun: true, decisive },
        schema: { ...said, tags, params: CredentialParams, body: Closed({}), response: { 200: CredentialView } },
      },
      (req) => {
        const { id: agencyId, officerId, credentialId } = req.params;
        const target = { agencyId, officerId, id: credentialId.toLowerCase() };
        const sent = req.command({
          verb: (tx, expected) => verb(tx, { ...target, expected }),
          view: (_tx, row) => toCredentialView(row),
        });
        return thenForget(sent, forget);
      },
    );
  }
}

export function credentialRoutes(app: App, { forget, issuers }: CredentialDeps): void {
  readingRoutes(app);
  addingRoute(
    app,
    issuers.map(({ issuer }) => issuer),
  );
  endingRoutes(app, forget);
}
