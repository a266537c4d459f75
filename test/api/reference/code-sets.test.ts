// The reference data over HTTP: sets, items, states of the lifecycles, pages and conditional reads.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';

const service = useService();
const names = (items: unknown) => (items as { name: string }[]).map(({ name }) => name);

describe('code sets', () => {
  test('are listed by name, page by page, with a total on request', async () => {
    const { api } = service;
    const all = await api.get('wf.heping', '/v1/code-sets?limit=200&includeTotal=true');
    expect(all.status).toBe(200);
    expect(all.body.total).toBe(all.body.items?.length);
    expect(names(all.body.items)).toEqual(names(all.body.items).toSorted());
    expect(names(all.body.items)).toEqual(expect.arrayContaining(['clue-states', 'disclosure-purposes', 'regions']));
    const seen: string[] = [];
    for (let path: string | null = '/v1/code-sets?limit=7'; path; ) {
      const page = await api.get('wf.heping', path);
      seen.push(...names(page.body.items));
      const next = page.body.nextCursor as string | null;
      path = next && `/v1/code-sets?limit=7&cursor=${next}`;
    }
    expect(seen).toEqual(names(all.body.items));
  });

  test('one set shows every item with names, validity and basis', async () => {
    const { api } = service;
    const measures = await api.get('civil.heping', '/v1/code-sets/measures');
    expect(measures.body).toMatchObject({ name: 'measures', itemCount: 43 });
    expect(measures.body.items?.[0]).toMatchObject({ code: 'EDU1', agencyKind: 'education', validTo: null });
    const states = await api.get('civil.heping', '/v1/code-sets/clue-states');
    expect(states.body.items?.map(({ code }) => code)).toEqual([
      'submitted',
      'returned',
      'accepted',
      'rejected',
      'routed_to_social_assistance',
      'withdrawn',
      'answered',
    ]);
  });

  test('an unchanged set is 304', async () => {
    const { api } = service;
    const first = await api.get('civil.heping', '/v1/code-sets/regions');
    expect(first.etag).toMatch(/^"0\.[\w-]{22}"$/);
    const headers = { 'if-none-match': first.etag };
    const again = await api.as('civil.heping', 'GET', '/v1/code-sets/regions', { headers });
    expect(again).toMatchObject({ status: 304, text: '', etag: first.etag });
    const other = await api.as('civil.heping', 'GET', '/v1/code-sets/sexes', { headers });
    expect(other.status).toBe(200);
  });

  test.each(['/v1/code-sets/none', '/v1/code-sets/Regions', '/v1/code-sets/regions%00'])('%s is 404', async (path) => {
    const answer = await service.api.get('wf.heping', path);
    expect(answer).toMatchObject({ status: 404, etag: '', body: { code: 'resource.not_found' } });
  });

  test('a cursor of another list is refused', async () => {
    const { api } = service;
    const page = await api.get('wf.heping', '/v1/code-sets?limit=1');
    const answer = await api.get('intake.heping', `/v1/code-sets?limit=1&cursor=${String(page.body.nextCursor)}`);
    expect(answer.status).toBe(400);
  });
});

describe('calendars', () => {
  test('a published year', async () => {
    const { api } = service;
    const { body, etag } = await api.get('handler.heping', '/v1/calendars/2026');
    expect(body).toMatchObject({ year: 2026, provisional: false, workdayCount: 248 });
    expect((body.days as unknown[])[44]).toEqual({ date: '2026-02-14', isWorkday: true, name: '春节（调休上班）' });
    const headers = { 'if-none-match': `"9.x", ${etag}` };
    expect((await api.as('handler.heping', 'GET', '/v1/calendars/2026', { headers })).status).toBe(304);
  });

  test('the year after the last plan is provisional, further years and the past are not there', async () => {
    const { api } = service;
    const { body } = await api.get('handler.heping', '/v1/calendars/2028');
    expect(body).toMatchObject({ provisional: true, workdayCount: 260 });
    expect(body.days).toHaveLength(366);
    for (const year of ['2003', '2040', '20x6', '02026'])
      expect((await api.get('handler.heping', `/v1/calendars/${year}`)).status).toBe(404);
  });
});
