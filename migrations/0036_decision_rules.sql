-- What a decision is held against, as data: wage standards, tiers of approval, aid once for one original case, like cases (ADR 0028).

-- Entered once and never overwritten: another version of the same figure supersedes it, decided cases keep theirs.
create table assistance_standards (
  id uuid primary key,
  region_code text not null,
  year integer not null check (year between 1949 and 2199),
  series text not null,
  version integer not null check (version > 0),
  annual_fen bigint not null check (annual_fen > 0),
  cap_months integer not null check (cap_months between 1 and 120),
  advance_months integer not null,
  advance_max_months integer not null,
  published_on date not null,
  basis text not null,
  recorded_by uuid references officers (id),
  created_at timestamptz not null,
  constraint assistance_standards_once unique (region_code, year, series, version),
  constraint assistance_standards_months check (advance_months between 1 and advance_max_months and advance_max_months <= cap_months)
);
create index assistance_standards_region on assistance_standards (region_code, year desc, id desc);
create index assistance_standards_recorded_by on assistance_standards (recorded_by);
grant select, insert on assistance_standards to ja_app;

-- Who approves besides the own chief above a sum; no agency = every procuratorate. None at first.
create table approval_tiers (
  id uuid primary key,
  agency_id uuid references agencies (id),
  above_fen bigint not null check (above_fen >= 0),
  approvers integer not null check (approvers between 1 and 5),
  committee boolean not null,
  levels_above integer not null check (levels_above between 0 and 2),
  valid_from date not null,
  valid_to date check (valid_to >= valid_from),
  basis text not null,
  recorded_by uuid references officers (id),
  created_at timestamptz not null
);
create index approval_tiers_agency on approval_tiers (agency_id, above_fen desc, id desc);
create index approval_tiers_recorded_by on approval_tiers (recorded_by);
grant select, insert on approval_tiers to ja_app;

alter table assistance_cases
  add column approvers integer not null default 1 constraint assistance_cases_approvers check (approvers between 1 and 5),
  add column committee boolean not null default false,
  -- the level above the level above, where a tier asks for both
  add column higher_agency_id uuid references agencies (id),
  add column step_person_keys text[] not null default '{}',
  add column court_ceiling_fen bigint constraint assistance_cases_ceiling_sum check (court_ceiling_fen >= 0),
  -- the standard under which a grant was decided; its figures stand beside it
  add column standard_id uuid references assistance_standards (id);
update assistance_cases set step_person_keys = array[step_person_key] where step_person_key is not null;
alter table assistance_cases
  drop constraint assistance_cases_superior,
  drop constraint assistance_cases_step,
  add constraint assistance_cases_superior check (
    superior_reasons <@ array['exclusion_override', 'cap_breakout', 'once_override', 'amount_tier']
    and (superior_agency_id is null) = (superior_reasons = '{}') and (higher_agency_id is null or superior_agency_id is not null)),
  add constraint assistance_cases_step check (approval_step between 1 and 8 and (approval_step = 1 or step_person_keys <> '{}')),
  -- twelve times the award against the annual wage: nothing is rounded; beyond it only what the level above has approved
  add constraint assistance_cases_cap check (granted_fen is null or standard_id is null
    or granted_fen * 12 <= standard_annual_fen * standard_months or 'cap_breakout' = any (superior_reasons)),
  -- never more than a court would award, whoever approves
  add constraint assistance_cases_ceiling check (granted_fen is null or court_ceiling_fen is null or granted_fen <= court_ceiling_fen);
create index assistance_cases_higher on assistance_cases (higher_agency_id) where higher_agency_id is not null;
create index assistance_cases_standard_id on assistance_cases (standard_id) where standard_id is not null;

alter table case_decisions
  add column step_kind text not null default 'own' constraint case_decisions_step_kind check (step_kind in ('own', 'committee', 'superior', 'higher')),
  add column minutes_held_on date,
  add column minutes_reference text,
  add constraint case_decisions_minutes check (num_nonnulls(minutes_held_on, minutes_reference) in (0, 2));
update case_decisions set step_kind = 'superior' where step > 1;

