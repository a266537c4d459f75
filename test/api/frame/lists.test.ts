// Lists: newest first, pages without a gap or a repeat while others write, cursors bound to caller and filter (C-04, S-14).
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { createStory, type Story } from '../../support/story.ts';

const service = useService();
let story: Story;
const made: string[] = [];
beforeAll(async () => {
  story = createStory(service.api);
  for (let i = 0; i < 12; i++) made.unshift((await story.clue()).id);
});

const list = (query: string, officer = 'wf.heping') => service.api.get(officer, `/v1/clues${query}`);
const ids = (items: Json[] | undefined) => (items ?? []).map((item) => String(item.id));
const cursorOf = (body: Json) => encodeURIComponent(String(body.nextCursor));

describe('pages', () => {
  test('are newest first, without a gap or a repeat, while others write', async () => {
    const seen: string[] = [];
    let query = '?limit=5';
    for (let page = 0; page < 10 && query; page++) {
      const { body } = await list(query);
      seen.push(...ids(body.items));
      await story.clue();
      query = body.nextCursor === null ? '' : `?limit=5&cursor=${cursorOf(body)}`;
    }
    expect(seen).toEqual(made);
  });

  test('Link repeats the cursor and keeps the filter; the last page has none', async () => {
    const first = await list('?limit=2&state=submitted&lang=en');
    expect(first.headers.link).toMatch(/^<http:\/\/service\.test\/v1\/clues\?[^>]+>; rel="next"$/);
    const next = new URL(/<([^>]+)>/.exec(String(first.headers.link))?.[1] ?? '');
    expect(Object.fromEntries(next.searchParams)).toEqual({
      limit: '2',
      state: 'submitted',
      lang: 'en',
      cursor: first.body.nextCursor,
    });
    const second = await list(next.search);
    expect(second.status).toBe(200);
    expect(ids(second.body.items).some((id) => ids(first.body.items).includes(id))).toBe(false);
    const last = await list('?state=withdrawn');
    expect(last).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
    expect(last.headers.link).toBeUndefined();
  });

  test('the total stands only where it was asked for, and counts the filter', async () => {
    expect((await list('?limit=1')).body.total).toBeUndefined();
    const { body } = await list('?limit=1&includeTotal=true');
    expect(body.total).toBeGreaterThanOrEqual(12);
    expect((await list('?includeTotal=true&state=answered')).body.total).toBe(0);
    expect((await list('?includeTotal=true', 'intake.tiexi')).body.total).toBe(0);
  });

  test('limits and filters out of bounds are a 400 that names the parameter', async () => {
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=x',
      'limit=1.5',
      'state=done',
      'regionCode=1',
      'limit=1&limit=2',
    ]) {
      const answer = await list(`?${query}`);
      expect([query, answer.status, answer.body.code]).toEqual([query, 400, 'request.invalid']);
      const [first] = answer.body.errors as { pointer: string }[];
      expect(first?.pointer).toBe(`#query/${query.split('=')[0]}`);
    }
  });
});

describe('cursors', () => {
  const invalid = { status: 400, body: { errors: [{ pointer: '#query/cursor', code: 'cursor.invalid' }] } };

  test('a tampered, invented or foreign one is a 400', async () => {
    const { body } = await list('?limit=2');
    const cursor = String(body.nextCursor);
    const flipped = (at: number) => cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
    const raw = Buffer.from(cursor, 'base64url');
    const otherId = Buffer.concat([raw.subarray(0, 16), Buffer.from(String(made[0]))]).toString('base64url');
    for (const wrong of [
      flipped(0),
      flipped(30),
      cursor.slice(0, -2),
      `${cursor}AAAA`,
      'x',
      'null',
      otherId,
      '%00',
      "' or 1=1",
    ]) {
      expect(await list(`?limit=2&cursor=${encodeURIComponent(wrong)}`)).toMatchObject(invalid);
    }
  });

  test('of another filter, another officer, another list or the feed is a 400; limit, total and language may change', async () => {
    const cursor = cursorOf((await list('?limit=2&state=submitted')).body);
    expect((await list(`?limit=7&state=submitted&includeTotal=true&lang=en&cursor=${cursor}`)).status).toBe(200);
    expect(await list(`?limit=2&cursor=${cursor}`)).toMatchObject(invalid);
    expect(await list(`?limit=2&state=returned&cursor=${cursor}`)).toMatchObject(invalid);
    expect(await list(`?limit=2&state=submitted&cursor=${cursor}`, 'intake.heping')).toMatchObject(invalid);
    expect(await list(`?limit=2&state=submitted&cursor=${cursor}`, 'wf.tiexi')).toMatchObject(invalid);
    expect((await service.api.get('wf.heping', `/v1/events?after=${cursor}`)).status).toBe(400);
    await service.eventsSettled();
    const feed = (await service.api.get('wf.heping', '/v1/events')).body;
    expect(await list(`?state=submitted&cursor=${cursorOf(feed)}`)).toMatchObject(invalid);
  });
});
