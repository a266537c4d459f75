// POST /v1/referrals and /v1/visits: here, because only the highest feature knows every origin they may name.
import { type Static, Type } from 'typebox';
import { Closed, Id, named } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { namesPersons, ReferralRequests, referralMembers, SentReferrals } from '../referrals/schema.ts';
import { locationOf, requestsOf, viewSent } from '../referrals/view.ts';
import { viewVisit } from '../visits/routes.ts';
import { VisitView, visitInput } from '../visits/schema.ts';
import { planVisitFrom, sendFrom } from './origins.ts';

const one = (...names: string[]) => ({ oneOf: names.map((name) => ({ required: [name] })) });

const Origin = named(
  'ReferralOrigin',
  Closed(
    {
      clueId: Type.Optional(Id),
      assistanceCaseId: Type.Optional(Id),
      monitoringAccountId: Type.Optional(Id),
    },
    {
      ...one('clueId', 'assistanceCaseId', 'monitoringAccountId'),
      description: 'exactly one: a clue routed to social assistance, a granted case, or an account',
    },
  ),
);
const OneReferral = named('ReferralFromOrigin', Closed({ origin: Origin, ...referralMembers }, namesPersons));
const ManyReferrals = named('ReferralsFromOrigin', Closed({ origin: Origin, referrals: ReferralRequests }));
const ReferralsBody = Type.Unsafe<Static<typeof OneReferral> | Static<typeof ManyReferrals>>({
  anyOf: [OneReferral, ManyReferrals],
  description: 'one referral, or `{origin, referrals: [...]}`: all or nothing',
});

const VisitBody = named(
  'VisitFromOrigin',
  Closed(
    { assistanceCaseId: Type.Optional(Id), monitoringAccountId: Type.Optional(Id), ...visitInput },
    { ...one('assistanceCaseId', 'monitoringAccountId'), description: 'a visit of exactly one: a case or an account' },
  ),
);

function referralsRoute(app: App): void {
  app.post(
    '/v1/referrals',
    {
      config: { permission: 'referral:send', idempotent: true, dryRun: true },
      schema: {
        operationId: 'sendReferrals',
        tags: ['Social-assistance referrals'],
        summary: 'Send referrals 移送社会救助',
        description:
          'From a clue routed to social assistance, a granted case or a monitoring account; a batch is sent whole or not at all. 从已转社会救助的线索、已批准的案件或监测台账移送。',
        body: ReferralsBody,
        response: { 201: SentReferrals },
      },
    },
    (req) => {
      const { origin, ...body } = req.body;
      const { batch, requests, at } = requestsOf(body);
      return req.command({
        verb: async (tx) => ({ batch, referrals: await sendFrom(tx, origin, requests, at) }),
        view: viewSent,
        status: 201,
        location: locationOf('/v1/referrals'),
      });
    },
  );
}

function visitRoute(app: App): void {
  app.post(
    '/v1/visits',
    {
      config: { permission: 'visit:plan', idempotent: true, dryRun: true },
      schema: {
        operationId: 'planVisit',
        tags: ['Follow-up visits'],
        summary: 'Plan a visit 安排回访',
        description:
          'For a case by its handling procuratorate, or for a monitoring account by either owner. 由承办检察院按案件安排，或由任一主管单位按台账安排。',
        body: VisitBody,
        response: { 201: VisitView },
      },
    },
    (req) => {
      const { assistanceCaseId, monitoringAccountId, ...input } = req.body;
      return req.command({
        verb: (tx) => planVisitFrom(tx, { assistanceCaseId, monitoringAccountId }, input),
        view: viewVisit,
        status: 201,
        location: (view) => `/v1/visits/${view.id}`,
      });
    },
  );
}

export function originRoutes(app: App): void {
  referralsRoute(app);
  visitRoute(app);
}
