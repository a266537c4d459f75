// Legal holds behind row security: what is not seen cannot be held, nor in another agency's name, whatever the code lets through (S-19, ADR 0023).
import { beforeAll, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { asAgency, attempt, withClient } from '../../support/sql.ts';
import { createWorld } from '../../support/world.ts';

const service = useService();
let own = '';
let foreign = '';
let heping = '';
let tiexi = '';
let officer = '';

beforeAll(async () => {
  const world = createWorld(service.api, () => addClient(service));
  [own, foreign] = [(await world.opened()).id, (await world.opened('tiexi')).id];
  [heping, tiexi] = [await world.agencyOf('chief.heping'), await world.agencyOf('chief.tiexi')];
  officer = await world.officerId('chief.heping');
}, 60_000);

const PLACE = `insert into legal_holds (id, number, state, subject_kind, subject_id, reason_code, reason_sealed, agency_id, placed_by,
  placed_by_person_key, release_proposed_by, release_proposed_by_person_key, created_at, updated_at)
  values (gen_random_uuid(), gen_random_uuid()::text, $1, $2, $3, 'litigation', '', $4, $5, 'p', $6, $7, now(), now())`;

test('the database takes a hold of the own agency on what it sees, and no other', async () => {
  const tries = await withClient(service.database.appUrl, async (client) => {
    const place = (kind: string, id: string, agency: string, state = 'active') => {
      const proposed = state === 'active' ? [null, null] : [officer, 'p'];
      return attempt(client, PLACE, [state, kind, id, agency, officer, ...proposed]);
    };
    await asAgency(client, heping);
    return {
      seen: await place('case', own, heping),
      unseen: await place('case', foreign, heping),
      absent: await place('case', '0198c2a4-7f00-7000-8000-000000000001', heping),
      ofAnotherKind: await place('clue', own, heping),
      inAnotherName: await place('case', own, tiexi),
      halfReleased: await place('case', own, heping, 'release_proposed'),
      withoutAgency: await asAgency(client, '').then(() => place('case', own, heping)),
    };
  });
  const refused = '42501';
  expect(tries).toEqual({
    ...{ seen: 'done 1', unseen: refused, absent: refused, ofAnotherKind: refused, inAnotherName: refused },
    ...{ halfReleased: refused, withoutAgency: refused },
  });
});
