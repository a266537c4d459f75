// The event feed: nothing is skipped or given twice, with sixteen writers at once and a transaction that stays open (trust finding 3).
import { expect, test } from '@jest/globals';
import type { Answer, Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';
import { createStory } from '../../support/story.ts';

const service = useService({ poolSize: 20 });
const WRITERS = 16;
const EACH = 4;

/** As a client does: the same key again after Retry-After, until the service has had time for it. */
async function patiently(path: string, body: unknown, etag?: string): Promise<Answer> {
  const key = `feed-${++keys}`;
  for (let attempt = 1; ; attempt++) {
    const answer = await service.api.as('wf.heping', 'POST', path, { body, key, ...(etag ? { etag } : {}) });
    if (answer.status < 300) return answer;
    if (answer.status !== 503 || attempt === 30) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
let keys = 0;

type Event = { id: string; type: string; subject: string; sequence: number };

/** One step of a consumer that keeps its cursor. */
async function follow(after: string | undefined, limit = 7): Promise<{ events: Event[]; next: string }> {
  const query = new URLSearchParams({ limit: String(limit), ...(after === undefined ? {} : { after }) });
  const { status, body } = await service.api.get('wf.heping', `/v1/events?${query.toString()}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return { events: (body.items ?? []) as unknown as Event[], next: String(body.nextCursor) };
}

async function drain(from?: string): Promise<{ events: Event[]; next: string }> {
  const events: Event[] = [];
  let at = await follow(from);
  for (;;) {
    events.push(...at.events);
    if (at.events.length === 0) return { events, next: at.next };
    at = await follow(at.next);
  }
}

/** What comes after `from`, as soon as there is something: a transaction of any database of the server holds the horizon. */
async function eventually(from: string, query = ''): Promise<Event[]> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { body } = await service.api.get('wf.heping', `/v1/events?after=${encodeURIComponent(from)}${query}`);
    expect(typeof body.nextCursor).toBe('string');
    if (body.items && body.items.length > 0) return body.items as unknown as Event[];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}

async function settledDrain(clueId: string, count = 1): Promise<{ events: Event[]; next: string }> {
  for (let attempt = 0; ; attempt++) {
    const all = await drain();
    if (all.events.filter((e) => e.subject === `clue/${clueId}`).length >= count || attempt === 100) return all;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('sixteen writers, a reader that never stops, and one transaction that commits last: every event once, in order per resource', async () => {
  const { api, database } = service;
  const story = createStory(api);
  await api.token('wf.heping');
  const seen: Event[] = [];
  let cursor: string | undefined;
  let writing = true;
  const made: string[] = [];

  const writer = async () => {
    for (let i = 0; i < EACH; i++) {
      const { body, etag } = await patiently('/v1/clues', story.clueInput());
      made.push(String(body.id));
      await patiently(`/v1/clues/${String(body.id)}/withdrawal`, {}, etag);
    }
  };
  const reader = async () => {
    while (writing) {
      const { events, next } = await follow(cursor);
      seen.push(...events);
      cursor = next;
    }
  };
  // A long transaction holds the horizon: what it wrote early must not appear behind a cursor that has moved on.
  const slow = withClient(database.ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('select pg_current_xact_id()');
    await new Promise((resolve) => setTimeout(resolve, 600));
    await client.query('commit');
  });
  const reading = reader();
  await Promise.all([...Array.from({ length: WRITERS }, writer), slow]);
  writing = false;
  await reading;
  for (let attempt = 0; attempt < 100 && seen.length < 2 * WRITERS * EACH; attempt++) {
    const { events, next } = await drain(cursor);
    seen.push(...events);
    cursor = next;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  expect(made).toHaveLength(WRITERS * EACH);
  expect(new Set(seen.map((e) => e.id)).size).toBe(seen.length);
  for (const id of made) {
    const own = seen.filter((e) => e.subject === `clue/${id}`);
    expect(own.map((e) => [e.type, e.sequence])).toEqual([
      ['clue.submitted', 1],
      ['clue.withdrawn', 2],
    ]);
  }
  // A reader that starts over sees the same, in the same order.
  expect((await drain()).events.map((e) => e.id)).toEqual(seen.map((e) => e.id));
}, 60_000);

test('while a transaction is open nothing behind it is shown, and nothing is lost when it commits', async () => {
  const { api, database } = service;
  const story = createStory(api);
  const { next } = await drain();
  await withClient(database.ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('select pg_current_xact_id()');
    const clue = await story.clue();
    expect((await follow(next)).events).toEqual([]);
    await client.query('commit');
    const events = await eventually(next);
    expect(events.map((e) => e.subject)).toEqual([`clue/${clue.id}`]);
  });
});

test('the cursor is always a string; latest gives only the present one; types filter; a foreign one is a 400', async () => {
  const { api } = service;
  const story = createStory(api);
  const latest = await follow('latest');
  expect(latest.events).toEqual([]);
  const clue = await story.clue();
  await story.decide('wf.heping', clue, 'withdrawal');
  const found = await eventually(latest.next, '&types=clue.withdrawn');
  expect(found).toMatchObject([{ specversion: '1.0', type: 'clue.withdrawn', subject: `clue/${clue.id}` }]);
  for (const wrong of ['x', `${latest.next}A`, latest.next.slice(1)])
    expect((await api.get('wf.heping', `/v1/events?after=${wrong}`)).status).toBe(400);
});

test('an event holds ids, codes and numbers only, and is seen by those who see its resource', async () => {
  const { api } = service;
  const story = createStory(api);
  const clue = await story.clue();
  const { events } = await settledDrain(clue.id);
  const text = JSON.stringify(events.filter((e) => e.subject === `clue/${clue.id}`));
  expect(text).toContain('clue.submitted');
  const { facts, hardship, subjects } = story.clueInput() as Json & { subjects: Json[] };
  for (const secret of [facts, hardship, subjects[0]?.name, subjects[0]?.phone, subjects[0]?.idNumber])
    expect(text).not.toContain(String(secret));
  const elsewhere = await api.get('wf.tiexi', '/v1/events?limit=200');
  expect(elsewhere.body.items).toEqual([]);
});
