// Statements of the rotation, over the owner's connection: the role of the service can neither change nor remove a key.
import type { Connection } from '../platform/db/client.ts';
import type { SealedColumn } from './sealed.ts';

export type Client = Connection['client'];

export type Rotation = { id: string; kind: string | null };

/** One command at a time; held until the connection ends. */
export async function takeTurn(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    `select pg_try_advisory_lock(hashtext('judicial-assistance keys')) as mine`,
  );
  return rows[0]?.mine ?? false;
}

/** Losing the last rows sealed anew loses nothing: the former key is removed by a later commit, which is waited for. */
export async function waitForDisk(client: Client, wait: boolean): Promise<void> {
  await client.query(`set synchronous_commit = ${wait ? 'on' : 'off'}`);
}

/** Batches are short; the looks over everything may last. */
export async function allowLongStatements(client: Client): Promise<void> {
  await client.query(`set statement_timeout = '10min'`);
}

/** Columns of ciphertexts that the database has; what is in no list would be lost with its key. */
export async function sealedInDatabase(client: Client): Promise<{ table: string; column: string }[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type = 'bytea' and column_name ~ '_sealed$'`,
  );
  return rows;
}

export type WrappedKey = { id: string; owner_kind: string; owner_id: string; wrapped: Buffer };

export async function wrappedByOthers(client: Client, kekId: string, after: string): Promise<WrappedKey[]> {
  const { rows } = await client.query<WrappedKey>(
    `select id, owner_kind, owner_id, wrapped from keyring.data_keys where kek_id <> $1 and id > $2 order by id limit 500`,
    [kekId, after],
  );
  return rows;
}

/** Each only as it was read: a key that was removed or wrapped meanwhile stays as it is. */
export async function rewrap(
  client: Client,
  kek: { id: string; suite: string },
  keys: readonly { id: string; from: Buffer; to: Buffer }[],
): Promise<number> {
  const { rowCount } = await client.query(
    `update keyring.data_keys k set wrapped = n.next, kek_id = $1, suite = $2
     from unnest($3::uuid[], $4::bytea[], $5::bytea[]) as n (id, former, next)
     where k.id = n.id and k.wrapped = n.former`,
    [kek.id, kek.suite, keys.map((k) => k.id), keys.map((k) => k.from), keys.map((k) => k.to)],
  );
  return rowCount ?? 0;
}

export type ServiceKeyRow = { name: string; generation: number; kek_id: string; wrapped: Buffer };

export async function serviceKeysOf(client: Client): Promise<ServiceKeyRow[]> {
  const { rows } = await client.query<ServiceKeyRow>(
    'select name, generation, kek_id, wrapped from keyring.service_keys order by 1, 2',
  );
  return rows;
}

export async function rewrapServiceKey(client: Client, kekId: string, row: ServiceKeyRow, next: Buffer): Promise<void> {
  await client.query(
    'update keyring.service_keys set wrapped = $1, kek_id = $2 where name = $3 and generation = $4 and wrapped = $5',
    [next, kekId, row.name, row.generation, row.wrapped],
  );
}

/** How many keys each master key still wraps. */
export async function countByKek(client: Client): Promise<Map<string, number>> {
  const { rows } = await client.query<{ kek_id: string; n: number }>(
    `select kek_id, count(*)::int as n from (select kek_id from keyring.data_keys union all select kek_id from keyring.service_keys) k
     group by 1`,
  );
  return new Map(rows.map((row) => [row.kek_id, row.n]));
}

/** Generations that were replaced longer ago than any reply is kept. */
export async function dropOldReplyKeys(client: Client): Promise<void> {
  await client.query('select drop_reply_keys()');
}

/** The run under way, else a new one. */
export async function beginRotation(client: Client, wanted: Rotation): Promise<Rotation & { resumed: boolean }> {
  const open = () => client.query<Rotation>('select id, kind from keyring.rotations where ended_at is null');
  const [known] = (await open()).rows;
  if (known) return { ...known, resumed: true };
  await client.query('insert into keyring.rotations (id, kind) values ($1, $2)', [wanted.id, wanted.kind]);
  return { ...wanted, resumed: false };
}

export async function endRotation(client: Client, id: string): Promise<void> {
  await client.query('update keyring.rotations set ended_at = now() where id = $1', [id]);
}

/** Present keys from before the run, by id. */
export async function keysToRetire(client: Client, run: string, after: string): Promise<WrappedKey[]> {
  const { rows } = await client.query<WrappedKey>(
    `select k.id, k.owner_kind, k.owner_id, k.wrapped from keyring.data_keys k join keyring.rotations r on r.id = $1
     where k.retired_at is null and k.created_at < r.started_at and (r.kind is null or k.owner_kind = r.kind) and k.id > $2
     order by k.id limit 200`,
    [run, after],
  );
  return rows;
}

export type Replacement = { former: string; id: string; wrapped: Buffer };

/** In one statement: an owner that was erased meanwhile gets no new key. */
export async function replaceKeys(
  client: Client,
  { kekId, suite }: { kekId: string; suite: string },
  keys: readonly Replacement[],
): Promise<number> {
  const { rowCount } = await client.query(
    `with n as (select * from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as n (former, id, wrapped)),
       former as (update keyring.data_keys k set retired_at = now() from n where k.id = n.former and k.retired_at is null
         returning k.id, k.owner_kind, k.owner_id)
     insert into keyring.data_keys (id, owner_kind, owner_id, suite, kek_id, wrapped)
     select n.id, f.owner_kind, f.owner_id, $4, $5, n.wrapped from former f join n on n.former = f.id`,
    [keys.map((k) => k.former), keys.map((k) => k.id), keys.map((k) => k.wrapped), suite, kekId],
  );
  return rowCount ?? 0;
}

/** Every transaction holds a lock on its own virtual id until it ends: also one that only reads. */
const RUNNING = `select virtualxid as id from pg_locks where locktype = 'virtualxid' and mode = 'ExclusiveLock' and pid <> pg_backend_pid()`;

export async function runningTransactions(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(RUNNING);
  return new Set(rows.map((row) => row.id));
}

export type KeyColumn = { name: string; type: string };

export async function primaryKeyOf(client: Client, table: string): Promise<KeyColumn[]> {
  const { rows } = await client.query<KeyColumn>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $1::regclass and i.indisprimary order by array_position(i.indkey::int2[], a.attnum)`,
    [table],
  );
  return rows;
}

