// /v1/audit-records and /v1/audit: who did what, for auditors; checkpoints and proofs for everybody who keeps them.
import { addDays } from '../kernel/civil-date.ts';
import type { PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { App } from '../platform/http/server.ts';
import { listCheckpoints } from './log-repository.ts';
import { proveAudit, viewCheckpoints } from './proofs.ts';
import { listRecords, openAudit, type RecordFilter } from './records-repository.ts';
import { CheckpointPage, CheckpointQuery, ProofQuery, ProofView, RecordPage, RecordQuery } from './schema.ts';

const dayBegins = (day: string) => new Date(`${day}T00:00:00+08:00`);

type Asked = Omit<RecordFilter, 'from' | 'until'> & { from?: string | undefined; to?: string | undefined };

/** Reading the audit is itself audited: who looked, at whose territory, with which filter. */
async function readAudit(tx: Tx, asked: Asked, page: PageRequest) {
  const { kind, resourceId, officerId, agencyId, type, from, to } = asked;
  const filter = { kind, resourceId, officerId, agencyId, type };
  openAudit(tx);
  const found = Object.entries({ ...filter, from, to }).filter((entry): entry is [string, string] => !!entry[1]);
  tx.viewed(tx.ctx.actor.agency.id, [], 'audit', {
    type: 'audit.read',
    kind: 'audit',
    data: Object.fromEntries(found),
  });
  const time = { from: from && dayBegins(from), until: to && dayBegins(addDays(to, 1)) };
  return listRecords(tx, { ...filter, from: time.from || undefined, until: time.until || undefined }, page);
}

function recordRoutes(app: App): void {
  app.get(
    '/v1/audit-records',
    {
      config: { permission: 'audit:read', expensive: true },
      schema: {
        operationId: 'listAuditRecords',
        tags: ['Audit'],
        summary: 'Audit records 审计记录',
        description:
          "What was done and seen in the territory of the auditor's agency, newest first; `from` and `to` are days of system time. Each reading is a record itself. 本辖区内的办理与查看记录，按系统时间倒序；查阅审计本身亦被记录。",
        querystring: RecordQuery,
        response: { 200: RecordPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => readAudit(tx, req.query, page),
        (_tx, record) => record,
      ),
  );
}

function logRoutes(app: App): void {
  app.get(
    '/v1/audit/checkpoints',
    {
      config: { permission: 'authenticated' },
      schema: {
        operationId: 'listAuditCheckpoints',
        tags: ['Audit'],
        summary: 'Signed checkpoints 审计检查点',
        description:
          'Signed tree heads over all audit records (RFC 6962, C2SP), newest first, at most a minute apart while anything is written. Whoever keeps one can show later that nothing under it was changed. 覆盖全部审计记录的签名检查点；留存任一检查点即可在日后证明其之前的记录未被改动。',
        querystring: CheckpointQuery,
        response: { 200: CheckpointPage },
      },
    },
    (req) =>
      req.list(
        async (tx, page) => {
          const found = await listCheckpoints(tx, page);
          return { ...found, items: await viewCheckpoints(tx, found.items) };
        },
        (_tx, { id: _id, ...checkpoint }) => checkpoint,
      ),
  );
  app.get(
    '/v1/audit/proofs',
    {
      config: { permission: 'authenticated', besides: [404, 409, 422] },
      schema: {
        operationId: 'getAuditProof',
        tags: ['Audit'],
        summary: 'Proof of a record or of a tree 审计证明',
        description:
          '`recordId`: that a record which the caller sees is in the signed tree; its content for auditors and for the agency that did it. `fromSize`: that the tree goes on from the checkpoint of that size. Both under the last checkpoint, or that of `toSize`. `npm run verify-audit -- --proof` checks the answer. 证明某记录已封存，或证明后一检查点由前一检查点延续而来。',
        querystring: ProofQuery,
        response: { 200: ProofView },
      },
    },
    (req) => req.read((tx) => proveAudit(tx, req.query)),
  );
}

export function auditRoutes(app: App): void {
  recordRoutes(app);
  logRoutes(app);
}