-- One person is aided once under one original case, whichever agency and fund it is: the wall that a race runs into.
create table case_aids (
  id uuid primary key,
  -- who it is after all merges, on the day of the aid
  person_id uuid not null references persons (id),
  linked_key text,
  case_id uuid not null references assistance_cases (id),
  beneficiary_id uuid not null references case_beneficiaries (id),
  agency_id uuid not null references agencies (id),
  kind text not null check (kind in ('advance', 'award')),
  aided_on date not null,
  overridden boolean not null,
  freed_on date,
  created_at timestamptz not null
);
create unique index case_aids_once on case_aids (person_id, linked_key) where freed_on is null and not overridden;
create unique index case_aids_standing on case_aids (beneficiary_id) where freed_on is null;
create index case_aids_case on case_aids (case_id, id);
create index case_aids_agency on case_aids (agency_id);
create index case_aids_beneficiary on case_aids (beneficiary_id);
call guard_table('case_aids', 'case', 'case_id');

-- what was granted before this wall stood; a second aid of those days is kept as what it is
insert into case_aids (id, person_id, linked_key, case_id, beneficiary_id, agency_id, kind, aided_on, overridden, created_at)
  select gen_random_uuid(), a.person_id, a.linked_key, a.case_id, a.beneficiary_id, a.agency_id, 'award', a.decided_on, a.nth > 1, a.decided_on
  from (
    select coalesce(p.merged_into_id, p.id) as person_id, c.linked_key, c.id as case_id, b.id as beneficiary_id,
      c.handling_agency_id as agency_id, c.decided_on,
      row_number() over (partition by coalesce(p.merged_into_id, p.id), c.linked_key order by c.decided_on, b.id) as nth
    from assistance_cases c join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null join persons p on p.id = b.person_id
    where c.decision_outcome = 'granted' and c.state in ('granted', 'disbursing', 'closed')) a;

-- Holds the person, and whom they were merged into, so that no merge and no other grant goes past; answers who it is.
create function hold_person(wanted uuid) returns uuid language plpgsql security definer set search_path = public as $$
declare
  survivor uuid;
begin
  select coalesce(p.merged_into_id, p.id) into survivor from persons p where p.id = wanted for no key update;
  if survivor <> wanted then
    perform from persons p where p.id = survivor for no key update;
  end if;
  return survivor;
end $$;

-- Standing aid of these people in other cases: which of them, whether under the same original case, by which agency and since when.
create function aid_before(people uuid[], wanted_key text, but_case uuid)
returns table (person_id uuid, same_case boolean, agency_id uuid, aided_on date, kind text)
language sql stable security definer set search_path = public
begin atomic
  select distinct w.id, coalesce(a.linked_key = wanted_key, false), a.agency_id, a.aided_on, a.kind
  from unnest(people) as w (id)
  cross join lateral person_aliases(w.id) as alias (id)
  join case_aids a on a.person_id = alias.id and a.freed_on is null
  join assistance_cases c on c.id = a.case_id
  -- of a sealed case nobody else learns, unless it stands in the way
  where a.case_id is distinct from but_case and (c.sealed_at is null or a.linked_key = wanted_key)
  order by 1, 4, 3 limit 500;
end;

-- Original cases under which the people known by this id were aided more than once: a merge has shown it.
create function aided_twice(wanted uuid) returns setof uuid language sql stable security definer set search_path = public
begin atomic
  select min(a.case_id::text)::uuid from person_aliases(wanted) as alias (id) join case_aids a on a.person_id = alias.id
  where a.freed_on is null and not a.overridden and a.linked_key is not null
  group by a.linked_key having count(*) > 1;
end;
revoke all on function hold_person(uuid), aid_before(uuid[], text, uuid), aided_twice(uuid) from public;
grant execute on function hold_person(uuid), aid_before(uuid[], text, uuid), aided_twice(uuid) to ja_app;

-- A sealed case stands behind no figure.
create or replace function comparable_awards(but_case uuid, wanted_eligibility text, wanted_categories text[], region_prefix text, decided_year integer)
returns jsonb language sql stable security definer set search_path = public
begin atomic
  with alike as (
    select c.id as case_id, b.person_id, b.granted_fen
    from assistance_cases c
    join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null
    join agencies a on a.id = c.handling_agency_id
    where c.decision_outcome = 'granted' and c.state <> 'revoked' and c.sealed_at is null and c.id <> but_case
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
