// /v1/referrals and the referrals of a case: sending, lists, the view, the package; and routing a clue to social assistance.
import { onCaseView } from '../cases/parts.ts';
import { viewClue } from '../clues/routes.ts';
import { ClueView } from '../clues/schema.ts';
import { onDocumentAudience } from '../documents/audience.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { isOpen } from './domain.ts';
import { routeClueWithReferrals, sendCaseReferrals } from './origins.ts';
import { PackageView, viewPackage } from './package.ts';
import { findLatestOfCase, findPart, findReferral, listReferrals } from './repository.ts';
import {
  CaseReferralQuery,
  ReferralPage,
  ReferralQuery,
  ReferralsBody,
  ReferralView,
  RoutingBody,
  SentReferrals,
  toReferralItem,
} from './schema.ts';
import { locationOf, requestsOf, viewReferral, viewSent } from './view.ts';

onCaseView({ name: 'referrals', load: findLatestOfCase });
// The papers of a referral are part of its package: the recipient of one that ended keeps its own.
onDocumentAudience('referral', async (tx, id) => {
  const part = await findPart(tx, id);
  return part !== undefined && part.agencyId === tx.ctx.actor.agency.id && !isOpen(part.state);
});

const tags = ['Social-assistance referrals'];
const params = IdParams;

export function referralRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/referrals',
    {
      config: { permission: 'referral:send', resource: 'case', idempotent: true, dryRun: true },
      schema: {
        operationId: 'sendCaseReferrals',
        tags,
        summary: 'Send referrals from a case 案件移送社会救助',
        description:
          'One referral or `{referrals: [...]}` (up to 20): all are sent or none. After the grant, by the handling team; each department sees its own package only. 批准救助后由承办团队移送，一次可送多个部门。',
        params,
        body: ReferralsBody,
        response: { 201: SentReferrals },
      },
    },
    (req) => {
      const { batch, requests, at } = requestsOf(req.body);
      return req.command({
        verb: async (tx, expected) => ({
          batch,
          referrals: await sendCaseReferrals(tx, req.params.id, requests, at, expected),
        }),
        view: viewSent,
        status: 201,
        location: locationOf(`/v1/assistance-cases/${req.params.id}/referrals`),
      });
    },
  );
  app.get(
    '/v1/assistance-cases/:id/referrals',
    {
      config: { permission: 'referral:read', resource: 'case' },
      schema: {
        operationId: 'listCaseReferrals',
        tags,
        summary: 'List the referrals of a case 案件的移送',
        description: 'Newest first; to whoever sees the case. 按时间倒序。',
        params,
        querystring: CaseReferralQuery,
        response: { 200: ReferralPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listReferrals(tx, { state: req.query.state, assistanceCaseId: req.params.id }, page),
        toReferralItem,
      ),
  );
  app.get(
    '/v1/referrals',
    {
      config: { permission: 'referral:read' },
      schema: {
        operationId: 'listReferrals',
        tags,
        summary: 'List referrals 移送列表',
        description: 'Newest first: what the caller sent, received or oversees. 本单位移送、收到或监督的移送。',
        querystring: ReferralQuery,
        response: { 200: ReferralPage },
      },
    },
    (req) => {
      const { updatedSince, ...filter } = req.query;
      const since = updatedSince ? { updatedSince: new Date(updatedSince) } : {};
      return req.list((tx, page) => listReferrals(tx, { ...filter, ...since }, page), toReferralItem);
    },
  );
  app.get(
    '/v1/referrals/:id',
    {
      config: { permission: 'referral:read', resource: 'referral' },
      schema: {
        operationId: 'getReferral',
        tags,
        summary: 'Read a referral 查看移送',
        description: 'With the actions this caller may take; persons are masked. 含可办理的操作，人员信息脱敏。',
        params,
        response: { 200: ReferralView },
      },
    },
    (req) => req.read(async (tx) => findReferral(tx, req.params.id).then((found) => found && viewReferral(tx, found))),
  );
  app.get(
    '/v1/referrals/:id/package',
    {
      config: { permission: 'referral:read', resource: 'referral' },
      schema: {
        operationId: 'getReferralPackage',
        tags,
        summary: 'Read the package 查看移送材料',
        description:
          'In clear for the recipient while the referral is open, each view audited; masked for others and after the end. 接收部门在办期间可见明文并留痕，办结后脱敏。',
        params,
        response: { 200: PackageView },
      },
    },
    (req) => req.read(async (tx) => findReferral(tx, req.params.id).then((found) => found && viewPackage(tx, found))),
  );
  app.post(
    '/v1/clues/:id/social-assistance-routing',
    {
      config: { permission: 'clue:route_to_social', resource: 'clue', ifMatch: true, idempotent: true, dryRun: true },
      schema: {
        operationId: 'routeClueToSocialAssistance',
        tags: ['Clues'],
        summary: 'Route to social assistance 线索转社会救助',
        description:
          'Hardship without a case of the procuratorate goes to the departments: the referrals are sent in the same act. 不符合司法救助条件的困难，转有关部门并同时移送。',
        params,
        body: RoutingBody,
        response: { 200: ClueView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => routeClueWithReferrals(tx, req.params.id, req.body, expected),
        view: viewClue,
      }),
  );
}
