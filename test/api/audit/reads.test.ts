// P-08, second half: a masked read or a list leaves exactly one access record with the ids it showed, a failure none; and no
// record, no answer.
import { describe, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { absentId } from '../../support/sweep.ts';
import { createWorld } from '../../support/world.ts';

const service = useService();

type Row = { route: string; kind: string | null; ids: string[]; request_id: string; officer_id: string | null };
const rows = () => service.owner.query<Row>('select * from read_records order by recorded_at');

/** What `act` leaves. */
async function left(act: () => Promise<unknown>): Promise<Row[]> {
  const before = (await rows()).length;
  await act();
  return (await rows()).slice(before);
}

describe('access records', () => {
  test('one for a read and one for a list, with the ids that were shown', async () => {
    const world = createWorld(service.api, () => addClient(service));
    const clue = await world.clue('heping');
    const one = await left(() => service.api.get('supervisor.liaoning', clue.path));
    expect(one).toMatchObject([{ route: '/v1/clues/:id', ids: [clue.id] }]);
    expect(one[0]?.officer_id).toEqual(expect.any(String));
    const list = await service.api.get('intake.heping', '/v1/clues');
    const shown = (list.body.items as { id: string }[]).map((item) => item.id);
    const [listed] = await left(() => service.api.get('intake.heping', '/v1/clues'));
    expect(listed).toMatchObject({ route: '/v1/clues', kind: null });
    expect(new Set(listed?.ids)).toEqual(new Set(shown));
    const again = await left(() => service.api.get('intake.heping', clue.path));
    expect(again).toHaveLength(1);
    // Headers alone, and "not changed", tell that the record is there and how it stands.
    const token = await service.api.token('intake.heping');
    const { etag } = await service.api.get('intake.heping', clue.path);
    for (const [method, headers, status] of [
      ['HEAD', {}, 200],
      ['GET', { 'if-none-match': String(etag) }, 304],
    ] as const) {
      const url = `${service.url}${clue.path}`;
      const ask = () => fetch(url, { method, headers: { authorization: `Bearer ${token}`, ...headers } });
      expect([method, (await left(async () => expect((await ask()).status).toBe(status))).length]).toEqual([method, 1]);
    }
  });

  test('none for what was refused, or shows nothing of a person', async () => {
    for (const [officer, path] of [
      ['intake.heping', `/v1/clues/${absentId(1)}`],
      ['intake.tiexi', '/v1/clues/not-an-id'],
      ['auditor.liaoning', '/v1/clues'],
      ['intake.heping', '/v1/agencies'],
      ['intake.heping', '/v1/code-sets'],
      ['intake.heping', '/v1/me'],
    ] as const)
      expect([path, await left(() => service.api.get(officer, path))]).toEqual([path, []]);
  });

  test('as many as reads that succeeded, when many come at once', async () => {
    const paths = [
      '/v1/clues',
      '/v1/assistance-cases',
      '/v1/referrals',
      `/v1/clues/${absentId(2)}`,
      '/v1/visits?limit=1',
    ];
    const made = await left(async () => {
      // Waves of 15: on a machine with much else to do a wave of 150 meets the shedding of load, which has tests of its own.
      const statuses: number[] = [];
      for (let wave = 0; wave < 10; wave++) {
        const answers = await Promise.all(
          Array.from({ length: 15 }, (_, n) => service.api.get('head.heping', paths[n % paths.length] ?? '')),
        );
        statuses.push(...answers.map(({ status }) => status));
      }
      expect(statuses.filter((status) => status === 200)).toHaveLength(120);
    });
    expect(made).toHaveLength(120);
    expect(new Set(made.map((row) => row.request_id)).size).toBe(120);
  });

  test('are a condition of the answer', async () => {
    await service.owner.query('alter table read_records rename to read_records_away');
    const refused = await service.api.get('head.heping', '/v1/clues');
    await service.owner.query('alter table read_records_away rename to read_records');
    expect(refused.status).toBe(500);
    expect(refused.text).not.toContain('items');
    expect((await service.api.get('head.heping', '/v1/clues')).status).toBe(200);
  });

  test('survive the loss of their connection', async () => {
    await service.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = 'ja_app' and query ilike '%read_records%'`,
    );
    expect((await service.api.get('head.heping', '/v1/clues')).status).toBe(200);
  });

  test('can be dropped after their retention, and not before half a year', async () => {
    await service.owner.query(
      `insert into read_records values (now() - interval '200 days', $1, null, null, 'r', '/old', null, '{}')`,
      [absentId(3)],
    );
    const before = (await rows()).length;
    const [gone] = await service.pool.query<{ n: string }>('select purge_read_records(1) as n');
    expect(Number(gone?.n)).toBe(1);
    expect(await rows()).toHaveLength(before - 1);
    await expect(service.pool.query('delete from read_records')).rejects.toMatchObject({ code: '42501' });
  });
});
