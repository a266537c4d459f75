-- Assistance cases: beneficiaries with the case's own copy of what was submitted, decisions and requests for documents.
create table assistance_cases (
  id uuid primary key,
  number text not null unique,
  state text not null check (state in ('opened', 'under_review', 'awaiting_documents', 'pending_approval', 'granted', 'refused', 'disbursing', 'closed', 'revoked', 'withdrawn')),
  initiation text not null check (initiation in ('application', 'ex_officio')),
  clue_id uuid unique references clues (id),
  green_channel boolean not null,
  region_code text not null,
  campaign_code text,
  linked_type text not null check (linked_type in ('criminal', 'civil', 'administrative', 'petition')),
  linked_number text,
  linked_organ text not null,
  linked_key text,
  handling_agency_id uuid not null references agencies (id),
  handler_officer_id uuid references officers (id),
  opened_by uuid references officers (id),
  narrative_sealed bytea not null,
  round integer not null default 0 check (round >= 0),
  eligibility_code text,
  exclusion_codes text[] not null,
  proposal_sealed bytea,
  proposed_by uuid references officers (id),
  proposed_by_person_key text,
  proposed_at timestamptz,
  decision_number text unique,
  decision_outcome text check (decision_outcome in ('granted', 'refused')),
  decided_on date,
  refused_by_person_key text,
  reconsidered boolean not null default false,
  reconsideration_agency_id uuid references agencies (id),
  new_facts_sealed bytea,
  ending_sealed bytea,
  revocation_sealed bytea,
  open_lines integer not null default 0 constraint assistance_cases_open_lines check (open_lines >= 0),
  beneficiary_count integer not null check (beneficiary_count > 0),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- a decision is whole or absent, and stands exactly in the states that follow from it
  constraint assistance_cases_decision check (
    (decision_number is null) = (decision_outcome is null) and (decision_number is null) = (decided_on is null)
    and (state not in ('granted', 'disbursing', 'revoked', 'refused', 'closed') or decision_outcome is not null)
    and (state not in ('granted', 'disbursing') or decision_outcome = 'granted')
    and (state <> 'refused' or decision_outcome = 'refused')
    and (state in ('granted', 'disbursing', 'revoked', 'refused', 'closed') or decision_outcome is null)),
  -- a superior decides only what was reconsidered, and is another agency
  constraint assistance_cases_reconsidered check (
    reconsideration_agency_id is null or (reconsidered and reconsideration_agency_id <> handling_agency_id)),
  constraint assistance_cases_assigned check (state in ('opened', 'withdrawn') or handler_officer_id is not null),
  constraint assistance_cases_proposed check (
    state not in ('pending_approval', 'granted', 'refused', 'disbursing', 'closed', 'revoked')
    or (proposed_by_person_key is not null and eligibility_code is not null and round > 0))
);
create index assistance_cases_state on assistance_cases (state, id desc);
create index assistance_cases_agency on assistance_cases (handling_agency_id, id desc);
create index assistance_cases_handler on assistance_cases (handler_officer_id, id desc);
create index assistance_cases_region on assistance_cases (region_code, id desc);
create index assistance_cases_updated on assistance_cases (updated_at);
create index assistance_cases_linked on assistance_cases (linked_key);
create index assistance_cases_granted on assistance_cases (decided_on) where decision_outcome = 'granted';
create index assistance_cases_opened_by on assistance_cases (opened_by);
create index assistance_cases_proposed_by on assistance_cases (proposed_by);
create index assistance_cases_reconsideration on assistance_cases (reconsideration_agency_id);
call guard_table('assistance_cases', 'case', 'id');

create table case_beneficiaries (
  id uuid primary key,
  case_id uuid not null references assistance_cases (id),
  position integer not null,
  person_id uuid not null references persons (id),
  relation text,
  categories text[] not null,
  household_region_code text,
  id_type text not null,
  sex text not null check (sex in ('female', 'male', 'unknown')),
  name_masked text,
  id_number_masked text,
  phone_masked text,
  address_masked text,
  submitted_sealed bytea not null,
  proposed_fen bigint check (proposed_fen > 0),
  granted_fen bigint check (granted_fen > 0),
  fund_id uuid,
  minor_at_decision boolean,
  unique (case_id, position),
  constraint case_beneficiaries_person unique (case_id, person_id)
);
create index case_beneficiaries_person_id on case_beneficiaries (person_id);
call guard_table('case_beneficiaries', 'case', 'case_id');

create table case_decisions (
  id uuid primary key,
  case_id uuid not null references assistance_cases (id),
  round integer not null check (round > 0),
  step integer not null check (step > 0),
  level text not null check (level in ('province', 'city', 'county', 'township')),
  agency_id uuid not null references agencies (id),
  officer_id uuid not null references officers (id),
  person_key text not null,
  outcome text not null check (outcome in ('granted', 'refused', 'returned')),
  exclusion_code text,
  number text unique,
  decided_on date not null,
  opinion_sealed bytea not null,
  created_at timestamptz not null,
  constraint case_decisions_step unique (case_id, round, step),
  constraint case_decisions_number check (outcome <> 'returned' or number is null)
);
create index case_decisions_agency on case_decisions (agency_id);
create index case_decisions_officer on case_decisions (officer_id);
call guard_table('case_decisions', 'case', 'case_id');
-- a decision is never changed
revoke update on case_decisions from ja_app;

create table case_document_requests (
  id uuid primary key,
  case_id uuid not null references assistance_cases (id),
  position integer not null,
  requested_by uuid not null references officers (id),
  requested_at timestamptz not null,
  received_by uuid references officers (id),
  received_at timestamptz,
  request_sealed bytea not null,
  receipt_sealed bytea,
  unique (case_id, position)
);
create index case_document_requests_requester on case_document_requests (requested_by);
create index case_document_requests_receiver on case_document_requests (received_by);
call guard_table('case_document_requests', 'case', 'case_id');
