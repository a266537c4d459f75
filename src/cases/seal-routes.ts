// /v1/assistance-cases/{id}/sealing and unsealing: a sealed record is open to those alone who have a duty in it (P-12, ADR 0022).
import { Closed, Code, IdParams, named, Text } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { CaseView } from './schema.ts';
import { sealCase, unsealCase } from './seal.ts';
import { viewCase } from './view.ts';

export const SealingBody = named(
  'CaseSealing',
  Closed({ basis: { ...Code, description: 'code set sealing-bases' } as typeof Code, reason: Text(2000) }),
);
export const UnsealingBody = named('CaseUnsealing', Closed({ reason: Text(2000) }));

const tags = ['Assistance cases'];
const params = IdParams;
const response = { 200: CaseView };
const config = { permission: 'case:seal', resource: 'case', ifMatch: true, dryRun: true, decisive: true } as const;

export function sealRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/sealing',
    {
      config,
      schema: {
        operationId: 'sealAssistanceCase',
        tags,
        summary: 'Seal a case 封存案件',
        description:
          'By the chief of the handling procuratorate, never by who handles or proposed it, and in force at once. The case and all that hangs on it (clue, payments, referrals, visits, documents, letters, deadlines, work items, account, events) is open to the assigned handler, heads and chiefs of the handling procuratorate, to finance and the treasury while a payment awaits them, and to the recipient of a referral for that referral; to everybody else it is not there. Statistics count it only among at least five people of sealed cases. 由承办检察院检察长决定，承办人不得自行封存，即时生效。封存后案件及其线索、发放、移送、回访、材料、文书、期限、待办、台账、事件仅对承办人、承办院部门负责人和检察长开放；财务与财政部门在款项待办期间可见，移送接收部门仅可见该移送；对其他人视同不存在。统计中同一数字所含封存案件不足五人的不计入。',
        params,
        body: SealingBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => sealCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/unsealing',
    {
      config,
      schema: {
        operationId: 'unsealAssistanceCase',
        tags,
        summary: 'Unseal a case 解除封存',
        description:
          'By the chief of the handling procuratorate; who saw the case before sees it again, and the words of every sealing stay on record. 由承办检察院检察长决定；恢复封存前的可见范围，历次封存与解除的理由均予保留。',
        params,
        body: UnsealingBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => unsealCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
}
