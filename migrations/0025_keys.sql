-- Keys (issue 4, ADR 0018): former data keys beside the present one, generations of service keys, and runs that seal anew.

-- A retired key still opens what was not sealed anew; one key of an owner seals.
alter table keyring.data_keys add column retired_at timestamptz;
drop index keyring.data_keys_owner;
alter table keyring.data_keys add constraint data_keys_owner unique nulls not distinct (owner_kind, owner_id, retired_at);
create index data_keys_retired on keyring.data_keys (id) where retired_at is not null;

-- `hash`: of what is keyed with it. A blind index is searched with the hash it was made with, whatever CRYPTO_SUITE says later.
alter table keyring.service_keys
  add column generation integer not null default 1 check (generation > 0),
  add column hash text not null default 'sha256' check (hash in ('sha256', 'sm3')),
  drop constraint service_keys_pkey,
  add primary key (name, generation);

-- What was changed in a case is on record for good; only the ciphertext may change, when it is sealed anew by the owner.
drop trigger case_field_revisions_append_only on case_field_revisions;
create trigger case_field_revisions_append_only before delete or truncate on case_field_revisions
  for each statement execute function refuse_change();
create trigger case_field_revisions_unchanged before update on case_field_revisions
  for each row when (to_jsonb(old) - 'values_sealed' is distinct from to_jsonb(new) - 'values_sealed')
  execute function refuse_change();

-- Written by the owner alone (bin/admin): the role of the service can add keys and read them, and neither change nor remove any.
create table keyring.rotations (
  id uuid primary key,
  kind text,
  started_at timestamptz not null default now(),
  ended_at timestamptz
);
create unique index rotations_one on keyring.rotations ((true)) where ended_at is null;
