-- The peer's tables, filled with as many rows as the service has clues: the same columns, nothing sealed, no walls.
create table peer_clues (
  id uuid primary key, number text not null, state text not null, version integer not null, source text not null,
  region_code text not null, urgency text not null, green_channel boolean not null, source_agency_id uuid not null,
  receiving_agency_id uuid not null, case_id uuid, subject_count integer not null, created_at timestamptz not null,
  updated_at timestamptz not null, facts text not null, hardship text, subjects jsonb not null);
create index peer_clues_receiving on peer_clues (receiving_agency_id, id desc);
create sequence peer_number;
create table peer_audit (id uuid primary key, at timestamptz not null default now(), type text not null, resource_id uuid not null, data jsonb not null);
create table peer_outbox (id uuid primary key, position bigint generated always as identity, type text not null, resource_id uuid not null, data jsonb not null);
