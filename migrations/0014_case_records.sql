-- Records of assistance cases: the notice to the Federation, what a field was before, corrections, and amounts of like cases.
alter table assistance_cases
  add column advice_sealed bytea,
  add column pending_correction_id uuid,
  add column pending_correction_by text,
  add constraint assistance_cases_pending_correction check ((pending_correction_id is null) = (pending_correction_by is null));

-- The result of a closed case for the women and children in it: once for a case, whatever its origin.
create table case_notices (
  id uuid primary key,
  number text not null unique,
  state text not null check (state in ('sent', 'received')),
  case_id uuid not null constraint case_notices_case unique references assistance_cases (id),
  case_number text not null,
  sender_agency_id uuid not null references agencies (id),
  federation_id uuid not null references agencies (id),
  outcome text not null check (outcome in ('granted', 'refused')),
  decision_number text not null,
  decided_on date not null,
  exclusion_code text,
  closed_on date not null,
  revoked_on date,
  advice_sealed bytea,
  received_at timestamptz,
  received_by uuid references officers (id),
  note_sealed bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint case_notices_received check ((state = 'received') = (received_at is not null and received_by is not null))
);
create index case_notices_state on case_notices (state, id desc);
create index case_notices_sender on case_notices (sender_agency_id);
create index case_notices_federation on case_notices (federation_id);
create index case_notices_received_by on case_notices (received_by);
call guard_table('case_notices', 'notice', 'id');

create table case_notice_persons (
  notice_id uuid not null references case_notices (id),
  position integer not null,
  person_id uuid not null references persons (id),
  name_masked text,
  sex text not null check (sex in ('female', 'male', 'unknown')),
  minor boolean not null,
  relation text,
  categories text[] not null,
  granted_fen bigint check (granted_fen > 0),
  paid_fen bigint not null check (paid_fen >= 0),
  primary key (notice_id, position)
);
create index case_notice_persons_person on case_notice_persons (person_id);
call guard_table('case_notice_persons', 'notice', 'notice_id');

-- Measures that other departments were asked for, as they stood when the case was closed.
create table case_notice_measures (
  notice_id uuid not null,
  position integer not null,
  ordinal integer not null,
  measure text not null,
  agency_id uuid not null references agencies (id),
  state text not null,
  primary key (notice_id, position, ordinal),
  foreign key (notice_id, position) references case_notice_persons (notice_id, position)
);
create index case_notice_measures_agency on case_notice_measures (agency_id);
call guard_table('case_notice_measures', 'notice', 'notice_id');
-- what was told stays as it was told
revoke update on case_notice_persons, case_notice_measures from ja_app;

-- A correction of what was recorded: in force at once, or proposed until another person confirms it.
create table case_corrections (
  id uuid primary key,
  case_id uuid not null references assistance_cases (id),
  pointer text not null,
  state text not null check (state in ('proposed', 'applied', 'refused')),
  text_sealed bytea not null,
  proposed_by uuid not null references officers (id),
  proposed_by_person_key text not null,
  proposed_at timestamptz not null,
  decided_by uuid references officers (id),
  decided_by_person_key text,
  decided_at timestamptz,
  decision_sealed bytea,
  constraint case_corrections_decided check (
    (decided_by is null) = (decided_by_person_key is null) and (decided_by is null) = (decided_at is null)
    and (state <> 'refused' or decided_by is not null) and (state <> 'proposed' or decided_by is null)),
  -- four eyes, whatever the code does
  constraint case_corrections_four_eyes check (decided_by_person_key is null or decided_by_person_key <> proposed_by_person_key)
);
create index case_corrections_case on case_corrections (case_id, id desc);
create unique index case_corrections_pending on case_corrections (case_id) where state = 'proposed';
create index case_corrections_proposed_by on case_corrections (proposed_by);
create index case_corrections_decided_by on case_corrections (decided_by);
call guard_table('case_corrections', 'case', 'case_id');

-- What a field was before and became, sealed with the case's key; never changed.
create table case_field_revisions (
  id uuid primary key,
  case_id uuid not null references assistance_cases (id),
  case_version integer not null,
  fact_type text not null,
  pointer text not null,
  values_sealed bytea not null,
  correction_id uuid references case_corrections (id),
  agency_id uuid not null references agencies (id),
  officer_id uuid references officers (id),
  changed_at timestamptz not null
);
create index case_field_revisions_case on case_field_revisions (case_id, id desc);
create index case_field_revisions_correction on case_field_revisions (correction_id);
create index case_field_revisions_agency on case_field_revisions (agency_id);
create index case_field_revisions_officer on case_field_revisions (officer_id);
create trigger case_field_revisions_append_only before update or delete or truncate on case_field_revisions
  for each statement execute function refuse_change();
call guard_table('case_field_revisions', 'case', 'case_id');
revoke update on case_field_revisions from ja_app;

-- Amounts granted in like cases of everybody: figures only, and none where fewer than five cases or five people stand behind them.
create function comparable_awards(but_case uuid, wanted_eligibility text, wanted_categories text[], region_prefix text, decided_year integer)
returns jsonb language sql stable security definer set search_path = public
begin atomic
  with alike as (
    select c.id as case_id, b.person_id, b.granted_fen
    from assistance_cases c
    join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null
    join agencies a on a.id = c.handling_agency_id
    where c.decision_outcome = 'granted' and c.state <> 'revoked' and c.id <> but_case
      and c.decided_on >= make_date(decided_year, 1, 1) and c.decided_on < make_date(decided_year + 1, 1, 1)
      and (wanted_eligibility is null or c.eligibility_code = wanted_eligibility)
      and (wanted_categories = '{}' or b.categories && wanted_categories)
      and a.region_code like region_prefix || '%'
  )
  select case when least(count(distinct case_id), count(distinct person_id)) < 5 then null else jsonb_build_object(
    'cases', count(distinct case_id),
    'lowerQuartile', round(percentile_cont(0.25) within group (order by granted_fen))::bigint::text,
    'median', round(percentile_cont(0.5) within group (order by granted_fen))::bigint::text,
    'upperQuartile', round(percentile_cont(0.75) within group (order by granted_fen))::bigint::text) end
  from alike;
end;
revoke all on function comparable_awards(uuid, text, text[], text, integer) from public;
grant execute on function comparable_awards(uuid, text, text[], text, integer) to ja_app;
