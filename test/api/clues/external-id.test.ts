// A second clue under an external id of the same agency is refused by the constraint alone, with its own words, whatever is sent with it.
import { expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { createStory } from '../../support/story.ts';

const service = useService();

test('an external id is taken once: 409, not an error of the transaction', async () => {
  const story = createStory(service.api);
  const clue = (externalId: string) =>
    service.api.create('wf.heping', '/v1/clues', { ...story.clueInput(), externalId });
  expect((await clue('wf-1')).status).toBe(201);
  for (let i = 0; i < 5; i++) {
    const again = await clue('wf-1');
    expect([again.status, again.body.code]).toEqual([409, 'clue.external_id_taken']);
  }
  expect((await clue('wf-2')).status).toBe(201);
});
