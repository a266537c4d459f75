// Documents item by item: partly received, waived, fetched by the procuratorate; the review goes on when nothing is outstanding (domain §10.4).
import { expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { codeOf, createGiven, errorsOf } from './given.ts';

const service = useService();
const ITEMS = ['户口簿', '收入证明', '诊断证明'];

function waiting() {
  const { api } = service;
  const given = createGiven(api);
  const { story, underReview } = given;
  const request = (known: Known, items = ITEMS) =>
    story.decide('handler.heping', known, 'document-request', { items, reason: '核实家庭情况' });
  const receive = (known: Known, body: Json) => story.decide('handler.heping', known, 'document-receipt', body);
  const statuses = (known: Known) =>
    (known.body.documentRequests as { documents: { status: string }[] }[]).map((r) => r.documents.map((d) => d.status));
  const receipt = async (known: Known) => {
    const { body } = await api.get('handler.heping', known.path);
    return (body.availableActions as Json[]).find((a) => a.action === 'document-receipt');
  };
  return { api, ...given, awaiting: async () => request(await underReview()), request, receive, statuses, receipt };
}

test('one after the other; the case waits until the last is settled', async () => {
  const { awaiting, receive, statuses } = waiting();
  const known = await awaiting();
  expect(known.body).toMatchObject({ state: 'awaiting_documents', outstandingItems: 3 });
  const first = await receive(known, { items: ['户口簿'], note: '已核原件' });
  expect(first.body).toMatchObject({ state: 'awaiting_documents', outstandingItems: 2 });
  expect(first.body.documentRequests).toMatchObject([
    {
      receivedAt: null,
      receivedItems: ['户口簿'],
      note: '已核原件',
      documents: [{ item: '户口簿', status: 'received' }, {}, {}],
    },
  ]);
  const last = await receive(known, { toBeObtained: ['收入证明'], waived: ['诊断证明'], note: '由本院向人社局调取' });
  expect(last.body).toMatchObject({ state: 'under_review', outstandingItems: 0 });
  expect(statuses(last)).toEqual([['received', 'to_be_obtained_by_organ', 'waived']]);
  const { body } = await service.api.get('handler.heping', `${known.path}/timeline`);
  expect(body.items?.slice(0, 2).map((e) => e.type)).toEqual(['case.documents_received', 'case.documents_noted']);
  expect(last.body.documentRequests).toMatchObject([
    { receivedBy: { code: 'handler.heping' }, receivedItems: ['户口簿'], note: '已核原件\n由本院向人社局调取' },
  ]);
});

test('the handler lets the review go on; what comes later is noted, over several requests', async () => {
  const { awaiting, receive, request, statuses, receipt } = waiting();
  const known = await awaiting();
  const resumed = await receive(known, { items: ['户口簿'], resume: true });
  expect(resumed.body).toMatchObject({ state: 'under_review', outstandingItems: 2 });
  expect(await receipt(known)).toMatchObject({ allowed: true });
  const late = await receive(known, { items: ['收入证明'] });
  expect(late.body).toMatchObject({ state: 'under_review', outstandingItems: 1 });
  const again = await request(known, ['低保证明']);
  expect(again.body).toMatchObject({ state: 'awaiting_documents', outstandingItems: 2 });
  const all = await receive(known, {});
  expect(all.body).toMatchObject({ state: 'under_review', outstandingItems: 0 });
  expect(statuses(all)).toEqual([['received', 'received', 'received'], ['received']]);
  expect(await receipt(known)).toMatchObject({ allowed: false, reasons: [{ code: 'case.illegal_transition' }] });
});

test('only what was asked for, each once, and nothing where nothing is outstanding', async () => {
  const { api, awaiting, underReview } = waiting();
  const known = await awaiting();
  const send = (body: Json) => api.decide('handler.heping', known.path, 'document-receipt', body);
  expect(errorsOf(await send({ items: ['户口簿', '结婚证'], waived: ['户口簿'] }))).toEqual([
    '/items/1 document.not_requested',
    '/waived/0 document.repeated',
  ]);
  expect((await send({ items: [] })).status).toBe(400);
  const idle = await api.decide('handler.heping', (await underReview()).path, 'document-receipt');
  expect(codeOf(idle)).toBe('409 case.illegal_transition');
});

test('who does not read the texts learns how many are awaited, not which', async () => {
  const { api, awaiting } = waiting();
  const { body } = await api.get('finance.heping', (await awaiting()).path);
  const documents = ITEMS.map(() => ({ item: null, status: 'requested' }));
  expect(body.documentRequests).toMatchObject([{ items: null, reason: null, documents }]);
});
