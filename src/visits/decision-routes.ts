// Decisions on a visit: sub-resources of one shape, each with its body, permission and verb.
import type { Static, TSchema } from 'typebox';
import type { Permission } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { confirmVisit, objectToVisit } from './confirmation.ts';
import { amendVisit, checkMeasures, recordVisit } from './record.ts';
import type { Visit } from './repository.ts';
import {
  AmendmentBody,
  ConfirmationBody,
  MeasureCheckBody,
  ObjectionBody,
  VisitCancellationBody,
  VisitMissedBody,
  VisitRecordBody,
  VisitReschedulingBody,
  VisitView,
} from './schema.ts';
import { cancelVisit, missVisit, rescheduleVisit } from './service.ts';
import { viewVisit } from './view.ts';

type Spec<B extends TSchema> = {
  path: string;
  permission: Permission;
  operationId: string;
  summary: string;
  description: string;
  body: B;
};
type Verb<B extends TSchema> = (tx: Tx, id: string, input: Static<B>, expected: ExpectedVersion) => Promise<Visit>;

function decision<B extends TSchema>(app: App, spec: Spec<B>, verb: Verb<B>): void {
  const { path, permission, operationId, summary, description, body } = spec;
  app.post(
    `/v1/visits/:id/${path}`,
    {
      config: { permission, resource: 'visit', ifMatch: true, dryRun: true },
      schema: {
        operationId,
        tags: ['Follow-up visits'],
        summary,
        description,
        params: IdParams,
        body,
        response: { 200: VisitView },
      },
    },
    (req) => {
      // The validator has held the body against exactly this schema.
      const input = req.body as Static<B>;
      return req.command({ verb: (tx, expected) => verb(tx, req.params.id, input, expected), view: viewVisit });
    },
  );
}

function recordRoutes(app: App): void {
  const permission = 'visit:record';
  decision(
    app,
    {
      permission,
      path: 'record',
      operationId: 'recordVisit',
      summary: 'Record a visit 登记回访',
      description:
        'Living conditions, use of the money, risk and what became of each measure; a need becomes a referral or a clue in the same call, and `nextVisitOn` plans the next visit. 登记生活状况、资金使用、风险与措施落实情况；需求可同时移送或作为线索提交。',
      body: VisitRecordBody,
    },
    recordVisit,
  );
  decision(
    app,
    {
      permission,
      path: 'missed',
      operationId: 'missVisit',
      summary: 'Record as missed 登记未能回访',
      description: 'With a coded reason; it can be rescheduled. 须附原因代码，之后可改期。',
      body: VisitMissedBody,
    },
    missVisit,
  );
  decision(
    app,
    {
      permission,
      path: 'measure-check',
      operationId: 'checkVisitMeasures',
      summary: 'Answer for measures left open 核查遗留措施',
      description:
        'For accepted referrals that the record said nothing of (`measuresToCheck`): what became of each, or why it was left out. 对记录未涉及的已接受移送逐项核查，或说明未核查的原因。',
      body: MeasureCheckBody,
    },
    checkMeasures,
  );
  decision(
    app,
    {
      permission,
      path: 'amendment',
      operationId: 'amendVisit',
      summary: 'Amend the record 补正记录',
      description:
        'By the agency that recorded, where the other side objected; the record stays and both sides answer anew. 对方提出异议后由登记单位补正，原记录保留，并重新确认。',
      body: AmendmentBody,
    },
    amendVisit,
  );
}

function planRoutes(app: App): void {
  const permission = 'visit:plan';
  decision(
    app,
    {
      permission,
      path: 'rescheduling',
      operationId: 'rescheduleVisit',
      summary: 'Reschedule 改期',
      description:
        'A planned or missed visit gets a new day; the former one stays in `formerDates`, and a joint visit is confirmed anew. 计划中或未能进行的回访另定日期，原日期保留，联合回访须重新确认。',
      body: VisitReschedulingBody,
    },
    rescheduleVisit,
  );
  decision(
    app,
    {
      permission,
      path: 'cancellation',
      operationId: 'cancelVisit',
      summary: 'Cancel 取消',
      description: 'Before the visit, with a reason. 回访前取消，须说明理由。',
      body: VisitCancellationBody,
    },
    cancelVisit,
  );
}

function confirmationRoutes(app: App): void {
  const permission = 'visit:confirm';
  decision(
    app,
    {
      permission,
      path: 'confirmation',
      operationId: 'confirmVisit',
      summary: 'Confirm a joint visit 确认联合回访',
      description:
        'The plan of a planned visit, the record of one that is done, by each agency of the other side. 由对方单位确认回访计划或记录。',
      body: ConfirmationBody,
    },
    (tx, id, _input, expected) => confirmVisit(tx, { id, expected }),
  );
  decision(
    app,
    {
      permission,
      path: 'objection',
      operationId: 'objectToVisit',
      summary: 'Object to a joint visit 对联合回访提出异议',
      description:
        'To the plan: it is to be rescheduled. To the record: it is to be amended. 对计划有异议的应改期，对记录有异议的应补正。',
      body: ObjectionBody,
    },
    (tx, id, input, expected) => objectToVisit(tx, { id, expected }, input),
  );
}

export function visitDecisionRoutes(app: App): void {
  recordRoutes(app);
  planRoutes(app);
  confirmationRoutes(app);
}