const HEADER_KEY = `encode(substring(t.sealed from 3 for 16), 'hex')::uuid`;

export type Page = {
  /** Values of the primary key, as text. */
  key: string[];
  row_id: string;
  sealed: Buffer | null;
  key_id: string;
  wrapped: Buffer | null;
  next_id: string | null;
  next_wrapped: Buffer | null;
};

/** Rows that hold a ciphertext, in the order of their primary key; `stale`: the text only where its key is a retired one. */
export async function pageOf(
  client: Client,
  { table, column, row }: SealedColumn,
  pk: readonly KeyColumn[],
  after: readonly string[] | undefined,
  stale: boolean,
): Promise<Page[]> {
  const names = pk.map((k) => `"${k.name}"`).join(', ');
  const bounds = pk.map((k, i) => `$${i + 1}::${k.type}`).join(', ');
  const { rows } = await client.query<Page>(
    `select t.key, t.row_id, ${HEADER_KEY} as key_id, case when o.id is not null then t.sealed end as sealed,
       o.wrapped, n.id as next_id, n.wrapped as next_wrapped
     from (select array[${pk.map((k) => `"${k.name}"::text`).join(', ')}] as key, row_number() over (order by ${names}) as place,
         ${row} as row_id, "${column}" as sealed
       from "${table}" where "${column}" is not null ${after ? `and (${names}) > (${bounds})` : ''}
       order by ${names} limit 500) t
     left join keyring.data_keys o on o.id = ${HEADER_KEY} ${stale ? 'and o.retired_at is not null' : ''}
     left join keyring.data_keys n on n.owner_kind = o.owner_kind and n.owner_id = o.owner_id and n.retired_at is null
     order by t.place`,
    [...(after ?? [])],
  );
  return rows;
}

/** Only where the ciphertext is still the one that was read; a statement and a row lock of its own. */
export function putSealed(
  client: Client,
  { table, column }: SealedColumn,
  pk: readonly KeyColumn[],
  page: Page,
  next: Buffer,
): Promise<number> {
  const same = pk.map((k, i) => `"${k.name}" = $${i + 3}::${k.type}`).join(' and ');
  return client
    .query(`update "${table}" set "${column}" = $1 where ${same} and "${column}" = $2`, [
      next,
      page.sealed,
      ...page.key,
    ])
    .then(({ rowCount }) => rowCount ?? 0);
}

/** Who was erased, by every number they had, and the records that were about nobody else: their keys were destroyed on purpose. */
export async function erasedIds(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select distinct x.id::text as id from person_erasures e
     cross join lateral (select * from person_aliases(e.person_id) union all select s.id from erasure_sole(e.person_id) s) as x (id)
     where e.state = 'erased'`,
  );
  return rows.map((row) => row.id);
}

/** Of these rows those that name one of the ids, each by its primary key. */
export async function rowsNaming(
  client: Client,
  { table }: SealedColumn,
  pk: readonly KeyColumn[],
  keys: readonly (readonly string[])[],
  ids: readonly string[],
): Promise<string[][]> {
  const names = pk.map((k) => `"${k.name}"`);
  const wanted = pk.map((k, i) => `$${i + 2}::${k.type}[]`).join(', ');
  const { rows } = await client.query<{ key: string[] }>(
    `select array[${names.map((name) => `${name}::text`).join(', ')}] as key from "${table}" t
     where (${names.join(', ')}) in (select * from unnest(${wanted}))
       and exists (select from jsonb_each_text(to_jsonb(t)) v where v.value = any($1::text[]))`,
    [ids, ...pk.map((_, i) => keys.map((key) => key[i]))],
  );
  return rows.map((row) => row.key);
}

/** Keys under which an audit record holds a text: evidence is never written anew, so they stay. */
const IN_EVIDENCE = `select distinct encode(substring(decode(left(m.value, 24), 'base64') from 3 for 16), 'hex')::uuid
  from audit_records a, jsonb_each_text(a.data) m where a.data::text like '%Sealed"%' and m.key like '%Sealed'`;

export async function removeRetired(client: Client): Promise<{ removed: number; kept: number }> {
  const { rowCount } = await client.query(
    `delete from keyring.data_keys where retired_at is not null and id not in (${IN_EVIDENCE})`,
  );
  const { rows } = await client.query<{ n: number }>(
    'select count(*)::int as n from keyring.data_keys where retired_at is not null',
  );
  return { removed: rowCount ?? 0, kept: rows[0]?.n ?? 0 };
}

export type ReplyRow = { scope: string; key: string; reply: Buffer };

export async function repliesOf(client: Client): Promise<ReplyRow[]> {
  const { rows } = await client.query<ReplyRow>(
    'select scope, key, reply from idempotency_keys where reply is not null order by created_at desc limit 10000',
  );
  return rows;
}

export type UsedKey = { key: string; used: number };

/** Keys that have sealed that often, the most used first. */
export const USED_KEYS =
  'select key, used::float8 as used from keyring.key_uses where used >= $1 order by used desc limit 100';
