// Transfer to another region: the giver answers for the person until the receiver has accepted; access moves with it.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { codeOf, errorsOf } from '../cases/given.ts';
import { actionOf, createGiven } from './given.ts';

const service = useService();
const MOVE = { regionCode: '210106', reason: '全家已迁至铁西区' };

async function asked(): Promise<{ account: Known; personId: string }> {
  const { aided, story } = createGiven(service.api);
  const { account, personId } = await aided();
  return { account: await story.decide('handler.heping', account, 'transfer', MOVE), personId };
}

describe('a transfer', () => {
  test('changes nothing before it is accepted, and is awaited by the receiver', async () => {
    const { api } = service;
    const { account } = await asked();
    expect(account.body).toMatchObject({
      state: 'open',
      regionCode: '210102',
      owners: [{ agency: { code: 'proc-210102' } }, { agency: { code: 'wf-210102' } }],
      transfer: { toAgency: { code: 'proc-210106' }, reason: MOVE.reason },
      nextAction: { kind: 'transfer_acceptance' },
    });
    const { body } = await api.get('handler.tiexi', account.path);
    expect(body).toMatchObject({ person: { name: null, idNumber: null }, transfer: { reason: MOVE.reason } });
    expect(actionOf(body, 'transfer-acceptance')?.allowed).toBe(true);
    expect(actionOf(body, 'escalation')?.allowed).toBe(false);
    expect((await api.get('wf.tiexi', account.path)).status).toBe(404);
    expect(codeOf(await api.decide('wf.heping', account.path, 'transfer', MOVE))).toBe('409 account.transfer_pending');
    const own = await api.decide('handler.heping', account.path, 'transfer-acceptance');
    expect(codeOf(own)).toBe('403 account.not_receiver');
    const path = `${account.path}/entries`;
    expect((await api.create('wf.heping', path, { text: '仍在走访' })).status).toBe(201);
  });

  test('accepted makes new owners, who may do all; the former keep a masked view', async () => {
    const { api } = service;
    const { story, request, read } = createGiven(api);
    const { account, personId } = await asked();
    const text = '当事人不愿透露住址';
    const entry = must(await api.create('wf.heping', `${account.path}/entries`, { text }), `${account.path}/entries`);
    const done = await story.decide('handler.tiexi', account, 'transfer-acceptance');
    expect(done.body).toMatchObject({
      regionCode: '210106',
      transfer: null,
      person: { name: '李*' },
      owners: [{ agency: { code: 'proc-210106' } }, { agency: { code: 'wf-210106' } }],
    });
    expect((await read('wf.tiexi', account.path)).body.person).toMatchObject({ name: '李*' });
    expect((await api.get('wf.tiexi', `/v1/persons/${personId}`)).status).toBe(200);
    const former = await read('wf.heping', account.path);
    expect(actionOf(former.body, 'escalation')?.allowed).toBe(false);
    expect((await api.get('wf.heping', entry.path)).body.text).toBeNull();
    expect((await api.get('handler.tiexi', entry.path)).body.text).toBe(text);
    await story.decide('wf.tiexi', account, 'escalation', { reason: '需要关注' });
    await story.decide('handler.tiexi', entry, 'countersignature');
    const origin = { monitoringAccountId: account.id };
    const one = { ...(await request('civil', [personId])), agencyId: await story.agencyOf('civil.tiexi') };
    const sent = must(await api.create('handler.tiexi', '/v1/referrals', { origin, ...one }), '/v1/referrals');
    expect((await api.get('civil.tiexi', `${sent.path}/package`)).text).toContain('李秀兰');
    const byFormer = await api.create('handler.heping', '/v1/referrals', { origin, ...one });
    expect(codeOf(byFormer)).toBe('403 account.not_owner');
  });

  test('rejected or withdrawn leaves the owners as they were; only a withdrawal ends the sight', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const { account } = await asked();
    const no = await story.decide('head.tiexi', account, 'transfer-rejection', { reason: '未在本区居住' });
    expect(no.body).toMatchObject({ transfer: null, regionCode: '210102', nextAction: { kind: 'first_visit' } });
    await story.decide('wf.heping', account, 'transfer', MOVE);
    const gone = await asked();
    await story.decide('wf.heping', gone.account, 'transfer-withdrawal', { reason: '不再搬迁' });
    expect((await api.get('handler.tiexi', gone.account.path)).status).toBe(404);
    const none = await api.decide('wf.heping', gone.account.path, 'transfer-withdrawal', { reason: '不再搬迁' });
    expect(codeOf(none)).toBe('409 account.no_transfer');
  });

  test('goes to a procuratorate, another one, and from an account that is not closed', async () => {
    const { api } = service;
    const { aided, story } = createGiven(api);
    const { account } = await aided();
    const to = (body: object) => api.decide('handler.heping', account.path, 'transfer', body);
    const civil = await story.agencyOf('civil.tiexi');
    expect(errorsOf(await to({ agencyId: civil, reason: '移交' }))).toEqual(['/agencyId agency.not_procuratorate']);
    expect(errorsOf(await to({ regionCode: '990000', reason: '移交' }))).toEqual(['/regionCode region.unknown']);
    expect(codeOf(await to({ regionCode: '210102', reason: '移交' }))).toBe('409 account.same_agency');
    expect((await to({ reason: '移交' })).status).toBe(400);
    const agencyId = await story.agencyOf('handler.tiexi');
    expect((await to({ agencyId, reason: '移交' })).status).toBe(200);
    const because = { reason: '稳定' };
    await story.decide('handler.heping', account, 'transfer-withdrawal', because);
    await story.decide('handler.heping', account, 'stabilisation', because);
    await story.decide('handler.heping', account, 'closure', because);
    await story.decide('wf.heping', account, 'closure', because);
    expect(codeOf(await to({ agencyId, reason: '移交' }))).toBe('409 account.closed');
  });
});
