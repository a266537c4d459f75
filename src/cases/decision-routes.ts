// /v1/assistance-cases/{id}/…: the decision sub-resources, from the assignment to the end of the case.

import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { advanceRoutes } from './advance-routes.ts';
import {
  ApprovalBody,
  AssignmentBody,
  ClosureBody,
  DocumentReceiptBody,
  DocumentRequestBody,
  ProposalBody,
  ReconsiderationBody,
  RevocationBody,
  WithdrawalBody,
} from './body-schema.ts';
import { approveCase, reconsiderCase } from './decision.ts';
import { receiveDocuments, requestDocuments } from './documents.ts';
import { closeCase, revokeCase, withdrawCase } from './ending.ts';
import { markRoutes } from './mark-routes.ts';
import { proposeCase } from './proposal.ts';
import { assignCase } from './review.ts';
import { CaseView } from './schema.ts';
import { shareRoutes } from './share-routes.ts';
import { viewCase } from './view.ts';

const tags = ['Assistance cases'];
const params = IdParams;
const response = { 200: CaseView };
const decision = (permission: `case:${string}`) =>
  ({ permission, resource: 'case', ifMatch: true, dryRun: true }) as const;

export function caseDecisionRoutes(app: App): void {
  reviewRoutes(app);
  endingRoutes(app);
  markRoutes(app);
  advanceRoutes(app);
  shareRoutes(app);
}

function reviewRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/assignment',
    {
      config: decision('case:assign'),
      schema: {
        operationId: 'assignAssistanceCase',
        tags,
        summary: 'Assign the handler 指定承办人',
        description: 'By a head; again while the review runs. 由部门负责人指定，审查期间可变更。',
        params,
        body: AssignmentBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => assignCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/document-request',
    {
      config: decision('case:request_documents'),
      schema: {
        operationId: 'requestCaseDocuments',
        tags,
        summary: 'Ask for documents 要求补充材料',
        description: 'The case awaits documents until they are received. 案件转为待补充材料。',
        params,
        body: DocumentRequestBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => requestDocuments(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/document-receipt',
    {
      config: decision('case:request_documents'),
      schema: {
        operationId: 'receiveCaseDocuments',
        tags,
        summary: 'Record that documents came 材料已补充',
        description:
          'All of them, or some: what came, what the procuratorate fetches itself, what is waived. The review goes on when nothing is outstanding, or with `resume`. 可全部或部分收到；无待补充材料或承办人决定继续的，恢复审查。',
        params,
        body: DocumentReceiptBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => receiveDocuments(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/proposal',
    {
      config: decision('case:propose'),
      schema: {
        operationId: 'proposeAssistance',
        tags,
        summary: 'Propose a decision 提出审查意见',
        description:
          'Eligibility, exclusions and an amount for each beneficiary, by the assigned handler or a head. Aid in spite of an exclusion carries `override` with its reason, and the chief of the level above approves after the own one. 由承办人或部门负责人提出资格、排除情形与金额；存在不予救助情形仍拟救助的，说明理由并报上级检察院批准。',
        params,
        body: ProposalBody,
        response,
      },
    },
    (req) => {
      const input = { ...req.body, exclusions: req.body.exclusions ?? [], awards: req.body.awards ?? [] };
      return req.command({ verb: (tx, expected) => proposeCase(tx, req.params.id, input, expected), view: viewCase });
    },
  );
  app.post(
    '/v1/assistance-cases/:id/approval',
    {
      config: { ...decision('case:decide'), decisive: true },
      schema: {
        operationId: 'approveAssistance',
        tags,
        summary: 'Decide 审批',
        description:
          'Granted, refused or returned, by the chief of the handling agency and never by the proposer; a reconsidered case also by the chief of the superior procuratorate, and never by who refused. An override takes two steps: after the own chief it is still `pending_approval` and awaits the chief of the level above (of the province, another chief), who grants or sends back. A decision gets its number here. 由承办检察院检察长决定，重新审查的也可由上级检察院检察长决定，不得与提出意见者或原决定者为同一人；突破不予救助情形的，本院批准后由上级检察院检察长审批，不批准的退回。',
        params,
        body: ApprovalBody,
        response,
      },
    },
    (req) => {
      const input = { ...req.body, exclusionCode: req.body.exclusionCode ?? null };
      return req.command({ verb: (tx, expected) => approveCase(tx, req.params.id, input, expected), view: viewCase });
    },
  );
}

function endingRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/reconsideration',
    {
      config: decision('case:reconsider'),
      schema: {
        operationId: 'reconsiderAssistanceCase',
        tags,
        summary: 'Reconsider a refusal 重新审查',
        description:
          'Once, on new facts; another person decides: of the handling agency, or of the superior procuratorate, which sees the case from now on. 只可一次，由另一人或上级检察院决定，上级检察院自此可见本案。',
        params,
        body: ReconsiderationBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => reconsiderCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/withdrawal',
    {
      config: decision('case:withdraw'),
      schema: {
        operationId: 'withdrawAssistanceCase',
        tags,
        summary: 'Withdraw before the decision 撤回',
        description: 'The source of the clue can then be answered. 决定作出前撤回。',
        params,
        body: WithdrawalBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => withdrawCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/closure',
    {
      config: decision('case:close'),
      schema: {
        operationId: 'closeAssistanceCase',
        tags,
        summary: 'Close 办结',
        description: 'When no disbursement line is open. 无未办结发放时可办结。',
        params,
        body: ClosureBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => closeCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/revocation',
    {
      config: { ...decision('case:revoke'), decisive: true },
      schema: {
        operationId: 'revokeAssistanceCase',
        tags,
        summary: 'Revoke a grant 撤销决定',
        description: 'By the chief; what was paid is recovered line by line. 由检察长撤销，已发放的逐笔追缴。',
        params,
        body: RevocationBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => revokeCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
}
