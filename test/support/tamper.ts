// what somebody with all rights over the database may try on the evidence, each in a transaction that is rolled back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { exportName } from '../../src/audit/export-file.ts';
import { parseCheckpoint, type SignedCheckpoint, splitNotes } from '../../src/audit/note.ts';
import { readSealed } from '../../src/audit/records-repository.ts';
import { checkLeaves, createVerification, type Fault } from '../../src/audit/verify.ts';
import { checkRecord } from '../../src/audit/verify-block.ts';
import { hashOfRecord, type WireRecord } from '../../src/audit/wire.ts';
import type { Tx } from '../../src/platform/db/tx.ts';
import { exportDirOf } from './sealed.ts';
import { withClient } from './sql.ts';
import type { Service } from './start.ts';

export type Export = { checkpoints: SignedCheckpoint[]; leaves: Buffer };

/** What left the database, as somebody else has kept it. */
export async function readExport(service: Service): Promise<Export> {
  const [log] = await service.owner.query<{ origin: string }>('select origin from audit_logs');
  const base = join(exportDirOf(service), exportName(log?.origin ?? ''));
  const notes = splitNotes(readFileSync(`${base}.checkpoints`, 'utf8'));
  const checkpoints = notes.flatMap((note) => parseCheckpoint(note) ?? []);
  return { checkpoints, leaves: readFileSync(`${base}.leaves`) };
}

export function verifyRecords(
  records: readonly WireRecord[],
  { checkpoints, leaves }: Partial<Export>,
): Fault | undefined {
  const given = checkpoints ?? [];
  const contradicted = leaves && checkLeaves(leaves, given);
  if (contradicted) return contradicted;
  const verification = createVerification({ checkpoints: given, leaves, toleranceMs: 1000 });
  for (const record of records) {
    const fault = verification.take(checkRecord(record));
    if (fault) return fault;
  }
  return verification.end();
}

/** Every sealed record, through the connection of the tamperer. */
export const recordsOf = (client: pg.Client): Promise<WireRecord[]> =>
  readSealed({ db: drizzle({ client }) } as unknown as Tx, 0, 10_000_000);

type Attack = {
  name: string;
  /** Answers the first leaf that is not what was sealed; `k` is some leaf in the middle, `records` what stands there. */
  act(client: pg.Client, k: number, records: readonly WireRecord[]): Promise<number>;
};

const at = (records: readonly WireRecord[], k: number): WireRecord => {
  const record = records[k];
  if (!record) throw new Error(`no leaf ${k}`);
  return record;
};

const forge = async (client: pg.Client, record: WireRecord): Promise<void> => {
  const hash = hashOfRecord(record);
  await client.query('update audit_records set hash = $2 where id = $1', [record.id, hash]);
};

const REMOVE = 'with gone as (delete from audit_records where id = $1) delete from audit_leaves where record_id = $1';

