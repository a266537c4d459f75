-- The frame: stamp, business clock, access, idempotency keys, counters, heads, key ring; the plain role the service runs as.
do $$ begin
  if not exists (select from pg_roles where rolname = 'ja_app') then create role ja_app nologin; end if;
end $$;
revoke all on schema public from public;
grant usage on schema public to ja_app;

-- live or sandbox for ever: one row, never changed
create table database_stamp (
  only_row boolean primary key default true check (only_row),
  stamp text not null check (stamp in ('live', 'sandbox')),
  stamped_at timestamptz not null default now()
);
grant select on database_stamp to ja_app;

-- business time = system time + shift; on a live stamp nothing may be written here
create table business_clock (
  only_row boolean primary key default true check (only_row),
  shift_ms bigint not null
);
grant select, insert, update, delete on business_clock to ja_app;
create function refuse_on_live() returns trigger language plpgsql as $$
begin
  if exists (select from database_stamp where stamp = 'live') then
    raise exception 'not on a live database' using errcode = '42501';
  end if;
  return null;
end $$;
create trigger business_clock_sandbox_only before insert or update or delete on business_clock
  for each statement execute function refuse_on_live();

create table access (
  kind text not null,
  agency_id uuid not null,
  resource_id uuid not null,
  relation text not null,
  until timestamptz,
  primary key (kind, agency_id, resource_id)
);
create index access_resource on access (kind, resource_id);
grant select, insert, update, delete on access to ja_app;

-- Row security asks only this: one probe of the access key. An unset context is '' or null and sees nothing.
create function app_agency() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.agency', true), '')::uuid;
create function app_sees(wanted_kind text, wanted_id uuid) returns boolean language sql stable parallel safe
  return exists (
    select 1 from access a
    where a.kind = wanted_kind and a.agency_id = (select nullif(current_setting('app.agency', true), '')::uuid)
      and a.resource_id = wanted_id and (a.until is null or a.until > now())
      and (a.relation <> 'oversight' or (select current_setting('app.oversight', true)) = 'on'));
grant execute on function app_agency(), app_sees(text, uuid) to ja_app;

create table idempotency_keys (
  scope text not null,
  key text not null,
  fingerprint bytea not null,
  status smallint,
  reply bytea,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
grant select, insert, update, delete on idempotency_keys to ja_app;

-- running numbers of documents, per series (agency, kind, year); allotted in the deciding transaction
create table counters (
  series text primary key,
  value integer not null check (value > 0)
);
grant select, insert, update, delete on counters to ja_app;

-- the last sequence number of each aggregate: locked last, in id order
create table aggregate_heads (
  kind text not null,
  resource_id uuid not null,
  sequence integer not null check (sequence > 0),
  primary key (kind, resource_id)
);
grant select, insert, update on aggregate_heads to ja_app;

create schema keyring;
grant usage on schema keyring to ja_app;
create table keyring.data_keys (
  id uuid primary key,
  owner_kind text not null,
  owner_id uuid not null,
  suite text not null,
  kek_id text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);
create unique index data_keys_owner on keyring.data_keys (owner_kind, owner_id);
create table keyring.service_keys (
  name text primary key,
  kek_id text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);
grant select, insert on keyring.data_keys, keyring.service_keys to ja_app;

-- Adds forced row security to a business table: the app role sees what its agency sees, the owner (migrations) all.
create procedure guard_table(table_name regclass, wanted_kind text, id_column text) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', table_name);
  execute format('alter table %s force row level security', table_name);
  execute format('create policy owner_all on %s to %I using (true) with check (true)', table_name, current_user);
  execute format('create policy app_read on %s for select to ja_app using (app_sees(%L, %I))', table_name, wanted_kind, id_column);
  execute format('create policy app_change on %s for update to ja_app using (app_sees(%L, %I))', table_name, wanted_kind, id_column);
  execute format('create policy app_add on %s for insert to ja_app with check (app_agency() is not null)', table_name);
  execute format('grant select, insert, update on %s to ja_app', table_name);
end $$;
