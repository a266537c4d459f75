// Township workers of the Federation have no procuratorate of their level: the nearest above receives what they find (contract §3).
import { expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();

test('a clue of a township worker reaches the county procuratorate, and comes back to the township', async () => {
  const { api } = service;
  const county = await api.get('admin', '/v1/agencies?kind=womens_federation&regionCode=210102');
  const made = await api.create('admin', '/v1/agencies', {
    code: 'wf-210102-nanhu',
    name: '和平区南湖街道妇联',
    nameEn: "Nanhu Subdistrict Women's Federation",
    kind: 'womens_federation',
    level: 'township',
    regionCode: '210102',
    parentId: county.body.items?.[0]?.id,
  });
  expect(made).toMatchObject({ status: 201, body: { level: 'township' } });
  const officer = { code: 'wf.nanhu', name: '乡镇妇联干部', personKey: 'nanhu-1', roles: ['wf_officer'] };
  const added = await api.create('admin', `/v1/agencies/${String(made.body.id)}/officers`, officer);
  expect(added.status).toBe(201);

  const clue = await api.create('wf.nanhu', '/v1/clues', sampleClue());
  expect(clue).toMatchObject({
    status: 201,
    body: { sourceAgency: { code: 'wf-210102-nanhu' }, receivingAgency: { code: 'proc-210102' }, greenChannel: true },
  });
  const path = `/v1/clues/${String(clue.body.id)}`;
  await api.decide('intake.heping', path, 'return', { reason: '请补充伤情' });
  expect((await api.get('wf.nanhu', path)).body).toMatchObject({ state: 'returned', returnReason: '请补充伤情' });
  const again = await api.decide('wf.nanhu', path, 'supplement', { hardship: '重伤二级，无收入。' });
  expect(again.body.state).toBe('submitted');
  // The county's Federation is another agency: it sees nothing of what its townships hand over.
  expect((await api.get('wf.heping', path)).status).toBe(404);
  const city = await api.create('wf.nanhu', '/v1/clues', { ...sampleClue(), regionCode: '210100' } as Json);
  expect(city.body.receivingAgency).toMatchObject({ code: 'proc-210100' });
});
