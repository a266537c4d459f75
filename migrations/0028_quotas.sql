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
