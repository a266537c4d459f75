// A clue from submission to its fate, over HTTP.
import { describe, expect, test } from '@jest/globals';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';

const service = useService();

describe('submitting a clue', () => {
  test('routes to the procuratorate of the district and shows names to its source only', async () => {
    const { api } = service;
    const made = await api.create('wf.heping', '/v1/clues', sampleClue());
    expect(made.body).toMatchObject({
      state: 'submitted',
      version: 1,
      receivingAgency: { code: 'proc-210102' },
      missing: [],
    });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`http://service.test/v1/clues/${String(made.body.id)}`);
    const intake = await api.get('intake.heping', `/v1/clues/${String(made.body.id)}`);
    expect(intake.status).toBe(200);
    expect(intake.body.subjects).toMatchObject([{ name: '李*', idNumber: '210***********4321', phone: '138****5678' }]);
    const stranger = await api.get('intake.tiexi', `/v1/clues/${String(made.body.id)}`);
    expect(stranger.status).toBe(404);
    await service.eventsSettled();
    const events = await api.get('wf.heping', '/v1/events');
    expect(events.body.items?.map((e) => e.type)).toEqual(['clue.submitted']);
  });

  test('a patch goes into the linked case member by member; one that is not there yet must come whole', async () => {
    const { api } = service;
    const made = await api.create('wf.heping', '/v1/clues', { ...sampleClue(), linkedCase: null });
    const path = `/v1/clues/${String(made.body.id)}`;
    const patch = async (linkedCase: unknown) => {
      const { etag } = await api.get('wf.heping', path);
      return api.as('wf.heping', 'PATCH', path, { body: { linkedCase }, etag });
    };
    const partial = await patch({ number: '12号' });
    expect([partial.status, partial.body.errors]).toMatchObject([
      422,
      [{ pointer: '/linkedCase/type' }, { pointer: '/linkedCase/handlingOrgan' }],
    ]);
    const whole = { type: 'criminal', number: '12号', handlingOrgan: '和平区人民法院' };
    expect((await patch(whole)).body).toMatchObject({ linkedCase: whole, missing: [], version: 2 });
    expect((await patch({ type: 'civil' })).body.linkedCase).toEqual({ ...whole, type: 'civil' });
    expect((await patch({ number: null })).body.linkedCase).toEqual({ ...whole, type: 'civil', number: null });
    expect((await patch(null)).body).toMatchObject({ linkedCase: null, missing: ['/linkedCase'] });
  });

  test('return, supplement, reroute, reject and answer', async () => {
    const { api } = service;
    const made = await api.create('wf.heping', '/v1/clues', { ...sampleClue(), linkedCase: null });
    const path = `/v1/clues/${String(made.body.id)}`;
    expect(made.body.missing).toEqual(['/linkedCase']);
    const returned = await api.decide('intake.heping', path, 'return', { reason: '请补充原案' });
    expect(returned.body).toMatchObject({ state: 'returned', returnReason: '请补充原案' });
    const again = await api.decide('wf.heping', path, 'supplement', { linkedCase: sampleClue().linkedCase });
    expect(again.body).toMatchObject({ state: 'submitted', missing: [], version: 3 });
    const tiexi = await api.get('intake.tiexi', '/v1/me');
    const moved = await api.decide('intake.heping', path, 'rerouting', {
      agencyId: (tiexi.body.agency as { id: string }).id,
      reason: '案发地在铁西',
    });
    expect(moved.body).toMatchObject({ state: 'submitted', receivingAgency: { code: 'proc-210106' } });
    const first = { agency: { code: 'proc-210102' }, until: expect.any(String), reason: '案发地在铁西' };
    // The office that handed the clue on is no party any more and still reads its own reason, and nothing else in words.
    for (const officer of ['intake.heping', 'wf.heping', 'intake.tiexi'])
      expect((await api.get(officer, path)).body.routing).toMatchObject([first, { until: null }]);
    expect(moved.body).toMatchObject({ facts: null, routing: [first, { until: null }] });
    const rejected = await api.decide('intake.tiexi', path, 'rejection', { reasonCode: 'other', reason: '不符合条件' });
    expect(rejected.body).toMatchObject({ state: 'rejected' });
    const answered = await api.decide('head.tiexi', path, 'answer', { result: '不予受理，已说明理由' });
    expect(answered.body).toMatchObject({ state: 'answered' });
    const seen = await api.get('wf.heping', path);
    expect(seen.body.answer).toMatchObject({ result: '不予受理，已说明理由' });
  });

  test('what a return asks for in words is sealed, and only source and receiver read it', async () => {
    const { api, database } = service;
    const made = await api.create('wf.heping', '/v1/clues', { ...sampleClue(), linkedCase: null });
    const path = `/v1/clues/${String(made.body.id)}`;
    const asked = '李秀兰的低保证明';
    const body = { reason: '请补充', missing: [asked, '/linkedCase'] };
    const returned = await api.decide('intake.heping', path, 'return', body);
    expect(returned.body.missing).toEqual(['/linkedCase', asked]);
    expect((await api.get('wf.heping', path)).body.missing).toEqual(['/linkedCase', asked]);
    expect((await api.get('supervisor.liaoning', path)).body.missing).toEqual(['/linkedCase']);
    const rows = await withClient(database.ownerUrl, (client) =>
      client.query<{ row: string }>('select clues::text as row from clues where id = $1', [made.body.id]),
    );
    expect(rows.rows[0]?.row).toContain('/linkedCase');
    expect(rows.rows[0]?.row).not.toContain(asked);
    const again = await api.decide('wf.heping', path, 'supplement', { linkedCase: sampleClue().linkedCase });
    expect(again.body).toMatchObject({ state: 'submitted', missing: [] });
  });

  test('a corrected region sends an open clue to the procuratorate of that region', async () => {
    const { api } = service;
    const path = '/v1/clues/by-external-id/region-1';
    const made = await api.as('wf.heping', 'PUT', path, { body: sampleClue() });
    expect(made.status).toBe(201);
    const moved = await api.as('wf.heping', 'PUT', path, { body: { ...sampleClue(), regionCode: '210106' } });
    expect(moved.body).toMatchObject({ regionCode: '210106', receivingAgency: { code: 'proc-210106' }, version: 2 });
    expect(moved.body.routing).toMatchObject([
      { agency: { code: 'proc-210102' } },
      { agency: { code: 'proc-210106' }, until: null },
    ]);
    const resource = `/v1/clues/${String(made.body.id)}`;
    expect((await api.get('intake.tiexi', resource)).body.facts).toBe(sampleClue().facts);
    expect((await api.get('intake.heping', resource)).body.facts).toBeNull();
  });

  test('an id in capitals is the same id', async () => {
    const { api } = service;
    const made = await api.create('wf.heping', '/v1/clues', sampleClue());
    const path = `/v1/clues/${String(made.body.id).toUpperCase()}`;
    const gone = await api.as('wf.heping', 'POST', `${path}/withdrawal`, {
      body: { reason: '已获赔偿' },
      etag: made.etag,
    });
    expect([gone.status, gone.body.state, gone.body.id]).toEqual([200, 'withdrawn', made.body.id]);
  });
});
