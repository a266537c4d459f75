-- Duplicates and the queue of clues; persons merged and corrected: an alias keeps every reference as it was, so a merge can be undone.

-- what the present content of a clue dates from, where it is not the submission itself (signed acknowledgement)
alter table clues add column content_at timestamptz;
alter table clues add column content_recorded_at timestamptz;
create index clues_linked on clues (linked_key);
-- the queue: urgent treatment, then green channel, then the rest, each oldest first
create index clues_queue on clues (receiving_agency_id, (case when urgency = 'emergency_medical' then 0 when green_channel then 1 else 2 end), id)
  where state = 'submitted';

-- What the receiver found out about a possible duplicate. A resource of its own: the source of the clue learns nothing of it.
create table clue_duplicate_verdicts (
  id uuid primary key,
  clue_id uuid not null references clues (id),
  -- the clue from which it all began, or the case that began without one
  candidate_id uuid not null,
  verdict text not null check (verdict in ('same_matter', 'same_person_other_matter', 'different')),
  reason_sealed bytea not null,
  agency_id uuid not null references agencies (id),
  officer_id uuid not null references officers (id),
  given_at timestamptz not null
);
create index clue_duplicate_verdicts_clue on clue_duplicate_verdicts (clue_id, candidate_id, id desc);
create index clue_duplicate_verdicts_agency on clue_duplicate_verdicts (agency_id);
create index clue_duplicate_verdicts_officer on clue_duplicate_verdicts (officer_id);
call guard_table('clue_duplicate_verdicts', 'duplicate_verdict', 'id');
revoke update on clue_duplicate_verdicts from ja_app;

-- A merged person is an alias of the survivor, one step deep: nothing that refers to it is rewritten.
alter table persons add column merged_into_id uuid references persons (id);
alter table persons add column absorbed_count integer not null default 0 check (absorbed_count >= 0);
alter table persons add column name_birth_index bytea;
alter table persons add constraint persons_merged check ((state <> 'merged' or merged_into_id is not null) and (merged_into_id is null or state in ('merged', 'erased')));
alter table persons add constraint persons_one_step check (merged_into_id is null or absorbed_count = 0);
create index persons_merged_into on persons (merged_into_id);
create index persons_name_birth on persons (name_birth_index);

create table person_merges (
  id uuid primary key,
  person_id uuid not null references persons (id),
  into_person_id uuid not null references persons (id),
  state text not null check (state in ('proposed', 'merged', 'reversed', 'withdrawn')),
  agency_id uuid not null references agencies (id),
  proposed_by uuid not null references officers (id),
  proposed_by_person_key text not null,
  proposed_at timestamptz not null,
  confirmed_by uuid references officers (id),
  confirmed_by_person_key text,
  merged_at timestamptz,
  ended_by uuid references officers (id),
  ended_at timestamptz,
  reason_sealed bytea not null,
  ending_sealed bytea,
  constraint person_merges_two check (person_id <> into_person_id),
  constraint person_merges_four_eyes check (confirmed_by_person_key <> proposed_by_person_key),
  constraint person_merges_confirmed check ((state in ('merged', 'reversed')) = (merged_at is not null)),
  constraint person_merges_ended check ((state in ('reversed', 'withdrawn')) = (ended_at is not null))
);
create unique index person_merges_open on person_merges (person_id) where state in ('proposed', 'merged');
create index person_merges_into on person_merges (into_person_id);
create index person_merges_agency on person_merges (agency_id);
create index person_merges_proposed_by on person_merges (proposed_by);
create index person_merges_confirmed_by on person_merges (confirmed_by);
create index person_merges_ended_by on person_merges (ended_by);
call guard_table('person_merges', 'person', 'person_id');

-- A review is settled by a person: what stands is kept, or what an officer proposed is adopted and the old values stay here.
alter table person_reviews add column proposed_sealed bytea;
alter table person_reviews add column proposed_by uuid references officers (id);
alter table person_reviews add column proposed_by_person_key text;
alter table person_reviews add column proposing_agency_id uuid references agencies (id);
alter table person_reviews add column outcome text check (outcome in ('kept', 'adopted'));
alter table person_reviews add column resolved_by uuid references officers (id);
alter table person_reviews add column resolved_by_person_key text;
alter table person_reviews add column resolved_at timestamptz;
alter table person_reviews add column resolution_sealed bytea;
alter table person_reviews add column version integer not null default 1;
alter table person_reviews add constraint person_reviews_four_eyes check (resolved_by_person_key <> proposed_by_person_key);
alter table person_reviews add constraint person_reviews_adopted check (outcome is distinct from 'adopted' or proposed_sealed is not null);
alter table person_reviews add constraint person_reviews_outcome check ((outcome is null) = (resolved_by is null) and (outcome is null or state = 'resolved'));
create index person_reviews_proposed_by on person_reviews (proposed_by);
create index person_reviews_agency on person_reviews (proposing_agency_id);
create index person_reviews_resolved_by on person_reviews (resolved_by);

