// Fills the benchmark's database: clones of submitted clues, each with ids, keys and ciphertexts of its own, and the peer's rows.
import { type CipherKey, randomBytes } from 'node:crypto';
import type { Keyring } from '../src/platform/crypto/keyring.ts';
import { decrypt, encrypt, keyIdOf } from '../src/platform/crypto/suite.ts';
import type { Pool } from '../src/platform/db/client.ts';

type Row = Record<string, unknown>;
type Model = { table: string; rows: Row[] }[];

/** Where rows of a clue stand, in an order that its foreign keys allow; `$1` are the ids of the clue and its persons. */
const TABLES: readonly [table: string, column: string][] = [
  ['persons', 'id'],
  ['clues', 'id'],
  ['clue_subjects', 'clue_id'],
  ['clue_routings', 'clue_id'],
  ['access', 'resource_id'],
  ['aggregate_heads', 'resource_id'],
  ['view_heads', 'resource_id'],
  ['audit_records', 'resource_id'],
  ['events', 'resource_id'],
  ['keyring.data_keys', 'owner_id'],
  ['deadlines', 'subject_id'],
  ['work_items', 'resource_id'],
];

async function readModel(owner: Pool, clueId: string): Promise<Model> {
  const subjects = await owner.query<{ id: string }>('select person_id as id from clue_subjects where clue_id = $1', [
    clueId,
  ]);
  const ids = [clueId, ...subjects.map((s) => s.id)];
  const model: Model = [];
  for (const [table, column] of TABLES) {
    const [known] = await owner.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table]);
    if (!known?.there) continue;
    const found = await owner.query<{ row: Row }>(
      `select to_jsonb(t) - 'position_identity' as row from ${table} t where ${column} = any($1::uuid[])`,
      [ids],
    );
    model.push({ table, rows: found.map((f) => f.row) });
  }
  return model;
}

const bytesOf = (value: unknown) => Buffer.from(String(value).slice(2), 'hex');
const hexOf = (bytes: Buffer) => `\\x${bytes.toString('hex')}`;

/** The model's data keys in clear, by id. */
function openKeys(model: Model, keyring: Keyring): Map<string, CipherKey> {
  const rows = model.find((m) => m.table === 'keyring.data_keys')?.rows ?? [];
  return new Map(rows.map((row) => [String(row.id), keyring.unwrap(bytesOf(row.wrapped))]));
}

function cloneOne(model: Model, keyring: Keyring, old: Map<string, CipherKey>, newId: () => string, n: number): Model {
  const ids = new Map<string, string>();
  for (const { rows } of model) for (const row of rows) if (row.id) ids.set(String(row.id), newId());
  const fresh = new Map([...old.keys()].map((id) => [id, randomBytes(32)]));
  const place = (table: string, column: string, id: unknown) => `${table}|${column.replace(/_sealed$/, '')}|${id}`;
  return model.map(({ table, rows }) => ({
    table,
    rows: rows.map((row) => {
      const text = JSON.stringify(row).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => ids.get(id) ?? id);
      const clone = JSON.parse(text) as Row;
      if (table === 'clues') Object.assign(clone, { number: `${row.number}-${n}`, external_id: null });
      if (table === 'persons' && row.id_number_index) clone.id_number_index = hexOf(randomBytes(32));
      if (table === 'keyring.data_keys')
        clone.wrapped = hexOf(keyring.wrap(String(clone.id), fresh.get(String(row.id)) ?? randomBytes(32)));
      for (const [column, value] of Object.entries(row)) {
        if (!column.endsWith('_sealed') || value === null) continue;
        const sealed = bytesOf(value);
        const keyId = keyIdOf(sealed);
        const plain = decrypt(old.get(keyId) ?? Buffer.alloc(32), place(table, column, row.id), sealed);
        const key = fresh.get(keyId) ?? Buffer.alloc(32);
        clone[column] = hexOf(encrypt(ids.get(keyId) ?? keyId, key, place(table, column, clone.id), plain));
      }
      return clone;
    }),
  }));
}

/** Columns that may be given: identity columns give themselves. */
async function columnsOf(owner: Pool, table: string): Promise<string> {
  const [schema, name] = table.includes('.') ? table.split('.') : ['public', table];
  const rows = await owner.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_schema = $1 and table_name = $2
      and is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position`,
    [schema, name],
  );
  return rows.map((row) => row.name).join(', ');
}

const BATCH = 1000;

/** Writes `count` clones of the clue; answers their ids. */
export async function cloneClue(
  owner: Pool,
  keyring: Keyring,
  newId: () => string,
  clueId: string,
  count: number,
): Promise<string[]> {
  const model = await readModel(owner, clueId);
  const keys = openKeys(model, keyring);
  const columns = new Map<string, string>();
  for (const { table } of model) columns.set(table, await columnsOf(owner, table));
  const made: string[] = [];
  for (let done = 0; done < count; done += BATCH) {
    const clones = Array.from({ length: Math.min(BATCH, count - done) }, (_, i) =>
      cloneOne(model, keyring, keys, newId, done + i),
    );
    for (const [index, { table }] of model.entries()) {
      const rows = clones.flatMap((clone) => clone[index]?.rows ?? []);
      if (table === 'clues') made.push(...rows.map((row) => String(row.id)));
      if (rows.length === 0) continue;
      const names = columns.get(table) ?? '*';
      const from = `jsonb_populate_recordset(null::${table}, $1::jsonb)`;
      await owner.query(`insert into ${table} (${names}) select ${names} from ${from}`, [JSON.stringify(rows)]);
    }
  }
  return made;
}

/** As many rows for the peer, of the same size. */
export async function fillPeer(
  peer: Pool,
  schema: string,
  sample: { facts: string; hardship: string | null; subjects: object[] },
  agencies: readonly { id: string; rows: number }[],
): Promise<string[]> {
  await peer.query(schema);
  for (const { id, rows } of agencies) {
    await peer.query(
      `insert into peer_clues select uuidv7(), 'CL-' || nextval('peer_number'), 'submitted', 1, 'wf_visit', '210102', 'normal',
        true, $1, $1, null, $2, now(), now(), $3, $4, $5 from generate_series(1, $6)`,
      [id, sample.subjects.length, sample.facts, sample.hardship, JSON.stringify(sample.subjects), rows],
    );
  }
  await peer.query('vacuum analyze');
  await peer.query('select setseed(0.5)');
  return (await peer.query<{ id: string }>('select id from peer_clues order by random() limit 5000')).map((r) => r.id);
}
