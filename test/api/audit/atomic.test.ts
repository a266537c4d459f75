// business change, audit record and event are one: whichever statement of a submission fails, nothing of it is left.
import { expect, test } from '@jest/globals';
import { failEachStatement } from '../../support/atomic.ts';
import { makeFaulty } from '../../support/faults.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();

test('a submission is whole or not there, whichever statement fails', async () => {
  const faulty = makeFaulty();
  await service.api.get('wf.heping', '/v1/clues');
  const act = () => service.api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key: 'atomic' });
  const { statements, halves } = await failEachStatement(service, faulty, act);
  faulty.mend();
  expect(halves).toEqual([]);
  expect(statements).toBeGreaterThanOrEqual(12);
});
