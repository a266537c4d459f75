// GET /v1/clues/{id}/receipt: the acknowledgement that source and receiver keep.
import { type Static, Type } from 'typebox';
import type { Signer } from '../agencies/tokens.ts';
import { AgencyRef, Closed, Id, IdParams, Instant, Nullable, named } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { type Acknowledged, acknowledgeClue } from './receipt.ts';

const ReceiptView = named(
  'ClueReceipt',
  Closed({
    clueId: Id,
    number: Type.String({ maxLength: 64 }),
    receipt: Type.String({
      maxLength: 4000,
      description: 'compact JWS (ES256, typ clue-receipt+jwt), verifiable by /.well-known/jwks.json',
    }),
    digest: Type.String({
      maxLength: 43,
      description:
        'base64url of SHA-256 over the RFC 8785 form of {content, salt}; content = source, regionCode, urgency, foundOn, campaignCode, facts, hardship, linkedCase, subjects with every member, null where absent',
    }),
    salt: Nullable(Type.String({ maxLength: 22, description: 'for the source agency alone' })),
    receivedAt: Instant,
    recordedAt: Instant,
    contentReceivedAt: Instant,
    contentRecordedAt: Instant,
    recipient: AgencyRef,
    auditRecordId: Nullable(
      Type.String({
        maxLength: 36,
        description: 'record of the submission; its proof: GET /v1/audit/proofs?recordId=',
      }),
    ),
  }),
);

function toReceiptView({
  clue,
  digest,
  salt,
  times,
  recipient,
  receipt,
  auditRecordId,
}: Acknowledged): Static<typeof ReceiptView> {
  return {
    clueId: clue.id,
    number: clue.number,
    receipt,
    digest,
    salt,
    receivedAt: times.receivedAt.toISOString(),
    recordedAt: times.recordedAt.toISOString(),
    contentReceivedAt: times.contentReceivedAt.toISOString(),
    contentRecordedAt: times.contentRecordedAt.toISOString(),
    recipient,
    auditRecordId,
  };
}

export function clueReceiptRoutes(app: App, { signer }: { signer: Signer }): void {
  app.get(
    '/v1/clues/:id/receipt',
    {
      config: { permission: 'clue:read', resource: 'clue' },
      schema: {
        operationId: 'getClueReceipt',
        tags: ['Clues'],
        summary: 'Signed acknowledgement 线索接收回执',
        description:
          'What was handed over (digest), when by business and system time, and to whom; for source and receiver. 签名回执：移送内容摘要、接收时间与接收单位，供来源单位与受理单位留存。',
        params: IdParams,
        response: { 200: ReceiptView },
      },
    },
    (req) =>
      req.read(async (tx) => acknowledgeClue(tx, signer, req.params.id).then((found) => found && toReceiptView(found))),
  );
}
