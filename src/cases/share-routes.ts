// POST /v1/assistance-cases/{id}/joint-share and the request that goes before it: aid by two or three levels (domain §7).
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { CaseView } from './schema.ts';
import { giveShare, requestShare } from './share.ts';
import { ShareBody, ShareRequestBody } from './share-schema.ts';
import { viewCase } from './view.ts';

const tags = ['Assistance cases'];
const params = IdParams;
const response = { 200: CaseView };

export function shareRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/joint-share-request',
    {
      config: { permission: 'case:propose', resource: 'case', ifMatch: true, dryRun: true },
      schema: {
        operationId: 'requestJointShare',
        tags,
        summary: 'Ask for a joint share 请求联合救助',
        description:
          'By the handling team before the decision: asks a superior procuratorate to carry a part of the aid. From then on that agency sees the case with masked data. Another request replaces the former. 决定前由承办人请求上级检察院分担救助金；此后该院可见本案（脱敏）。再次请求替代前次。',
        params,
        body: ShareRequestBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => requestShare(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/joint-share',
    {
      config: {
        permission: 'case:decide',
        resource: 'case',
        ifMatch: true,
        idempotent: true,
        dryRun: true,
        decisive: true,
      },
      schema: {
        operationId: 'giveJointShare',
        tags,
        summary: 'Give a joint share 批准联合救助',
        description:
          "By the chief of the superior procuratorate that was asked, never by who handles, proposes or decides the case. Reserved at once on its fund (409 `fund.insufficient`). The award is the sum of all parts: at the grant the handling agency's own part is reduced by the shares. Disbursements drawn on it are paid by the giver's finance. 由被请求的上级检察院检察长批准，当即在其资金账户预留；救助金额为各级之和，本院部分相应减少，该部分由出资检察院财务支付。",
        params,
        body: ShareBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => giveShare(tx, req.params.id, req.body, expected), view: viewCase }),
  );
}