-- Identity as it was before each change: append-only.
create table person_versions (
  id uuid primary key,
  person_id uuid not null references persons (id),
  review_id uuid references person_reviews (id),
  pointers text[] not null,
  former_sealed bytea not null,
  changed_by uuid not null references officers (id),
  changed_at timestamptz not null
);
create index person_versions_person on person_versions (person_id, id desc);
create index person_versions_review on person_versions (review_id);
create index person_versions_changed_by on person_versions (changed_by);
call guard_table('person_versions', 'person', 'person_id');
revoke update on person_versions from ja_app;

-- Who somebody is after all merges: an id, never a row.
create function person_survivor(wanted uuid) returns uuid language sql stable security definer set search_path = public
begin atomic
  select coalesce(p.merged_into_id, p.id) from persons p where p.id = wanted;
end;
-- All ids under which somebody is known, the survivor's and those merged into it.
create function person_aliases(wanted uuid) returns setof uuid language sql stable security definer set search_path = public
begin atomic
  with survivor as (select coalesce(p.merged_into_id, p.id) as id from persons p where p.id = wanted)
  select id from survivor union all select p.id from persons p join survivor on p.merged_into_id = survivor.id;
end;

create or replace function match_person(wanted bytea, name_d bytea, birth_d bytea, wanted_sex text)
returns table (person_id uuid, conflicts text[], unstated text[]) language sql stable security definer set search_path = public
begin atomic
  select coalesce(p.merged_into_id, p.id), array_remove(array[
    case when name_d is not null and p.name_digest is not null and p.name_digest <> name_d then '/name' end,
    case when birth_d is not null and p.birth_date_digest is not null and p.birth_date_digest <> birth_d then '/birthDate' end,
    case when wanted_sex <> 'unknown' and p.sex <> 'unknown' and p.sex <> wanted_sex then '/sex' end], null),
    array_remove(array[
    case when name_d is null and p.name_digest is not null then '/name' end,
    case when birth_d is null and p.birth_date_digest is not null then '/birthDate' end,
    case when wanted_sex = 'unknown' and p.sex <> 'unknown' then '/sex' end], null)
  from persons p where p.id_number_index = wanted;
end;

-- Clues and cases of all agencies that may be the same as a clue, for its receiver alone: the agency, dates and state of each, its
-- number only where the caller sees it. A clue that became a case is shown as the case.
create function clue_duplicates(wanted uuid)
returns table (kind text, resource_id uuid, root_id uuid, agency_id uuid, state text, opened_at timestamptz, decided_on date, number text, grounds text[])
language sql stable security definer set search_path = public
begin atomic
  with own as (select c.id, c.linked_key, c.case_id from clues c where c.id = wanted and c.receiving_agency_id = app_agency()),
  people as (
    select distinct coalesce(p.merged_into_id, p.id) as survivor, p.id_type, p.id_number_index, p.name_birth_index
    from own join clue_subjects s on s.clue_id = own.id join persons p on p.id = s.person_id),
  same as (
    select survivor as id, 'person' as ground from people
    union select p.id, 'person' from people join persons p on p.merged_into_id = people.survivor
    union select p.id, 'name_and_birth_date' from people join persons p on p.name_birth_index = people.name_birth_index
      -- two documents of one type are two people, whatever their names
      where coalesce(p.merged_into_id, p.id) <> people.survivor
        and not (p.id_type = people.id_type and p.id_number_index is not null and people.id_number_index is not null)),
  hits as (
    select 'clue' as kind, c.id, same.ground from same join clue_subjects s on s.person_id = same.id join clues c on c.id = s.clue_id
      where c.case_id is null
    union select 'case', b.case_id, same.ground from same join case_beneficiaries b on b.person_id = same.id
    union select 'clue', c.id, 'linked_case' from own join clues c on c.linked_key = own.linked_key where c.case_id is null
    union select 'case', k.id, 'linked_case' from own join assistance_cases k on k.linked_key = own.linked_key),
  found as (
    select h.kind, h.id, coalesce(k.clue_id, h.id) as root, coalesce(c.receiving_agency_id, k.handling_agency_id) as agency,
      coalesce(c.state, k.state) as state, coalesce(c.created_at, k.created_at) as opened, k.decided_on, coalesce(c.number, k.number) as number, h.ground
    from hits h
    left join clues c on h.kind = 'clue' and c.id = h.id
    left join assistance_cases k on h.kind = 'case' and k.id = h.id)
  select f.kind, f.id, f.root, f.agency, f.state, f.opened, f.decided_on,
    case when app_sees(f.kind, f.id) then f.number end, array_agg(distinct f.ground)
  from found f, own where f.root <> own.id and f.id is distinct from own.case_id
  group by f.kind, f.id, f.root, f.agency, f.state, f.opened, f.decided_on, f.number
  order by f.root desc limit 100;
