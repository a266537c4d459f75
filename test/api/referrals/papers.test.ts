// The papers of a referral belong to its package: once it ended its recipient reads its own, and no other (P-11).
import { beforeAll, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { PDF } from '../../support/fixtures/documents.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;

beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

test('the sender’s papers close to the department with the referral, its own stay', async () => {
  const { api } = service;
  const referral = await world.referral('requested');
  const sent = await world.uploaded('handler.heping', referral.path, PDF);
  const answered = await world.uploaded('civil.heping', referral.path, PDF);
  const read = async (officer: string, { id }: { id: string }) => {
    const seen = await api.get(officer, `/v1/documents/${id}`);
    const content = await api.get(officer, `/v1/documents/${id}/content`);
    return [seen.body.fileName, content.status];
  };
  expect(await read('civil.heping', sent)).toEqual([PDF.name, 200]);
  const rejection = { reasonCode: 'not_eligible', reason: '不符合条件' };
  await world.decide('civil.heping', referral, 'rejection', rejection);
  expect(await read('civil.heping', sent)).toEqual([null, 404]);
  expect(await read('civil.heping', answered)).toEqual([PDF.name, 200]);
  expect(await read('handler.heping', sent)).toEqual([PDF.name, 200]);
  expect(await read('handler.heping', answered)).toEqual([PDF.name, 200]);
});
