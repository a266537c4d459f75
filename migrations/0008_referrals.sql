-- Social-assistance referrals: what a department is asked, the package it was shown, and the measures it delivered.
create table referrals (
  id uuid primary key,
  number text not null unique,
  sender_agency_id uuid not null references agencies (id),
  agency_id uuid not null references agencies (id),
  origin_kind text not null check (origin_kind in ('clue', 'case', 'account')),
  clue_id uuid references clues (id),
  assistance_case_id uuid references assistance_cases (id),
  monitoring_account_id uuid,
  state text not null check (state in ('requested', 'received', 'accepted', 'rejected', 'in_progress', 'on_hold', 'completed', 'failed', 'cancelled')),
  measures text[] not null check (cardinality(measures) > 0),
  legal_basis text not null check (legal_basis in ('statutory_duty', 'consent', 'vital_interest')),
  proposal_sealed bytea not null,
  person_count integer not null check (person_count > 0),
  sent_on date not null,
  respond_by date not null,
  received_at timestamptz,
  answered_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  reason_code text,
  outcome text check (outcome in ('delivered', 'partly_delivered', 'not_delivered')),
  texts_sealed bytea,
  reminder_count integer not null default 0 check (reminder_count >= 0),
  reminded_at timestamptz,
  forwarded_from_id uuid unique references referrals (id),
  forwarded_to_id uuid unique references referrals (id),
  sent_by uuid references officers (id),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint referrals_two_agencies check (sender_agency_id <> agency_id),
  constraint referrals_respond_by check (respond_by >= sent_on),
  -- where it came from stands in exactly the column that the kind names; an account may also know its case or clue
  constraint referrals_origin check (
    (origin_kind <> 'clue' or (clue_id is not null and assistance_case_id is null))
    and (origin_kind <> 'case' or assistance_case_id is not null)
    and (origin_kind = 'account') = (monitoring_account_id is not null)),
  -- each end carries its reason, and nothing else does
  constraint referrals_rejected check ((state = 'rejected') = (reason_code is not null)),
  constraint referrals_completed check ((state = 'completed') = (outcome is not null)),
  constraint referrals_forwarded check (forwarded_to_id is null or state = 'cancelled'),
  constraint referrals_ended check ((state in ('rejected', 'completed', 'failed', 'cancelled')) = (ended_at is not null)),
  constraint referrals_received check (state in ('requested', 'cancelled') or received_at is not null),
  constraint referrals_answered check (state in ('requested', 'received', 'cancelled') or answered_at is not null)
);
create index referrals_state on referrals (state, id desc);
create index referrals_agency on referrals (agency_id, id desc);
create index referrals_sender on referrals (sender_agency_id, id desc);
create index referrals_clue on referrals (clue_id, id desc);
create index referrals_case on referrals (assistance_case_id, id desc);
create index referrals_account on referrals (monitoring_account_id, id desc);
create index referrals_respond on referrals (respond_by) where state in ('requested', 'received');
create index referrals_updated on referrals (updated_at);
create index referrals_sent_by on referrals (sent_by);
call guard_table('referrals', 'referral', 'id');

create table referral_persons (
  referral_id uuid not null references referrals (id),
  position integer not null,
  person_id uuid not null references persons (id),
  beneficiary_id uuid references case_beneficiaries (id),
  sex text not null check (sex in ('female', 'male', 'unknown')),
  household_region_code text,
  name_masked text,
  id_number_masked text,
  phone_masked text,
  address_masked text,
  granted_fen bigint check (granted_fen > 0),
  disclosed_sealed bytea not null,
  primary key (referral_id, position),
  constraint referral_persons_person unique (referral_id, person_id)
);
create index referral_persons_person_id on referral_persons (person_id);
create index referral_persons_beneficiary on referral_persons (beneficiary_id);
call guard_table('referral_persons', 'referral', 'referral_id');
-- what was disclosed is never changed
revoke update on referral_persons from ja_app;

create table referral_outputs (
  id uuid primary key,
  referral_id uuid not null references referrals (id),
  measure text not null,
  from_on date not null,
  to_on date check (to_on >= from_on),
  value_fen bigint check (value_fen > 0),
  note_sealed bytea,
  recorded_by uuid references officers (id),
  created_at timestamptz not null
);
create index referral_outputs_referral on referral_outputs (referral_id, id);
create index referral_outputs_from on referral_outputs (from_on);
create index referral_outputs_recorded_by on referral_outputs (recorded_by);
call guard_table('referral_outputs', 'referral', 'referral_id');
revoke update on referral_outputs from ja_app;
