-- What awaits whom: one row per resource, agency and action, kept in the transaction of the fact that changed the resource.
create table work_items (
  id uuid primary key,
  kind text not null,
  resource_id uuid not null,
  resource_number text,
  agency_id uuid not null references agencies (id),
  action text not null,
  -- who may act, as the action's own rule answered when it was asked
  permissions text[] not null,
  officer_only boolean not null,
  for_anyone boolean not null,
  for_head boolean not null,
  officer_ids uuid[] not null,
  excluded_person_keys text[] not null,
  urgent boolean not null,
  due_on date,
  -- urgent first, then by due date, then oldest first: one key, so that a page begins where the last one ended
  queue_key text collate "C" not null,
  assignee_officer_id uuid references officers (id),
  assigned_by uuid references officers (id),
  assigned_at timestamptz,
  note_sealed bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (resource_id, agency_id, action),
  check (for_anyone or for_head or cardinality(officer_ids) > 0)
);
create index work_items_queue on work_items (agency_id, queue_key);
create index work_items_newest on work_items (agency_id, id desc);
create index work_items_assignee on work_items (assignee_officer_id) where assignee_officer_id is not null;
create index work_items_assigned_by on work_items (assigned_by) where assigned_by is not null;
grant select, insert, update, delete on work_items to ja_app;
alter table work_items enable row level security;
alter table work_items force row level security;
do $$ begin
  execute format('create policy owner_all on work_items to %I using (true) with check (true)', current_user);
end $$;
-- an item belongs to the agency that must act; the sink of facts keeps them all under the system scope
create policy app_own on work_items to ja_app
  using (agency_id = (select app_agency()) or (select app_agency()) = '00000000-0000-0000-0000-000000000000')
  with check (agency_id = (select app_agency()) or (select app_agency()) = '00000000-0000-0000-0000-000000000000');

-- Absence of an officer: during it the substitute finds the officer's items among their own.
alter table officers
  add column absent_from date,
  add column absent_until date,
  add column substitute_officer_id uuid references officers (id),
  add constraint officers_absence check (
    (absent_from is null) = (absent_until is null) and (absent_from is null) = (substitute_officer_id is null)
    and absent_from <= absent_until and substitute_officer_id <> id);
create index officers_substitute on officers (substitute_officer_id) where substitute_officer_id is not null;

-- Two secrets of a client are good at once while its systems change over (S-09).
alter table clients
  add column previous_secret_hash bytea,
  add column previous_secret_expires_at timestamptz,
  add constraint clients_previous_secret check ((previous_secret_hash is null) = (previous_secret_expires_at is null));
