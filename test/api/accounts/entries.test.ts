// Entries: the other owner, another person, countersigns or objects once; an objection is answered by a new entry.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { addOfficer, codeOf, errorsOf } from '../cases/given.ts';
import { actionOf, createGiven } from './given.ts';

const service = useService();

async function written(officer = 'wf.heping'): Promise<{ account: Known; entry: Known }> {
  const { api } = service;
  const { account } = await createGiven(api).aided();
  const path = `${account.path}/entries`;
  return { account, entry: must(await api.create(officer, path, { text: '子女已复学' }), path) };
}

const nextOf = async (account: Known) => (await service.api.get('wf.heping', account.path)).body.nextAction;

describe('an entry', () => {
  test('waits for the other owner, who countersigns it once', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const { account, entry } = await written();
    expect(entry.body).toMatchObject({ state: 'open', reviewedBy: null, answersEntryId: null, answered: false });
    expect(await nextOf(account)).toMatchObject({ kind: 'entry_countersignature' });
    expect(actionOf((await api.get('handler.heping', account.path)).body, 'countersignature')?.allowed).toBe(true);
    expect(actionOf((await api.get('wf.heping', account.path)).body, 'countersignature')?.allowed).toBe(false);
    expect(codeOf(await api.decide('wf.heping', entry.path, 'countersignature'))).toBe('403 account_entry.own');
    const signed = await story.decide('handler.heping', entry, 'countersignature', { text: '已核实' });
    expect(signed.body).toMatchObject({ state: 'countersigned', version: 2, reviewText: '已核实' });
    expect(await nextOf(account)).toMatchObject({ kind: 'first_visit' });
    const again = await api.decide('head.heping', entry.path, 'objection', { text: '不同意' });
    expect(again).toMatchObject({ status: 409, body: { code: 'account_entry.illegal_transition', allowed: [] } });
    const open = await api.get('wf.heping', `${account.path}/entries?state=open`);
    expect(open.body.items).toEqual([]);
  });

  test('objected to is answered by a new one of its writer; the reason is for the owners', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const { account, entry } = await written('handler.heping');
    expect((await api.decide('wf.heping', entry.path, 'objection', {})).status).toBe(400);
    await story.decide('wf.heping', entry, 'objection', { text: '班主任称尚未返校' });
    expect(await nextOf(account)).toMatchObject({ kind: 'objection_answer' });
    expect(actionOf((await api.get('handler.heping', account.path)).body, 'objection-answer')?.allowed).toBe(true);
    expect((await api.get('head.heping', entry.path)).body.reviewText).toBe('班主任称尚未返校');
    expect((await api.get('supervisor.liaoning', entry.path)).body).toMatchObject({ text: null, reviewText: null });
    const list = await api.get('wf.heping', `${account.path}/entries?state=objected`);
    expect(list.body.items).toMatchObject([{ id: entry.id, state: 'objected', answered: false }]);
    expect(list.text).not.toContain('班主任');
    const path = `${account.path}/entries`;
    const answer = { text: '已与学校核实，下周返校', answersEntryId: entry.id };
    const made = must(await api.create('handler.heping', path, answer), path);
    expect(made.body).toMatchObject({ state: 'open', answersEntryId: entry.id });
    expect((await api.get('wf.heping', entry.path)).body).toMatchObject({ state: 'objected', answered: true });
    expect(codeOf(await api.create('handler.heping', path, answer))).toBe('409 account_entry.not_objected');
    const unknown = await api.create('handler.heping', path, { ...answer, answersEntryId: account.id });
    expect(errorsOf(unknown)).toEqual(['/answersEntryId entry.unknown']);
    const lines = await api.get('wf.heping', `${account.path}/timeline`);
    expect(lines.body.items?.map((line) => line.type).slice(0, 3)).toEqual([
      ...['account.entry_added', 'account.entry_objected', 'account.entry_added'],
    ]);
  });

  test('the newest stands first in the list, with pages (contract §1 Lists)', async () => {
    const { api } = service;
    const { account, entry } = await written();
    const path = `${account.path}/entries`;
    const second = must(await api.create('wf.heping', path, { text: '已复查' }), path);
    const first = await api.get('wf.heping', `${path}?limit=1`);
    expect(first.body.items?.map((item) => item.id)).toEqual([second.id]);
    const rest = await api.get('wf.heping', `${path}?limit=1&cursor=${String(first.body.nextCursor)}`);
    expect(rest.body.items?.map((item) => item.id)).toEqual([entry.id]);
    expect(rest.body.nextCursor).toBeNull();
  });

  test('several are countersigned in one act, all or none', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const { account, entry } = await written();
    const path = `${account.path}/entries`;
    const second = must(await api.create('wf.heping', path, { text: '已复查' }), path);
    const entryIds = [entry.id, second.id];
    const foreign = await api.decide('handler.heping', account.path, 'countersignature', {
      entryIds: [entry.id, account.id],
    });
    expect(errorsOf(foreign)).toEqual(['/entryIds/1 entry.unknown']);
    expect((await api.get('wf.heping', entry.path)).body.state).toBe('open');
    const signed = await story.decide('handler.heping', account, 'countersignature', { entryIds });
    expect(signed.body.nextAction).toMatchObject({ kind: 'first_visit' });
    const again = await api.decide('handler.heping', account.path, 'countersignature', { entryIds });
    expect(codeOf(again)).toBe('409 account.nothing_to_countersign');
  });

  test('one human with two credentials does not answer themselves, a stranger finds nothing', async () => {
    const { api, database } = service;
    const personKey = 'test:two-hats';
    await addOfficer(database.ownerUrl, { personKey, code: 'hat.heping', like: 'handler.heping', roles: ['handler'] });
    await addOfficer(database.ownerUrl, { personKey, code: 'hat.wf', like: 'wf.heping', roles: ['wf_officer'] });
    const { account, entry } = await written('hat.heping');
    for (const verb of ['countersignature', 'objection'])
      expect(codeOf(await api.decide('hat.wf', entry.path, verb, { text: '同意' }))).toBe('403 decision.four_eyes');
    expect(actionOf((await api.get('hat.wf', account.path)).body, 'countersignature')?.allowed).toBe(false);
    const { etag } = await api.get('wf.heping', entry.path);
    for (const officer of ['wf.tiexi', 'handler.tiexi'])
      expect((await api.as(officer, 'POST', `${entry.path}/countersignature`, { body: {}, etag })).status).toBe(404);
    expect((await api.as('wf.heping', 'POST', `${entry.path}/countersignature`, { body: {} })).status).toBe(428);
  });
});