end;

-- Aid of one person across all agencies, for an agency with a case of its own for them: agency, dates, kind, sums and state.
create function has_own_case(wanted uuid) returns boolean language sql stable security definer set search_path = public
begin atomic
  select exists (select from person_aliases(wanted) as alias (id) join case_beneficiaries b on b.person_id = alias.id
    join assistance_cases c on c.id = b.case_id where c.handling_agency_id = app_agency() and c.state <> 'withdrawn');
end;
-- The handling team of an own open case: its handler, or whoever heads the agency's department.
create function handles_person(wanted uuid, officer uuid, leads boolean) returns boolean language sql stable security definer set search_path = public
begin atomic
  select exists (select from person_aliases(wanted) as alias (id) join case_beneficiaries b on b.person_id = alias.id
    join assistance_cases c on c.id = b.case_id where c.handling_agency_id = app_agency()
      and c.state not in ('withdrawn', 'closed', 'revoked', 'refused') and (leads or c.handler_officer_id = officer));
end;
-- Whether another agency has a case for the person too: what it knows the person by is not changed behind its back.
create function handled_elsewhere(wanted uuid) returns boolean language sql stable security definer set search_path = public
begin atomic
  select exists (select from person_aliases(wanted) as alias (id) join case_beneficiaries b on b.person_id = alias.id
    join assistance_cases c on c.id = b.case_id where c.handling_agency_id <> app_agency() and c.state <> 'withdrawn');
end;
create function assistance_history(wanted uuid)
returns table (kind text, resource_id uuid, agency_id uuid, state text, opened_on date, decided_on date, last_on date, granted_fen bigint, paid_fen bigint, measure text, number text)
language sql stable security definer set search_path = public
begin atomic
  with known as (select alias.id from person_aliases(wanted) as alias (id) where has_own_case(wanted)),
  paid as (
    select d.beneficiary_id, sum(d.amount_fen - d.recovered_fen)::bigint as fen, max(d.paid_on) as last_on
    from known join disbursements d on d.person_id = known.id
    where d.state in ('settled', 'receipt_confirmed', 'receipt_disputed', 'in_custody', 'recovering', 'recovered', 'written_off')
    group by d.beneficiary_id),
  aid as (
    select 'judicial_assistance' as kind, c.id, c.handling_agency_id as agency, c.state, (c.created_at at time zone 'Asia/Shanghai')::date as opened_on,
      c.decided_on, paid.last_on, b.granted_fen, coalesce(paid.fen, 0) as paid_fen, null as measure,
      case when app_sees('case', c.id) then c.number end as number
    from known join case_beneficiaries b on b.person_id = known.id join assistance_cases c on c.id = b.case_id
    left join paid on paid.beneficiary_id = b.id
    union all
    select 'social_assistance', r.id, r.agency_id, r.state, r.sent_on, null, max(o.from_on), null, null, o.measure,
      case when app_sees('referral', r.id) then r.number end
    from known join referral_persons p on p.person_id = known.id join referrals r on r.id = p.referral_id
    join referral_outputs o on o.referral_id = r.id
    group by r.id, r.agency_id, r.state, r.sent_on, o.measure, r.number)
  select * from aid order by opened_on desc, id desc limit 200;
end;

