// Wire shapes of the evidence: records, checkpoints and proofs.
import { Type } from 'typebox';
import { CivilDate, Closed, Id, Instant, Nullable, named, pageOf, pageQuery } from '../platform/http/schema.ts';

const Hash = Type.String({ maxLength: 44, description: '32 bytes in base64' });
const Index = Type.Integer({ minimum: 0 });
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-z_]+(\\.[a-z_]+)?$' });

export const RecordView = named(
  'AuditRecord',
  Closed(
    {
      id: Id,
      leafIndex: Nullable(Type.Integer({ minimum: 0, description: 'place in the tree; null until it is sealed' })),
      recordedAt: Type.String({ maxLength: 24, description: 'system time, milliseconds, UTC: as it is hashed' }),
      occurredAt: Type.String({ maxLength: 24, description: 'business time' }),
      type: Type.String({ maxLength: 100 }),
      kind: Type.String({ maxLength: 64 }),
      resourceId: Id,
      sequence: Nullable(Type.Integer({ minimum: 1, description: 'in the chain of facts; null for a view' })),
      viewSequence: Nullable(Type.Integer({ minimum: 1, description: 'in the chain of views; null for a fact' })),
      agencyId: Id,
      officerId: Nullable(Id),
      clientId: Nullable(Id),
      requestId: Type.String({ maxLength: 64 }),
      purpose: Nullable(Type.String({ maxLength: 20_000, description: 'a code, or sealed text' })),
      changed: Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 500,
        description: 'names of fields, never values',
      }),
      data: Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
        description: 'ids, codes and numbers only',
        maxProperties: 200,
      }),
      alg: Type.String({
        maxLength: 16,
        description: 'sha-256 or sm3; none for records from before there were chains',
      }),
      prevHash: Nullable(Hash),
      hash: Nullable(Hash),
    },
    { description: 'Who did or saw what, and when. The hash covers every other member but leafIndex. 审计记录' },
  ),
);

export const RecordPage = pageOf('AuditRecordPage', RecordView);

export const RecordQuery = Type.Object({
  kind: Type.Optional(Name),
  resourceId: Type.Optional(Id),
  officerId: Type.Optional(Id),
  agencyId: Type.Optional(Id),
  type: Type.Optional(Name),
  from: Type.Optional(CivilDate),
  to: Type.Optional(CivilDate),
  ...pageQuery,
});

export const CheckpointView = named(
  'AuditCheckpoint',
  Closed({
    origin: Type.String({ maxLength: 300, description: 'name of the log; another after a sandbox was reset' }),
    treeSize: Type.Integer({ minimum: 1 }),
    rootHash: Hash,
    sealedAt: Instant,
    note: Type.String({ maxLength: 1000, description: 'C2SP signed note (tlog-checkpoint): the thing to keep' }),
    verifierKeys: Type.Array(Type.String({ maxLength: 500 }), {
      maxItems: 20,
      description: 'C2SP verifier keys of this log, Ed25519',
    }),
  }),
);
export const CheckpointPage = pageOf('AuditCheckpointPage', CheckpointView);
export const CheckpointQuery = Type.Object(pageQuery);

export const ProofQuery = Type.Object({
  recordId: Type.Optional(Id),
  fromSize: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  toSize: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'of a checkpoint; else the last one' }),
  ),
});

const Path = Type.Array(Hash, { maxItems: 64 });

export const ProofView = named(
  'AuditProof',
  Closed({
    checkpoint: CheckpointView,
    inclusion: Nullable(
      Closed({
        leafIndex: Index,
        leafHash: Hash,
        recordHash: Hash,
        hashes: Path,
        record: Nullable(RecordView),
      }),
    ),
    consistency: Nullable(Closed({ fromSize: Index, fromRootHash: Hash, hashes: Path })),
  }),
);
