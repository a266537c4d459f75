// POST /v1/assistance-cases/{id}/emergency-advance: aid before the decision for people who cannot wait.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { approveAdvance } from './advance.ts';
import { AdvanceBody } from './advance-schema.ts';
import { CaseView } from './schema.ts';
import { viewCase } from './view.ts';

export function advanceRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/emergency-advance',
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
        operationId: 'approveEmergencyAdvance',
        tags: ['Assistance cases'],
        summary: 'Approve an emergency advance 批准先行救助',
        description:
          'By the chief before the decision, once for a beneficiary: up to three average monthly wages, six with a reason. It is reserved at once, paid by disbursements of the kind `advance`, counts toward the award, and is recovered if aid is refused. 决定前由检察长批准，每名救助对象一次，不超过三个月平均工资，说明理由的不超过六个月；当即预留资金，计入救助金额，不予救助的应当追回。',
        params: IdParams,
        body: AdvanceBody,
        response: { 200: CaseView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => approveAdvance(tx, req.params.id, req.body, expected), view: viewCase }),
  );
}