export const ATTACKS: readonly Attack[] = [
  {
    name: 'a record is edited',
    async act(client, k, records) {
      await client.query(`update audit_records set data = data || '{"forged": true}' where id = $1`, [
        at(records, k).id,
      ]);
      return k;
    },
  },
  {
    name: 'a record is edited and its hash made again',
    async act(client, k, records) {
      await client.query(`update audit_records set type = 'clue.forged' where id = $1`, [at(records, k).id]);
      await forge(client, { ...at(records, k), type: 'clue.forged' });
      return k;
    },
  },
  {
    name: 'the time of a record is changed',
    async act(client, k, records) {
      await client.query(`update audit_records set recorded_at = recorded_at - interval '1 day' where id = $1`, [
        at(records, k).id,
      ]);
      return k;
    },
  },
  {
    name: 'the last record is deleted, with its leaf',
    async act(client, _k, records) {
      await client.query(REMOVE, [records.at(-1)?.id]);
      return records.length - 1;
    },
  },
  {
    name: 'a record in the middle is deleted',
    async act(client, k, records) {
      await client.query('delete from audit_records where id = $1', [at(records, k).id]);
      return k;
    },
  },
  {
    name: 'a record in the middle is deleted, and what follows moves up',
    async act(client, k, records) {
      await client.query(REMOVE, [at(records, k).id]);
      await client.query('update audit_leaves set leaf_index = leaf_index - 1 where leaf_index > $1', [k]);
      return k;
    },
  },
  {
    name: 'two leaves change places',
    async act(client, k) {
      await client.query(
        'update audit_leaves set leaf_index = 2 * $1::int + 1 - leaf_index where leaf_index in ($1::int, $1::int + 1)',
        [k],
      );
      return k;
    },
  },
  {
    name: 'two records change contents',
    async act(client, k, records) {
      const swap = `update audit_records r set type = o.type, data = o.data, changed = o.changed, request_id = o.request_id || 'x'
        from audit_records o where (r.id, o.id) in (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))`;
      await client.query(swap, [at(records, k).id, at(records, k + 1).id]);
      return k;
    },
  },
  {
    name: 'a back-dated record is pushed in between',
    async act(client, k, records) {
      const { id } = at(records, k);
      await client.query('update audit_leaves set leaf_index = leaf_index + 1 where leaf_index >= $1', [k]);
      await client.query(
        `insert into audit_records select (r).* from (select jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(),
           'resource_id', gen_random_uuid(), 'sequence', 1, 'view_sequence', null, 'prev_hash', null)) as r
           from audit_records a where id = $1) s`,
        [id],
      );
      const fresh = `(select id from audit_records a where not exists (select from audit_leaves l where l.record_id = a.id) and alg <> 'none' limit 1)`;
      await client.query(`insert into audit_leaves select $1, ${fresh}, '1', sha256('')`, [k]);
      const made = (await recordsOf(client))[k];
      if (made) await forge(client, made);
      return k;
    },
  },
  {
    name: 'the tail is cut off and written anew in a chain of its own',
    async act(client, k) {
      await client.query(
        `update audit_records r set request_id = 'rewritten' from audit_leaves l where l.record_id = r.id and l.leaf_index >= $1`,
        [k],
      );
      const heads = new Map<string, string | null>();
      for (const record of (await recordsOf(client)).slice(k)) {
        const name = `${record.kind}|${record.resourceId}|${record.sequence === null}`;
        const prevHash = heads.has(name) ? (heads.get(name) ?? null) : record.prevHash;
        const hash = hashOfRecord({ ...record, prevHash }) ?? Buffer.alloc(0);
        heads.set(name, hash.toString('base64'));
        const former = prevHash === null ? null : Buffer.from(prevHash, 'base64');
        await client.query('update audit_records set prev_hash = $2, hash = $3 where id = $1', [
          record.id,
          former,
          hash,
        ]);
      }
      return k;
    },
  },
  {
    name: 'an older backup is restored',
    async act(client, k) {
      await client.query(
        `with tail as (delete from audit_leaves where leaf_index >= $1 returning record_id)
        delete from audit_records where id in (select record_id from tail)`,
        [k],
      );
      return k;
    },
  },
];

export type Drilled = {
  name: string;
  k: number;
  expected: number;
  found: Fault | undefined;
  coarse: Fault | undefined;
};

/** Runs an attack at leaf `k` as superuser; `coarse` is what the checkpoints alone tell, without the exported leaves. */
export function drill(service: Service, attack: Attack, k: number, kept: Export): Promise<Drilled> {
  return withClient(service.database.superUrl, async (client) => {
    await client.query('begin');
    try {
      // Triggers and constraints are no wall against a superuser.
      await client.query(`set local session_replication_role = 'replica'`);
      await client.query('alter table audit_leaves drop constraint audit_leaves_pkey');
      const expected = await attack.act(client, k, await recordsOf(client));
      const records = await recordsOf(client);
      const found = verifyRecords(records, kept);
      const coarse = verifyRecords(records, { checkpoints: kept.checkpoints });
      return { name: attack.name, k, expected, found, coarse };
    } finally {
      await client.query('rollback');
    }
  });
}

/** A record with old times and a right hash, as somebody with all rights would add it. */
export async function addBackdated(service: Service, id: string, time: string): Promise<void> {
  const who = { agencyId: id, officerId: null, clientId: null, requestId: 'r', purpose: null };
  const what = { type: 'clue.submitted', kind: 'clue', resourceId: id, changed: [], data: {} };
  const place = {
    sequence: 1,
    viewSequence: null,
    alg: 'sha-256',
    prevHash: null,
    hash: null,
    leafIndex: null,
  } as const;
  const hash = hashOfRecord({ id, recordedAt: time, occurredAt: time, ...who, ...what, ...place });
  await withClient(service.database.superUrl, async (client) => {
    await client.query(
      `insert into audit_records (id, recorded_at, occurred_at, type, kind, resource_id, sequence, agency_id, request_id, changed, data, alg, hash)
       values ($1, $2, $2, 'clue.submitted', 'clue', $1, 1, $1, 'r', '{}', '{}', 'sha-256', $3)`,
      [id, time, hash],
    );
  });
}
