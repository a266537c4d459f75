-- Sight in an emergency (break-glass, ADR 0017), and the relations that may stand in the table of who sees what.
alter table access add constraint access_relation check (relation in
  ('source', 'receiver', 'handler', 'recipient', 'owner', 'partner', 'treasury', 'oversight', 'emergency'));

create table break_glass_grants (
  id uuid primary key,
  number text not null unique,
  state text not null check (state in ('granted', 'justified', 'unjustified')),
  subject_kind text not null check (subject_kind in ('clue', 'case', 'person', 'disbursement', 'referral', 'visit', 'account')),
  subject_id uuid not null,
  agency_id uuid not null references agencies (id),
  officer_id uuid not null references officers (id),
  officer_person_key text not null,
  home_agency_id uuid not null references agencies (id),
  reason_code text not null,
  reason_sealed bytea not null,
  -- system time: it ends whatever the sandbox's clock says
  expires_at timestamptz not null,
  review_due_on date not null,
  reviewed_at timestamptz,
  reviewed_by uuid references officers (id),
  review_agency_id uuid references agencies (id),
  opinion_sealed bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint break_glass_grants_reviewed check ((state = 'granted') = (reviewed_at is null)
    and (reviewed_at is null) = (reviewed_by is null) and (reviewed_at is null) = (opinion_sealed is null)
    and (reviewed_at is null) = (review_agency_id is null))
);
create index break_glass_grants_open on break_glass_grants (officer_id, subject_id, expires_at);
create index break_glass_grants_review on break_glass_grants (review_due_on, id desc) where state = 'granted';
create index break_glass_grants_agency on break_glass_grants (agency_id);
create index break_glass_grants_home on break_glass_grants (home_agency_id);
create index break_glass_grants_reviewed_by on break_glass_grants (reviewed_by);
create index break_glass_grants_review_agency on break_glass_grants (review_agency_id);
call guard_table('break_glass_grants', 'break_glass_grant', 'id');
