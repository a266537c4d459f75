// What is paid shows on the case and makes its closure due; a person who came by themselves has applied.
import { expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld } from '../../support/world.ts';
import { createGiven, yuan } from './given.ts';

const service = useService();

test('a settled line is counted once; the case closes', async () => {
  const { api } = service;
  const { line, decide } = createWorld(api, () => addClient(service));
  const paid = await line('settled');
  const path = `/v1/assistance-cases/${String(paid.body.assistanceCaseId)}`;
  const { body } = await api.get('handler.heping', path);
  expect(body).toMatchObject({ state: 'disbursing', grantedAmount: yuan('20000.00'), paidAmount: yuan('20000.00') });
  await decide('handler.heping', paid, 'receipt-confirmation', { outcome: 'received' });
  const known = { id: String(body.id), path, body };
  const closed = await decide('handler.heping', known, 'closure', { summary: '救助金已发放' });
  expect(closed.body).toMatchObject({ state: 'closed', paidAmount: yuan('20000.00') });
});

test('by clue: found by others it is taken up ex officio, brought by the person it is an application', async () => {
  const { api } = service;
  const { story, caseInput } = createGiven(api);
  for (const [source, initiation] of [
    ['self', 'application'],
    ['wf_visit', 'ex_officio'],
  ]) {
    const clue = await story.decide('head.heping', await story.clue('heping', { source }), 'acceptance', {});
    const { body } = await api.get('head.heping', `/v1/assistance-cases/${String(clue.body.assistanceCaseId)}`);
    expect(body).toMatchObject({ initiation, clueId: clue.id, state: 'opened' });
  }
  const direct = await api.create('intake.heping', '/v1/assistance-cases', {
    ...caseInput(),
    initiation: 'application',
  });
  expect(direct.body).toMatchObject({ initiation: 'application', clueId: null, greenChannel: false });
});
