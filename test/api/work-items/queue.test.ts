// Work items: what awaits whom, in the order of the queue, given to and taken by officers of the agency.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

type Item = Json & { id: string; action: string; resource: { id: string }; allowed: boolean; assignee: Json | null };

async function items(officer: string, query = ''): Promise<Item[]> {
  const answer = await service.api.get(officer, `/v1/work-items?limit=200${query}`);
  expect({ status: answer.status, text: answer.status === 200 || answer.text }).toEqual({ status: 200, text: true });
  return answer.body.items as Item[];
}

const of = (list: Item[], id: string) => list.filter((item) => item.resource.id === id);
const actions = async (officer: string, id: string, query = '') =>
  of(await items(officer, query), id)
    .map((item) => item.action)
    .sort();

describe('a clue', () => {
  test('awaits its receiver, and nobody else', async () => {
    const clue = await world.clue();
    expect(await actions('intake.heping', clue.id)).toContain('acceptance');
    expect(await actions('head.heping', clue.id)).toContain('acceptance');
    expect(await actions('wf.heping', clue.id)).toEqual([]);
    expect(await actions('chief.heping', clue.id)).toEqual([]);
    expect(await actions('intake.tiexi', clue.id)).toEqual([]);
    const [known] = of(await items('chief.heping', '&assignee=agency'), clue.id);
    expect(known).toMatchObject({ kind: 'clue', action: 'acceptance', allowed: false, status: 'open', assignee: null });
    await world.decide('intake.heping', clue, 'acceptance');
    expect(await actions('intake.heping', clue.id)).not.toContain('acceptance');
  });

  test('an emergency comes before all others', async () => {
    await world.clue();
    const urgent = await world.clue('heping', { urgency: 'emergency_medical' });
    await world.clue();
    const [first] = await items('intake.heping');
    expect(first).toMatchObject({ urgent: true, resource: { id: urgent.id } });
    const [newest] = await items('intake.heping', '&order=newest');
    expect(newest?.resource.id).not.toBe(urgent.id);
  });

  test('pages follow one another without gap or repetition, in both orders', async () => {
    for (const order of ['queue', 'newest']) {
      const whole = (await items('intake.heping', `&order=${order}`)).map((item) => item.id);
      const paged: string[] = [];
      let cursor: string | null = null;
      do {
        const at: string = cursor ? `&cursor=${cursor}` : '';
        const { body } = await service.api.get('intake.heping', `/v1/work-items?limit=2&order=${order}${at}`);
        paged.push(...(body.items as Item[]).map((item) => item.id));
        cursor = body.nextCursor as string | null;
      } while (cursor);
      expect(paged).toEqual(whole);
    }
  });
});

describe('a case', () => {
  test('awaits the head, then its handler, then a chief who is not the proposer', async () => {
    const opened = await world.opened();
    expect(await actions('head.heping', opened.id)).toContain('assignment');
    const known = await world.underReview();
    expect(await actions('handler.heping', known.id)).toContain('proposal');
    const [item] = of(await items('handler.heping'), known.id);
    expect(item).toMatchObject({ status: 'assigned', assignee: { code: 'handler.heping' } });
    // The head may, but it is the handler's.
    expect(await actions('head.heping', known.id)).toEqual([]);
    const heads = of(await items('head.heping', '&assignee=agency'), known.id);
    expect(heads.find((entry) => entry.action === 'proposal')).toMatchObject({ allowed: true });
    const proposed = await world.proposed();
    expect(await actions('chief.heping', proposed.id)).toEqual(['approval']);
    expect(await actions('handler.heping', proposed.id)).toEqual([]);
  });
});

describe('assignment', () => {
  async function oneItem(officer = 'intake.heping') {
    const clue = await world.clue();
    const [item] = of(await items(officer), clue.id);
    return { item: item as Item, path: `/v1/work-items/${item?.id}`, clue };
  }

  test('a head gives work to an officer who can do it, with a note', async () => {
    const { item, path, clue } = await oneItem();
    const officerId = await world.officerId('intake.heping');
    const given = await service.api.decide('head.heping', path, 'assignment', { officerId, note: '请今日办理' });
    expect(given).toMatchObject({
      status: 200,
      body: { status: 'assigned', assignment: { by: { code: 'head.heping' }, note: '请今日办理' } },
    });
    expect(await actions('intake.heping', clue.id)).toContain(item.action);
    expect(await actions('head.heping', clue.id)).not.toContain(item.action);
    const stored = await service.owner.query<{ note: Buffer }>(
      'select note_sealed as note from work_items where id = $1',
      [item.id],
    );
    expect(stored[0]?.note.toString('utf8')).not.toContain('今日');
  });

  test('an officer takes work and hands it back, and gives it to nobody else', async () => {
    const { path } = await oneItem();
    const officerId = await world.officerId('intake.heping');
    const { api } = service;
    expect(await api.decide('intake.heping', path, 'assignment', { officerId })).toMatchObject({ status: 200 });
    expect(await api.decide('intake.heping', path, 'assignment', { officerId: null })).toMatchObject({
      status: 200,
      body: { status: 'open', assignee: null },
    });
    const head = await world.officerId('head.heping');
    expect(await api.decide('intake.heping', path, 'assignment', { officerId: head })).toMatchObject({
      status: 403,
      body: { code: 'work_item.not_competent' },
    });
  });

  test('nobody is given what they cannot do, and no officer of another agency', async () => {
    const { path } = await oneItem();
    const { api } = service;
    const chief = await world.officerId('chief.heping');
    expect(await api.decide('head.heping', path, 'assignment', { officerId: chief })).toMatchObject({
      status: 409,
      body: { code: 'work_item.unfit_officer' },
    });
    const other = await world.officerId('intake.tiexi');
    expect((await api.decide('head.heping', path, 'assignment', { officerId: other })).status).toBe(422);
    expect((await api.get('head.tiexi', path)).status).toBe(404);
    expect((await api.as('head.heping', 'POST', `${path}/assignment`, { body: { officerId: chief } })).status).toBe(
      428,
    );
  });
});
