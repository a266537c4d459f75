-- Evidence (A-02..A-07, P-08): the chain per aggregate, the tree over all records, its signed checkpoints, and what was read.

-- A second write of the same row in one transaction stays on its page.
alter table aggregate_heads set (fillfactor = 70);
alter table aggregate_heads add column hash bytea check (octet_length(hash) = 32);

-- Views of a resource are a chain of their own, so that events stay numbered without a gap.
create table view_heads (
  kind text not null,
  resource_id uuid not null,
  sequence integer not null check (sequence > 0),
  former bytea check (octet_length(former) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (kind, resource_id)
) with (fillfactor = 70);
grant select, insert, update on view_heads to ja_app;

-- What was written before has no hash (alg 'none') and stays outside the tree; nothing without one can be added.
alter table audit_records add column view_sequence integer check (view_sequence > 0);
alter table audit_records add column alg text not null default 'none' check (alg in ('none', 'sha-256', 'sm3'));
alter table audit_records alter column alg drop default;
alter table audit_records add column xid xid8 not null default pg_current_xact_id();
alter table audit_records add constraint audit_records_chained
  check (alg = 'none' or (hash is not null and octet_length(hash) = 32 and (sequence is null) <> (view_sequence is null)));
create unique index audit_records_views on audit_records (kind, resource_id, view_sequence) where view_sequence is not null;
create index audit_records_sealing on audit_records (xid, id);
create index audit_records_agency on audit_records (agency_id, id desc);
drop policy app_add on audit_records;
create policy app_add on audit_records for insert to ja_app with check (app_agency() is not null and alg <> 'none');
-- The sealer and the worker, under the system scope, see every record; whoever audits sees what was done in its territory.
create policy system_read on audit_records for select to ja_app
  using ((select nullif(current_setting('app.agency', true), '')::uuid) = '00000000-0000-0000-0000-000000000000');
create function app_territory() returns uuid[] language sql stable
  return (select array_agg(a.id) from agencies mine join agencies a
    on a.region_code like regexp_replace(mine.region_code, '(00)+$', '') || '%'
    where mine.id = nullif(current_setting('app.agency', true), '')::uuid);
grant execute on function app_territory() to ja_app;
create policy audit_read on audit_records for select to ja_app
  using ((select current_setting('app.audit', true)) = 'on' and agency_id = any ((select app_territory())::uuid[]));

-- One row for each masked read or list: who, when, by which route, and the ids that were shown. Not chained, kept for a while.
create table read_records (
  recorded_at timestamptz not null default clock_timestamp(),
  agency_id uuid not null,
  officer_id uuid,
  client_id uuid,
  request_id text not null,
  route text not null,
  kind text,
  ids uuid[] not null
);
create index read_records_time on read_records using brin (recorded_at);
alter table read_records enable row level security;
alter table read_records force row level security;
do $$ begin
  execute format('create policy owner_all on read_records to %I using (true) with check (true)', current_user);
end $$;
create policy app_add on read_records for insert to ja_app with check (app_agency() is not null);
create policy audit_read on read_records for select to ja_app
  using ((select current_setting('app.audit', true)) = 'on' and agency_id = any ((select app_territory())::uuid[]));
grant select, insert on read_records to ja_app;
create trigger read_records_append_only before update or truncate on read_records
  for each statement execute function refuse_change();
-- The service may drop what is older than the retention, and nothing under six months (Cybersecurity Law art. 21).
create function purge_read_records(days integer) returns bigint language sql security definer set search_path = public
  begin atomic
    with gone as (
      delete from read_records where recorded_at < clock_timestamp() - make_interval(days => greatest(days, 184)) returning 1)
    select count(*) from gone;
  end;
revoke all on function purge_read_records(integer) from public;
grant execute on function purge_read_records(integer) to ja_app;

-- The tree (RFC 6962): one log per epoch, leaves in sealing order, complete subtrees, and a signed checkpoint for each size.
create table audit_logs (
  epoch integer primary key check (epoch > 0),
  origin text not null unique,
  started_at timestamptz not null default clock_timestamp()
);
create table audit_keys (
  key_id text primary key,
  public_key text not null,
  private_sealed bytea not null,
  created_at timestamptz not null default clock_timestamp()
);
create table audit_leaves (
  leaf_index bigint primary key check (leaf_index >= 0),
  record_id uuid not null unique,
  xid xid8 not null,
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32)
);
create table audit_nodes (
  level smallint not null check (level > 0),
  node_index bigint not null check (node_index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, node_index)
);
-- one checkpoint for each size, whoever seals (R-9)
create table audit_checkpoints (
  tree_size bigint primary key check (tree_size > 0),
  root_hash bytea not null check (octet_length(root_hash) = 32),
  note text not null,
  sealed_at timestamptz not null
);
-- when the sealer last had everything sealed and exported: writes are refused when that is too long ago (A-07)
create table audit_sealing (
  only_row boolean primary key default true check (only_row),
  sealed_at timestamptz not null default clock_timestamp()
);
insert into audit_sealing default values;
grant select, insert on audit_logs, audit_keys, audit_leaves, audit_nodes, audit_checkpoints to ja_app;
grant select, insert, update on audit_sealing to ja_app;

do $$
declare t text;
begin
  foreach t in array array['audit_logs', 'audit_keys', 'audit_leaves', 'audit_nodes', 'audit_checkpoints'] loop
    execute format('create trigger %I before update or delete or truncate on %I for each statement
      execute function refuse_change()', t || '_append_only', t);
  end loop;
end $$;