-- People who were merged count once.
create or replace function statistics_summary(period_from date, period_to date, region_prefix text, wanted_category text, wanted_campaign text)
returns jsonb language sql stable security definer set search_path = public
begin atomic
  with aided as (
    select c.id as case_id, b.id as beneficiary_id, coalesce(p.merged_into_id, b.person_id) as person_id, b.categories, c.decided_on, a.level,
      case when length(region_prefix) = 2 and a.level <> 'province' then substr(a.region_code, 1, 4) || '00' else a.region_code end as region,
      b.sex = 'female' and b.minor_at_decision = false as woman, coalesce(b.minor_at_decision, false) as minor
    from assistance_cases c
    join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null
    join persons p on p.id = b.person_id
    join agencies a on a.id = c.handling_agency_id
    where c.decision_outcome = 'granted' and c.state <> 'revoked'
      and a.region_code like region_prefix || '%'
      and (wanted_category is null or wanted_category = any(b.categories))
      and (wanted_campaign is null or c.campaign_code = wanted_campaign)
  ),
  granted as (select * from aided where decided_on between period_from and period_to),
  -- what came back is taken off, in parts as it comes; a line that came back whole is not there
  paid as (
    select aided.*, d.amount_fen - d.recovered_fen as amount_fen, d.paid_on from aided join disbursements d on d.beneficiary_id = aided.beneficiary_id
    where d.paid_on between period_from and period_to
      and d.state in ('settled', 'receipt_confirmed', 'receipt_disputed', 'in_custody', 'recovering', 'recovered', 'written_off')
      and d.amount_fen > d.recovered_fen
  ),
  delivered as (
    select distinct coalesce(who.merged_into_id, p.person_id) as person_id from referral_outputs o
    join referrals r on r.id = o.referral_id
    join referral_persons p on p.referral_id = r.id
    join persons who on who.id = p.person_id
    join agencies a on a.id = r.sender_agency_id
    where o.from_on between period_from and period_to and a.region_code like region_prefix || '%'
      and ((wanted_category is null and wanted_campaign is null) or coalesce(who.merged_into_id, p.person_id) in (select person_id from aided))
  ),
  -- one line per fact, so that each breakdown is a grouping of the same rows
  facts as (
    select case_id, person_id, 0::bigint as fen, categories, decided_on as day, level, region, woman, minor from granted
    union all
    select null, null, amount_fen, categories, paid_on, level, region, woman, minor from paid
  )
  select jsonb_build_object(
    'cases', (select count(distinct case_id) from granted),
    'persons', (select count(distinct person_id) from granted),
    'fen', (select coalesce(sum(amount_fen), 0)::text from paid),
    'otherMeasuresPersons', (select count(*) from delivered),
    'women', jsonb_build_object(
      'persons', (select count(distinct person_id) from granted where woman),
      'fen', (select coalesce(sum(amount_fen), 0)::text from paid where woman),
      'otherMeasuresPersons', (select count(*) from delivered where person_id in (select person_id from aided where woman))),
    'minors', jsonb_build_object(
      'persons', (select count(distinct person_id) from granted where minor),
      'fen', (select coalesce(sum(amount_fen), 0)::text from paid where minor),
      'otherMeasuresPersons', (select count(*) from delivered where person_id in (select person_id from aided where minor))),
    'byCategory', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select category as key, count(distinct case_id) as cases, count(distinct person_id) as persons, sum(fen)::text as fen
      from facts, unnest(categories) as category group by category) g),
    'byRegion', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select region as key, count(distinct case_id) as cases, count(distinct person_id) as persons, sum(fen)::text as fen
      from facts group by region) g),
    'byYear', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select extract(year from day)::int::text as key, count(distinct case_id) as cases, count(distinct person_id) as persons, sum(fen)::text as fen
      from facts group by 1) g),
    'byLevel', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select level as key, count(distinct case_id) as cases, count(distinct person_id) as persons, sum(fen)::text as fen
      from facts group by level) g));
end;

revoke all on function person_survivor(uuid), person_aliases(uuid), clue_duplicates(uuid), has_own_case(uuid), handles_person(uuid, uuid, boolean), handled_elsewhere(uuid), assistance_history(uuid) from public;
grant execute on function person_survivor(uuid), person_aliases(uuid), clue_duplicates(uuid), has_own_case(uuid), handles_person(uuid, uuid, boolean), handled_elsewhere(uuid), assistance_history(uuid) to ja_app;
