-- Documents: seen by whoever sees what they hang on, now; names and notes sealed, the content sealed in the store.
create table documents (
  id uuid primary key,
  parent_kind text not null check (parent_kind in ('clue', 'case', 'disbursement', 'referral', 'visit')),
  parent_id uuid not null,
  kind text not null,
  media_type text not null,
  bytes integer not null check (bytes between 1 and 20971520),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  texts_sealed bytea not null,
  key_sealed bytea not null,
  scan text not null check (scan in ('unscanned', 'scanning', 'clean', 'infected')),
  scanned_at timestamptz,
  scan_lease timestamptz,
  agency_id uuid not null references agencies (id),
  uploaded_by uuid references officers (id),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint documents_scanned check ((scan in ('clean', 'infected')) = (scanned_at is not null))
);
create index documents_parent on documents (parent_kind, parent_id, id desc);
create index documents_agency on documents (agency_id);
create index documents_uploaded_by on documents (uploaded_by);
create index documents_scan on documents (scan_lease) where scan in ('unscanned', 'scanning');
alter table documents enable row level security;
alter table documents force row level security;
do $$ begin
  execute format('create policy owner_all on documents to %I using (true) with check (true)', current_user);
end $$;
create policy app_read on documents for select to ja_app using (app_sees(parent_kind, parent_id));
create policy app_change on documents for update to ja_app using (app_sees(parent_kind, parent_id));
-- nobody hangs a document on what they do not see
create policy app_add on documents for insert to ja_app with check (app_sees(parent_kind, parent_id));
grant select, insert, update on documents to ja_app;

-- Which of these objects belong to no document: answered for all rows, whoever may see them, or a sweep would take what is
-- merely invisible to it. Tells ids that the caller gave, nothing else.
create function documents_absent(ids uuid[]) returns setof uuid language sql stable security definer
  set search_path = pg_catalog, public as $$
    select wanted.id from unnest(ids) wanted(id) where not exists (select from documents d where d.id = wanted.id)
  $$;
revoke all on function documents_absent(uuid[]) from public;
grant execute on function documents_absent(uuid[]) to ja_app;
