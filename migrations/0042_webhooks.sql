-- The feed ends somewhere (410), its waiters share one look at its horizon, and what it tells is sent to endpoints (ADR 0030).

-- everything up to here has been dropped
alter table feed_epochs add column from_xid xid8 not null default '0', add column from_position bigint not null default 0;

-- where settled events end: nobody's rows, two numbers
create function feed_horizon() returns text language sql stable security definer set search_path = public, pg_temp
begin atomic
  select e.xid::text || '.' || e.position from events e where e.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by e.xid desc, e.position desc limit 1;
end;

-- the position just before the first event since an instant of system time, as the ids of events keep it
create function feed_position_at(since timestamptz) returns table (xid text, pos text) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select e.xid::text, (e.position - 1)::text from events e
  where e.id >= (lpad(to_hex(greatest(0, floor(extract(epoch from since) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid
  order by e.xid, e.position limit 1;
end;

-- drops the oldest events, at most so many and in the order of the feed; nothing younger than a week
create function purge_events(days integer, most integer) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  boundary uuid := (lpad(to_hex(floor(extract(epoch from clock_timestamp() - make_interval(days => greatest(days, 7))) * 1000)::bigint), 12, '0')
    || repeat('0', 20))::uuid;
  last record;
  gone integer;
begin
  select o.xid, o.position into last from (select e.xid, e.position from events e where e.id < boundary order by e.id limit most) o
    order by o.xid desc, o.position desc limit 1;
  if not found then return 0; end if;
  delete from events e where (e.xid, e.position) <= (last.xid, last.position);
  get diagnostics gone = row_count;
  update feed_epochs set from_xid = last.xid, from_position = last.position where epoch = (select max(epoch) from feed_epochs);
  return gone;
end $$;
revoke all on function feed_horizon() from public;
revoke all on function feed_position_at(timestamptz) from public;
revoke all on function purge_events(integer, integer) from public;
grant execute on function feed_horizon() to ja_app;
grant execute on function feed_position_at(timestamptz) to ja_app;
grant execute on function purge_events(integer, integer) to ja_app;

-- who is sent what, with the eyes of the credential that set the address last
create table webhook_endpoints (
  id uuid primary key,
  agency_id uuid not null references agencies (id),
  client_id uuid references clients (id),
  officer_id uuid references officers (id),
  url text not null check (length(url) <= 2048),
  types text[] not null check (cardinality(types) between 1 and 200),
  description text,
  state text not null check (state in ('pending', 'active', 'disabled', 'removed')),
  disabled_reason text check (disabled_reason in ('by_hand', 'gone', 'failing', 'holder_gone')),
  secrets_sealed bytea,
  public_key text not null,
  -- system time: the former secret signs until then
  former_until timestamptz,
  feed_xid xid8 not null,
  feed_position bigint not null,
  -- when the address is asked next whether it wants this; null: not any more
  challenge_at timestamptz,
  challenge_tries integer not null default 0,
  challenge_outcome text,
  throttled_until timestamptz,
  first_failed_at timestamptz,
  last_failed_at timestamptz,
  failing_since timestamptz,
  last_delivered_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint webhook_endpoints_holder check ((client_id is null) <> (officer_id is null)),
  constraint webhook_endpoints_reason check ((state = 'disabled') = (disabled_reason is not null)),
  constraint webhook_endpoints_secrets check ((state = 'removed') = (secrets_sealed is null))
);
create index webhook_endpoints_agency on webhook_endpoints (agency_id, id desc);
create index webhook_endpoints_client on webhook_endpoints (client_id);
create index webhook_endpoints_officer on webhook_endpoints (officer_id);
create index webhook_endpoints_active on webhook_endpoints (feed_xid, feed_position) where state = 'active';
create index webhook_endpoints_challenge on webhook_endpoints (challenge_at) where state = 'pending' and challenge_at is not null;
call guard_table('webhook_endpoints', 'webhook_endpoint', 'id');

-- one row for each event of an endpoint: its schedule, its lease, and what came of each attempt
create table webhook_deliveries (
  id uuid primary key,
  endpoint_id uuid not null references webhook_endpoints (id),
  -- of the feed, which may have dropped it since; a test has none
  event_id uuid,
  type text not null,
  state text not null check (state in ('pending', 'delivered', 'failed', 'withheld')),
  tries integer not null default 0,
  due_at timestamptz,
  leased_until timestamptz,
  last_status integer,
  last_outcome text,
  attempts jsonb not null default '[]' check (jsonb_array_length(attempts) <= 30),
  created_at timestamptz not null,
  delivered_at timestamptz,
  unique (endpoint_id, event_id),
  constraint webhook_deliveries_due check ((state = 'pending') = (due_at is not null))
);
create index webhook_deliveries_due_at on webhook_deliveries (endpoint_id, due_at) where state = 'pending';
create index webhook_deliveries_leased on webhook_deliveries (endpoint_id, leased_until) where leased_until is not null;
create index webhook_deliveries_list on webhook_deliveries (endpoint_id, id desc);
call guard_table('webhook_deliveries', 'webhook_endpoint', 'endpoint_id');
grant delete on webhook_deliveries to ja_app;
create policy system_drop on webhook_deliveries for delete to ja_app
  using ((select nullif(current_setting('app.agency', true), '')::uuid) = '00000000-0000-0000-0000-000000000000');
