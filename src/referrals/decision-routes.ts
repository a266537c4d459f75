// Decisions on a referral: thirteen sub-resources of one shape, each with its body, permission and verb.
import type { Static, TSchema } from 'typebox';
import type { Permission } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import {
  acceptReferral,
  cancelReferral,
  completeReferral,
  failReferral,
  holdReferral,
  receiveReferral,
  recordOutput,
  rejectReferral,
  remindReferral,
  resumeReferral,
  startReferral,
} from './decisions.ts';
import { followUpReferral, forwardReferral } from './onward.ts';
import {
  CompletionBody,
  FollowUpBody,
  ForwardingBody,
  HoldBody,
  NoBody,
  OutputBody,
  ReasonBody,
  ReferralView,
  RejectionBody,
} from './schema.ts';
import type { Referral } from './service.ts';
import { viewReferral } from './view.ts';

type Spec<B extends TSchema> = {
  path: string;
  permission: Permission;
  operationId: string;
  summary: string;
  description: string;
  body: B;
  /** A new business record comes with it: the key is required. */
  idempotent?: boolean;
};
type Verb<B extends TSchema> = (
  tx: Tx,
  target: { id: string; expected: ExpectedVersion },
  input: Static<B>,
) => Promise<Referral>;

function decision<B extends TSchema>(app: App, spec: Spec<B>, verb: Verb<B>): void {
  const { path, permission, operationId, summary, description, body, idempotent = false } = spec;
  app.post(
    `/v1/referrals/:id/${path}`,
    {
      config: { permission, resource: 'referral', ifMatch: true, dryRun: true, idempotent },
      schema: {
        operationId,
        tags: ['Social-assistance referrals'],
        summary,
        description,
        params: IdParams,
        body,
        response: { 200: ReferralView },
      },
    },
    (req) => {
      // The validator has held the body against exactly this schema.
      const input = req.body as Static<B>;
      return req.command({
        verb: (tx, expected) => verb(tx, { id: req.params.id, expected }, input),
        view: viewReferral,
      });
    },
  );
}

function answerRoutes(app: App): void {
  const answer = { permission: 'referral:answer' } as const;
  decision(
    app,
    {
      ...answer,
      path: 'receipt',
      operationId: 'receiveReferral',
      summary: 'Acknowledge receipt 签收',
      description:
        'By the recipient; its clock runs from the day of sending all the same. 接收部门签收，答复期限自移送之日起算。',
      body: NoBody,
    },
    receiveReferral,
  );
  decision(
    app,
    {
      ...answer,
      path: 'acceptance',
      operationId: 'acceptReferral',
      summary: 'Accept 接受',
      description: 'By an officer of the recipient, with or without a receipt before. 接收部门接受办理。',
      body: NoBody,
    },
    acceptReferral,
  );
  decision(
    app,
    {
      ...answer,
      path: 'rejection',
      operationId: 'rejectReferral',
      summary: 'Reject 不予接受',
      description: 'With a code of the set `referral-rejection-reasons` and a reason. 须附理由代码与说明。',
      body: RejectionBody,
    },
    rejectReferral,
  );
  decision(
    app,
    {
      ...answer,
      path: 'start',
      operationId: 'startReferral',
      summary: 'Start 开始办理',
      description: 'Work on an accepted referral begins. 已接受的移送开始办理。',
      body: NoBody,
    },
    startReferral,
  );
  decision(
    app,
    {
      ...answer,
      path: 'hold',
      operationId: 'holdReferral',
      summary: 'Put on hold 暂停办理',
      description:
        'With the reason and the day on which it goes on (`resumeOn`, else the days for an answer). 说明原因与恢复办理日期后暂停。',
      body: HoldBody,
    },
    holdReferral,
  );
  decision(
    app,
    {
      ...answer,
      path: 'resumption',
      operationId: 'resumeReferral',
      summary: 'Resume 恢复办理',
      description: 'Of a referral on hold. 恢复已暂停的办理。',
      body: NoBody,
    },
    resumeReferral,
  );
}

function deliveryRoutes(app: App): void {
  const answer = { permission: 'referral:answer' } as const;
  decision(
    app,
    {
      ...answer,
      path: 'output',
      operationId: 'recordReferralOutput',
      summary: 'Record a delivered measure 登记落实措施',
      description:
        'One measure with its days and value; statistics count it by `from`. 每项措施登记一次，按起始日统计。',
      body: OutputBody,
    },
    recordOutput,
  );
  decision(
    app,
    {
      ...answer,
      path: 'completion',
      operationId: 'completeReferral',
      summary: 'Complete 办结',
      description: 'With its outcome; the package is masked from then on. 登记结果，此后材料脱敏。',
      body: CompletionBody,
    },
    completeReferral,
  );
  decision(
    app,
    {
      ...answer,
      path: 'failure',
      operationId: 'failReferral',
      summary: 'Report failure 未能落实',
      description: 'Work had begun and could not be finished. 已开始办理但未能落实。',
      body: ReasonBody,
    },
    failReferral,
  );
}

function senderRoutes(app: App): void {
  const send = { permission: 'referral:send' } as const;
  decision(
    app,
    {
      ...send,
      path: 'cancellation',
      operationId: 'cancelReferral',
      summary: 'Cancel 撤销移送',
      description: 'By the sending agency before the end. 办结前由移送单位撤销。',
      body: ReasonBody,
    },
    cancelReferral,
  );
  decision(
    app,
    {
      ...send,
      path: 'reminder',
      operationId: 'remindReferral',
      summary: 'Remind 催办',
      description: 'While the department has not answered; reminders are counted. 部门未答复时催办，并计次。',
      body: NoBody,
    },
    remindReferral,
  );
  decision(
    app,
    {
      ...send,
      path: 'forwarding',
      operationId: 'forwardReferral',
      summary: 'Forward to another department 转送其他部门',
      description:
        'Makes a linked new referral of the same persons (`forwardedToId`) and cancels this one. 另行移送其他部门，原移送撤销。',
      body: ForwardingBody,
      idempotent: true,
    },
    forwardReferral,
  );
  decision(
    app,
    {
      ...send,
      path: 'follow-up',
      operationId: 'followUpReferral',
      summary: 'Decide what follows a measure that did not come 处理未落实的移送',
      description:
        'After a rejection, a failure or an outcome that is not `delivered`: refer the need again (`referral`), or record that it is met otherwise or not pursued. 被退回、未落实或部分落实后，另行移送或登记处理结果。',
      body: FollowUpBody,
      idempotent: true,
    },
    followUpReferral,
  );
}

export function referralDecisionRoutes(app: App): void {
  answerRoutes(app);
  deliveryRoutes(app);
  senderRoutes(app);
}
