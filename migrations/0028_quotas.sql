-- Quotas shared by the replicas (S-48, ADR 0021): how often a key was counted in the window that ends then. Unlogged: after a crash
-- a window begins anew, and nothing of it is worth a line in the write-ahead log.
create unlogged table quota_counts (
  key text not null,
  ends_at timestamptz not null,
  used bigint not null,
  primary key (key, ends_at)
);
create index quota_counts_age on quota_counts (ends_at);
grant select, insert, update, delete on quota_counts to ja_app;

-- Alerts of bulk reading (S-49): one credential was shown more people within an hour than the limit.
create table bulk_read_alerts (
  id uuid primary key,
  credential text not null,
  agency_id uuid not null,
  state text not null check (state in ('open', 'released')),
  persons integer not null check (persons > 0),
  person_limit integer not null check (person_limit > 0),
  blocked boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- one open alert for a credential, whoever noticed it
create unique index bulk_read_alerts_open on bulk_read_alerts (credential) where state = 'open';
create index bulk_read_alerts_credential on bulk_read_alerts (credential, updated_at);
grant select, insert, update on bulk_read_alerts to ja_app;

-- The watch reads the last hour of what was shown.
create index audit_records_time on audit_records using brin (recorded_at);
create policy system_read on read_records for select to ja_app
  using ((select nullif(current_setting('app.agency', true), '')::uuid) = '00000000-0000-0000-0000-000000000000');
