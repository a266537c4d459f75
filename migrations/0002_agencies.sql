-- Who may call: agencies, officers, clients, signing keys; and the two sinks of every fact.
create table agencies (
  id uuid primary key,
  code text not null unique,
  name text not null,
  name_en text not null,
  kind text not null,
  level text not null check (level in ('province', 'city', 'county', 'township')),
  region_code text not null check (region_code ~ '^[0-9]{6}$'),
  parent_id uuid references agencies (id),
  successor_id uuid references agencies (id),
  org_short text,
  decision_number_template text,
  valid_from date,
  valid_to date,
  state text not null default 'active' check (state in ('active', 'suspended')),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index agencies_place on agencies (kind, region_code, level);
create index agencies_parent on agencies (parent_id);
create index agencies_successor on agencies (successor_id);
-- the public directory is listed newest first by id, narrowed by any of its filters
create index agencies_kind on agencies (kind, id desc);
create index agencies_region on agencies (region_code, id desc);
create index agencies_level on agencies (level, id desc);
grant select, insert, update on agencies to ja_app;

create table officers (
  id uuid primary key,
  agency_id uuid not null references agencies (id),
  code text not null unique,
  name text not null,
  person_key text not null,
  roles text[] not null,
  state text not null default 'active' check (state in ('active', 'suspended')),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index officers_agency on officers (agency_id, id desc);
grant select, insert, update on officers to ja_app;

create table clients (
  id uuid primary key,
  agency_id uuid not null references agencies (id),
  name text not null,
  roles text[] not null,
  secret_hash bytea not null,
  secret_expires_at timestamptz not null,
  state text not null default 'active' check (state in ('active', 'suspended')),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index clients_agency on clients (agency_id, id desc);
grant select, insert, update on clients to ja_app;

create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  private_sealed bytea not null,
  created_at timestamptz not null default now()
);
grant select, insert on signing_keys to ja_app;

-- the evidence: the app role can add and read, nobody can change (A-02)
create table audit_records (
  id uuid primary key,
  recorded_at timestamptz not null default clock_timestamp(),
  occurred_at timestamptz not null,
  type text not null,
  kind text not null,
  resource_id uuid not null,
  sequence integer,
  agency_id uuid not null,
  officer_id uuid,
  client_id uuid,
  request_id text not null,
  purpose text,
  changed text[] not null,
  data jsonb not null,
  prev_hash bytea,
  hash bytea,
  unique (kind, resource_id, sequence)
);
create index audit_records_resource on audit_records (kind, resource_id, id);
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = '42501';
end $$;
create trigger audit_records_append_only before update or delete or truncate on audit_records
  for each statement execute function refuse_change();
grant select, insert on audit_records to ja_app;
-- who sees the resource sees its history; anything may be added, by whoever acts
alter table audit_records enable row level security;
alter table audit_records force row level security;
do $$ begin
  execute format('create policy owner_all on audit_records to %I using (true) with check (true)', current_user);
end $$;
create policy app_read on audit_records for select to ja_app using (app_sees(kind, resource_id));
create policy app_add on audit_records for insert to ja_app with check (app_agency() is not null);

-- the outbox: readers stay below the oldest running transaction, so no event appears behind a cursor
create table events (
  xid xid8 not null default pg_current_xact_id(),
  position bigint generated always as identity,
  id uuid not null unique,
  type text not null,
  kind text not null,
  resource_id uuid not null,
  sequence integer not null,
  occurred_at timestamptz not null,
  data jsonb not null,
  primary key (xid, position)
);
grant select, insert on events to ja_app;
alter table events enable row level security;
alter table events force row level security;
do $$ begin
  execute format('create policy owner_all on events to %I using (true) with check (true)', current_user);
end $$;
create policy app_read on events for select to ja_app using (app_sees(kind, resource_id));
create policy app_add on events for insert to ja_app with check (app_agency() is not null);

-- cursors of an older epoch are gone (410): a reset or scenario starts a new one
create table feed_epochs (
  epoch integer primary key check (epoch > 0),
  started_at timestamptz not null default now()
);
insert into feed_epochs (epoch) values (1);
grant select on feed_epochs to ja_app;
