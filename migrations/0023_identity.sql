-- Identity (issue 4, ADR 0016): keys of clients and officers, one-time assertions, failures, grants of roles, rotation of signing keys.

-- A client may have keys beside its secret, and be bound to a certificate; `generation` ends every token given before it grew.
alter table clients
  add column certificate_thumbprint text check (certificate_thumbprint ~ '^[A-Za-z0-9_-]{43}$'),
  add column generation integer not null default 1 check (generation > 0),
  add column secret_used_at timestamptz;

create table client_keys (
  id uuid primary key,
  client_id uuid not null references clients (id),
  thumbprint text not null,
  public_jwk jsonb not null,
  algorithm text not null check (algorithm in ('ES256', 'EdDSA', 'PS256')),
  expires_at timestamptz not null,
  removed_at timestamptz,
  created_at timestamptz not null,
  unique (client_id, thumbprint)
);
grant select, insert on client_keys to ja_app;
grant update (removed_at) on client_keys to ja_app;

-- What proves that an officer is there in person: a key of their own, or who they are to an outside issuer.
create table officer_credentials (
  id uuid primary key,
  officer_id uuid not null references officers (id),
  kind text not null check (kind in ('key', 'external_subject')),
  thumbprint text,
  public_jwk jsonb,
  algorithm text check (algorithm in ('ES256', 'EdDSA', 'PS256')),
  issuer text,
  subject text,
  state text not null check (state in ('proposed', 'active', 'removed')),
  proposed_by_officer_id uuid,
  proposed_by_person_key text,
  confirmed_by_officer_id uuid,
  expires_at timestamptz not null,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((kind = 'key') = (public_jwk is not null and thumbprint is not null and algorithm is not null)),
  check ((kind = 'external_subject') = (issuer is not null and subject is not null))
);
create index officer_credentials_officer on officer_credentials (officer_id, id desc);
-- one key, one name at an issuer: of one officer only
create unique index officer_credentials_thumbprint on officer_credentials (thumbprint) where state <> 'removed';
create unique index officer_credentials_subject on officer_credentials (issuer, subject) where state <> 'removed';
grant select, insert, update on officer_credentials to ja_app;

-- proposed by one person, confirmed by another; nobody is given rights otherwise on a live database
create table role_grants (
  id uuid primary key,
  agency_id uuid not null references agencies (id),
  officer_id uuid references officers (id),
  client_id uuid references clients (id),
  roles text[] not null,
  state text not null check (state in ('open', 'confirmed', 'refused')),
  proposed_by_officer_id uuid not null,
  proposed_by_person_key text not null,
  decided_by_officer_id uuid,
  decided_by_person_key text,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((officer_id is null) <> (client_id is null)),
  check (decided_by_person_key <> proposed_by_person_key)
);
create index role_grants_agency on role_grants (agency_id, id desc);
create index role_grants_open on role_grants (id desc) where state = 'open';
create unique index role_grants_officer on role_grants (officer_id) where state = 'open';
create unique index role_grants_client on role_grants (client_id) where state = 'open';
grant select, insert, update on role_grants to ja_app;

-- `jti` of every assertion that was accepted, until it would have expired: shared by all replicas
create table spent_assertions (
  issuer text not null,
  jti text not null,
  expires_at timestamptz not null,
  primary key (issuer, jti)
);
create index spent_assertions_age on spent_assertions (expires_at);
grant select, insert, delete on spent_assertions to ja_app;

-- failures by subject (a client, an officer, `*` = any) and source address, counted over five minutes of system time
create table auth_failures (
  subject text not null,
  source text not null,
  failures integer not null check (failures > 0),
  since timestamptz not null,
  primary key (subject, source)
);
create index auth_failures_age on auth_failures (since);
grant select, insert, update, delete on auth_failures to ja_app;

-- A new key is published before it signs; the private half of a retired one is destroyed, the public one still verifies receipts.
alter table signing_keys
  alter column private_sealed drop not null,
  add column signs_from timestamptz not null default now(),
  add column revoked_at timestamptz;
update signing_keys set signs_from = created_at;
create index signing_keys_order on signing_keys (signs_from desc);
grant update (private_sealed, revoked_at) on signing_keys to ja_app;
