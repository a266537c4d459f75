// Who reads what of a case: narrative and opinions for those who work on it or decide, never for who only pays or oversees (contract §1).
import { expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { createGiven } from './given.ts';

const service = useService();

test('finance sees whom and how much, not the story; nor does a supervisor', async () => {
  const { api } = service;
  const { granted, caseInput } = createGiven(api);
  const { path } = await granted();
  const { facts, hardship } = caseInput();
  for (const officer of ['intake.heping', 'handler.heping', 'head.heping', 'chief.heping'])
    expect((await api.get(officer, path)).body).toMatchObject({ facts, hardship, decision: { opinion: '同意救助' } });
  for (const officer of ['finance.heping', 'supervisor.liaoning']) {
    const { body } = await api.get(officer, path);
    expect(body).toMatchObject({
      facts: null,
      hardship: null,
      proposal: { eligibilityCode: 'E1', opinion: null },
      decision: { outcome: 'granted', opinion: null },
      approvals: [{ outcome: 'granted', opinion: null }],
      grantedAmount: { amount: '20000.00' },
    });
  }
});
