// /v1/deadlines and the deadlines of a case: whose clock runs until when, and the decisions about it.
import type { Static, TSchema } from 'typebox';
import type { Permission } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { type Deadline, findDeadline, listDeadlines, openNotes } from './repository.ts';
import {
  CaseDeadlineQuery,
  DeadlineExtensionBody,
  DeadlinePage,
  DeadlinePauseBody,
  DeadlineQuery,
  DeadlineResumptionBody,
  DeadlineSupervisionBody,
  DeadlineView,
  DeadlineWaiverBody,
  toDeadlineItem,
  toDeadlineView,
} from './schema.ts';
import {
  extendDeadline,
  pauseDeadline,
  readRulebook,
  resumeDeadline,
  superviseDeadline,
  waiveDeadline,
} from './service.ts';

const tags = ['Deadlines'];
const params = IdParams;

/** Reasons are for the agency that is bound, the one in charge, and the one to which a breach was reported. */
async function viewDeadline(tx: Tx, deadline: Deadline) {
  const readers = [deadline.partyAgencyId, deadline.stewardAgencyId, deadline.escalatedTo];
  const notes = readers.includes(tx.ctx.actor.agency.id) ? await openNotes(tx, deadline) : [];
  const { isWorkday } = await readRulebook(tx);
  return toDeadlineView(tx, deadline, { notes, isWorkday });
}

function readRoutes(app: App): void {
  app.get(
    '/v1/deadlines',
    {
      config: { permission: 'deadline:read' },
      schema: {
        operationId: 'listDeadlines',
        tags,
        summary: 'List deadlines 期限列表',
        description:
          'Newest first, of every party whose matters the caller sees; `status` as of today. 按时间倒序，含各方期限，状态按当日计算。',
        querystring: DeadlineQuery,
        response: { 200: DeadlinePage },
      },
    },
    (req) => req.list((tx, page) => listDeadlines(tx, req.query, page), toDeadlineItem),
  );
  app.get(
    '/v1/assistance-cases/:id/deadlines',
    {
      config: { permission: 'deadline:read', resource: 'case' },
      schema: {
        operationId: 'listCaseDeadlines',
        tags,
        summary: 'Deadlines of a case 案件的期限',
        description:
          'Of the case and of its clue, disbursements, referrals and visits. 含线索、发放、移送与回访的期限。',
        params,
        querystring: CaseDeadlineQuery,
        response: { 200: DeadlinePage },
      },
    },
    (req) => req.list((tx, page) => listDeadlines(tx, { ...req.query, caseId: req.params.id }, page), toDeadlineItem),
  );
  app.get(
    '/v1/deadlines/:id',
    {
      config: { permission: 'deadline:read' },
      schema: {
        operationId: 'getDeadline',
        tags,
        summary: 'Read a deadline 查看期限',
        description: 'Explained day by day, with the actions this caller may take. 逐日说明，含可办理的操作。',
        params,
        response: { 200: DeadlineView },
      },
    },
    (req) => req.read(async (tx) => findDeadline(tx, req.params.id).then((found) => found && viewDeadline(tx, found))),
  );
}

type Spec<B extends TSchema> = {
  path: string;
  permission: Permission;
  decisive?: true;
  operationId: string;
  summary: string;
  description: string;
  body: B;
};
type Verb<B extends TSchema> = (
  tx: Tx,
  target: { id: string; expected: ExpectedVersion },
  input: Static<B>,
) => Promise<Deadline>;

/** A deadline is seen with its subject: there are no access rows of its own. */
function decision<B extends TSchema>(app: App, spec: Spec<B>, verb: Verb<B>): void {
  const { path, permission, decisive = false, body, ...said } = spec;
  app.post(
    `/v1/deadlines/:id/${path}`,
    {
      config: { permission, find: findDeadline, ifMatch: true, dryRun: true, decisive },
      schema: { ...said, tags, params, body, response: { 200: DeadlineView } },
    },
    (req) => {
      // The validator has held the body against exactly this schema.
      const input = req.body as Static<B>;
      return req.command({
        verb: (tx, expected) => verb(tx, { id: req.params.id, expected }, input),
        view: viewDeadline,
      });
    },
  );
}

export function deadlineRoutes(app: App): void {
  readRoutes(app);
  const pause = {
    path: 'pause',
    permission: 'deadline:pause',
    operationId: 'pauseDeadline',
    summary: 'Pause 中止期限',
    description:
      'By a head of the procuratorate in charge; today still counts. 由主管检察院部门负责人中止，当日仍计入。',
    body: DeadlinePauseBody,
  } as const;
  decision(app, pause, pauseDeadline);
  const resumption = {
    path: 'resumption',
    permission: 'deadline:pause',
    operationId: 'resumeDeadline',
    summary: 'Resume 恢复期限',
    description: 'It runs on from the next day; the paused days do not count. 自次日起继续计算，中止期间不计入。',
    body: DeadlineResumptionBody,
  } as const;
  decision(app, resumption, resumeDeadline);
  const extension = {
    path: 'extension',
    permission: 'deadline:extend',
    decisive: true,
    operationId: 'extendDeadline',
    summary: 'Extend 延长期限',
    description: 'The chief grants what another officer asked for. 由检察长批准他人的延长申请。',
    body: DeadlineExtensionBody,
  } as const;
  decision(app, extension, extendDeadline);
  const waiver = {
    path: 'waiver',
    permission: 'deadline:waive',
    decisive: true,
    operationId: 'waiveDeadline',
    summary: 'Waive 免除期限',
    description: 'By the chief, with a reason; it ends the clock. 由检察长说明理由后免除，期限终止。',
    body: DeadlineWaiverBody,
  } as const;
  decision(app, waiver, waiveDeadline);
  const supervision = {
    path: 'supervision',
    permission: 'deadline:supervise',
    operationId: 'superviseDeadline',
    summary: 'Follow up a breach 督办逾期',
    description:
      'By the superior agency to which the breach was reported, once; the party reads what was done. 由收到逾期报告的上级单位督办一次，责任方可见督办内容。',
    body: DeadlineSupervisionBody,
  } as const;
  decision(app, supervision, superviseDeadline);
}
