// A-03, P-08: every record carries the hash of the one before it, facts and views each in a chain of their own per resource.
import { describe, expect, test } from '@jest/globals';
import { type ChainAlg, contentDigest, linkHash, type Stream } from '../../../src/audit/chain.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld } from '../../support/world.ts';

const service = useService();

type Row = Record<string, unknown> & {
  id: string;
  kind: string;
  resource_id: string;
  alg: ChainAlg;
  sequence: number | null;
  view_sequence: number | null;
  prev_hash: Buffer | null;
  hash: Buffer;
  recorded_at: Date;
  occurred_at: Date;
};

function hashOf(row: Row): Buffer {
  const stream: Stream = row.sequence === null ? 'view' : 'fact';
  const content = contentDigest(row.alg, {
    id: row.id,
    recordedAt: row.recorded_at.toISOString(),
    occurredAt: row.occurred_at.toISOString(),
    type: String(row.type),
    kind: row.kind,
    resourceId: row.resource_id,
    agencyId: String(row.agency_id),
    officerId: row.officer_id as string | null,
    clientId: row.client_id as string | null,
    requestId: String(row.request_id),
    purpose: row.purpose as string | null,
    changed: row.changed as string[],
    data: row.data,
  });
  return linkHash(row.alg, stream, row.sequence ?? row.view_sequence ?? 0, row.prev_hash, content);
}

/** Every record in the order of its chain. */
const records = () =>
  service.owner.query<Row>(
    'select * from audit_records order by kind, resource_id, sequence is null, sequence, view_sequence',
  );

describe('the chain of a resource', () => {
  test('follows from the content of each record and from the one before it', async () => {
    const world = createWorld(service.api, () => addClient(service));
    const clue = await world.clue('heping');
    for (let n = 0; n < 3; n++) expect((await service.api.get('intake.heping', clue.path)).status).toBe(200);
    const rows = await records();
    const views = rows.filter((row) => row.view_sequence !== null);
    expect(views.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...views.map((row) => row.view_sequence ?? 0))).toBeGreaterThanOrEqual(3);
    let former: Row | undefined;
    for (const row of rows) {
      const follows =
        former?.resource_id === row.resource_id &&
        former.kind === row.kind &&
        (former.sequence === null) === (row.sequence === null);
      expect((row.sequence ?? row.view_sequence) as number).toBe(
        follows ? ((former?.sequence ?? former?.view_sequence) as number) + 1 : 1,
      );
      expect(row.prev_hash).toEqual(follows ? former?.hash : null);
      expect(row.hash.toString('hex')).toBe(hashOf(row).toString('hex'));
      former = row;
    }
  });

  test('ends in the hash that is kept at its head', async () => {
    const [row] = await service.owner.query(
      `select count(*)::int as n, count(*) filter (where h.hash = r.hash)::int as same
       from aggregate_heads h join audit_records r using (kind, resource_id, sequence)`,
    );
    expect(row?.n).toBeGreaterThan(5);
    expect(row?.same).toBe(row?.n);
  });

  test('is one line even when many look at the same moment', async () => {
    const world = createWorld(service.api, () => addClient(service));
    const clue = await world.clue('heping');
    // Two waves: who waits longer than the lock's two seconds gets a 503, and a loaded machine needs no more than that.
    for (let wave = 0; wave < 2; wave++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => service.api.get('intake.heping', clue.path)));
      expect(answers.map((a) => a.status)).toEqual(Array(10).fill(200));
    }
    const rows = (await records()).filter((row) => row.purpose === 'clue.receiver');
    for (const row of rows) expect(row.hash.toString('hex')).toBe(hashOf(row).toString('hex'));
    const last = new Set(rows.map((row) => `${row.resource_id}|${row.prev_hash?.toString('hex')}`));
    expect(last.size).toBe(rows.length);
  });
});
