-- Clues: leads to possible recipients, with the submission's own copy of identity and contact data.
create table clues (
  id uuid primary key,
  number text not null unique,
  external_id text,
  source_agency_id uuid not null references agencies (id),
  receiving_agency_id uuid not null references agencies (id),
  state text not null check (state in ('submitted', 'returned', 'accepted', 'rejected', 'routed_to_social_assistance', 'withdrawn', 'answered')),
  source text not null,
  region_code text not null,
  urgency text not null check (urgency in ('normal', 'emergency_medical')),
  green_channel boolean not null,
  found_on date,
  campaign_code text,
  linked_type text check (linked_type in ('criminal', 'civil', 'administrative', 'petition')),
  linked_number text,
  linked_organ text,
  linked_key text,
  narrative_sealed bytea not null,
  outcome_sealed bytea,
  reason_code text,
  missing text[] not null,
  subject_count integer not null check (subject_count > 0),
  case_id uuid,
  case_ended boolean not null default false,
  submitted_by uuid,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index clues_external_id on clues (source_agency_id, external_id);
create index clues_state on clues (state, id desc);
call guard_table('clues', 'clue', 'id');

create table clue_subjects (
  id uuid primary key,
  clue_id uuid not null references clues (id),
  position integer not null,
  person_id uuid not null references persons (id),
  relation_to_case text,
  categories text[] not null,
  household_region_code text,
  id_type text not null,
  sex text not null,
  name_masked text,
  id_number_masked text,
  phone_masked text,
  address_masked text,
  submitted_sealed bytea not null,
  unique (clue_id, position)
);
create index clue_subjects_person on clue_subjects (person_id);
call guard_table('clue_subjects', 'clue', 'clue_id');
grant delete on clue_subjects to ja_app;
create policy app_remove on clue_subjects for delete to ja_app using (app_sees('clue', clue_id));

create table clue_routings (
  clue_id uuid not null references clues (id),
  position integer not null,
  agency_id uuid not null references agencies (id),
  until timestamptz,
  reason_sealed bytea,
  primary key (clue_id, position)
);
call guard_table('clue_routings', 'clue', 'clue_id');
