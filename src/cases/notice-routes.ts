// /v1/case-notices: results of closed cases for the Women's Federation, read and confirmed.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findNotice, listNotices } from './notice-repository.ts';
import { NoticePage, NoticeQuery, NoticeReceiptBody, NoticeView, toNoticeItem, viewNotice } from './notice-schema.ts';
import { receiveNotice } from './notice-service.ts';

const tags = ['Assistance cases'];
const params = IdParams;
const response = { 200: NoticeView };

export function noticeRoutes(app: App): void {
  app.get(
    '/v1/case-notices',
    {
      config: { permission: 'notice:read' },
      schema: {
        operationId: 'listCaseNotices',
        tags,
        summary: 'Results of closed cases 结案告知列表',
        description:
          'Sent by itself when a case with a woman or a child in it is closed, whatever its origin; newest first, without personal data. 涉及妇女儿童的案件办结时自动告知同级妇联，不论线索来源；按时间倒序，不含个人信息。',
        querystring: NoticeQuery,
        response: { 200: NoticePage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listNotices(tx, req.query, page),
        (_tx, row) => toNoticeItem(row),
      ),
  );
  app.get(
    '/v1/case-notices/:id',
    {
      config: { permission: 'notice:read', resource: 'notice' },
      schema: {
        operationId: 'getCaseNotice',
        tags,
        summary: 'Read a case notice 查看结案告知',
        description:
          "Outcome, measures and money for the women and children of the case, masked; `advice` is the procuratorate's. 案内妇女儿童的结果、措施与金额，一律脱敏。",
        params,
        response,
      },
    },
    (req) => req.read(async (tx) => findNotice(tx, req.params.id).then((found) => found && viewNotice(tx, found))),
  );
  app.post(
    '/v1/case-notices/:id/receipt',
    {
      config: { permission: 'notice:receive', resource: 'notice', ifMatch: true, dryRun: true },
      schema: {
        operationId: 'receiveCaseNotice',
        tags,
        summary: 'Confirm a case notice 签收结案告知',
        description: 'By the Federation to which it was sent, once. 由受告知的妇联签收一次。',
        params,
        body: NoticeReceiptBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => receiveNotice(tx, req.params.id, req.body, expected), view: viewNotice }),
  );
}
