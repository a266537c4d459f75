-- Sealed records (P-12, ADR 0022): a case that was sealed by decision, and all that hangs on it, is open to those alone who have a duty.
alter table assistance_cases
  add column sealed_at timestamptz,
  add column sealed_basis text,
  add column sealed_by uuid references officers (id),
  -- every decision to seal or unseal with its words: JSON [{act, on, officerId, basis, reason}]
  add column sealing_sealed bytea,
  add constraint assistance_cases_sealing check ((sealed_at is null) = (sealed_basis is null) and (sealed_at is null) = (sealed_by is null)
    and (sealed_at is null or sealing_sealed is not null));
create index assistance_cases_sealed on assistance_cases (id) where sealed_at is not null;
create index assistance_cases_sealed_by on assistance_cases (sealed_by) where sealed_by is not null;

-- Who of the agency still sees a sealed resource: officers by id, others by role; null where it is not sealed.
alter table access add column sealed_to text[];
create index access_sealed on access (kind, agency_id, resource_id) where sealed_to is not null;

-- What hangs on which sealed case; `of_*` is the resource by which sight of it is decided. Kept by the functions below, read by no role.
create table sealed_records (
  kind text not null,
  resource_id uuid not null,
  case_id uuid not null references assistance_cases (id),
  of_kind text not null,
  of_id uuid not null,
  primary key (resource_id, kind, case_id)
);
create index sealed_records_case on sealed_records (case_id);

-- The same question as before and one more: sealed, and not to the caller. The setting is only read where a row is sealed.
create or replace function app_sees(wanted_kind text, wanted_id uuid) returns boolean language sql stable parallel safe
  return exists (
    select 1 from access a
    where a.kind = wanted_kind and a.agency_id = (select nullif(current_setting('app.agency', true), '')::uuid)
      and a.resource_id = wanted_id and (a.until is null or a.until > now())
      and (a.relation <> 'oversight' or (select current_setting('app.oversight', true)) = 'on')
      and (a.sealed_to is null or a.sealed_to && (select nullif(current_setting('app.duties', true), '')::text[])));

create or replace procedure guard_table(table_name regclass, wanted_kind text, id_column text) language plpgsql as $$
declare
  seen text := format('exists (select 1 from access a where a.kind = %L
    and a.agency_id = (select nullif(current_setting(''app.agency'', true), '''')::uuid) and a.resource_id = %s.%I
    and (a.until is null or a.until > now())
    and (a.relation <> ''oversight'' or (select current_setting(''app.oversight'', true)) = ''on'')
    and (a.sealed_to is null or a.sealed_to && (select nullif(current_setting(''app.duties'', true), '''')::text[])))',
    wanted_kind, table_name, id_column);
begin
  execute format('alter table %s enable row level security', table_name);
  execute format('alter table %s force row level security', table_name);
  execute format('create policy owner_all on %s to %I using (true) with check (true)', table_name, current_user);
  execute format('create policy app_read on %s for select to ja_app using (%s)', table_name, seen);
  execute format('create policy app_change on %s for update to ja_app using (%s)', table_name, seen);
  execute format('create policy app_add on %s for insert to ja_app with check (app_agency() is not null)', table_name);
  execute format('grant select, insert, update on %s to ja_app', table_name);
end $$;

-- The policies that stand already.
do $$
declare
  p record;
  found text[];
begin
  for p in select schemaname, tablename, policyname, qual from pg_policies
    where qual like '%FROM access a%' and qual not like '%sealed_to%' loop
    found := regexp_match(p.qual, 'a\.kind = ''(\w+)''::text.*a\.resource_id = (\w+)\.(\w+)');
    if found is null or p.qual not like '%oversight%' then raise exception 'a policy that is not understood: %.%', p.tablename, p.policyname; end if;
    execute format('alter policy %I on %I.%I using (exists (select 1 from access a where a.kind = %L
      and a.agency_id = (select nullif(current_setting(''app.agency'', true), '''')::uuid) and a.resource_id = %I.%I
      and (a.until is null or a.until > now())
      and (a.relation <> ''oversight'' or (select current_setting(''app.oversight'', true)) = ''on'')
      and (a.sealed_to is null or a.sealed_to && (select nullif(current_setting(''app.duties'', true), '''')::text[]))))',
      p.policyname, p.schemaname, p.tablename, found[1], found[2], found[3]);
  end loop;
end $$;

-- Sealed, and the caller has no duty: what looks past row security, or reads tables that hang on no visible row, asks this.
create function app_barred(wanted_kind text, wanted_id uuid) returns boolean language sql stable security definer set search_path = public
begin atomic
  select exists (select from sealed_records s where s.kind = wanted_kind and s.resource_id = wanted_id)
    and not app_sees(wanted_kind, wanted_id);
end;

-- What befell a fund or a person may name the case behind it: told to those alone who see that.
create function app_tells(told jsonb) returns boolean language sql stable security definer set search_path = public
begin atomic
  select not exists (select from sealed_records s
    where s.resource_id = any (array[(told ->> 'assistanceCaseId')::uuid, (told ->> 'disbursementId')::uuid])
      and s.kind in ('case', 'disbursement') and not app_sees(s.kind, s.resource_id));
end;
revoke all on function app_tells(jsonb) from public;
grant execute on function app_tells(jsonb) to ja_app;
alter policy app_read on events using (app_sees(kind, resource_id) and (kind not in ('fund', 'person') or app_tells(data)));
alter policy app_read on audit_records using (app_sees(kind, resource_id) and (kind not in ('fund', 'person') or app_tells(data)));

-- What awaits the officers of an agency, but for those who may not know of it.
alter policy app_own on work_items
  using ((select app_agency()) = '00000000-0000-0000-0000-000000000000' or (agency_id = (select app_agency()) and not exists (
    select from access a where a.kind = work_items.kind and a.agency_id = (select app_agency()) and a.resource_id = work_items.resource_id
      and a.sealed_to is not null
      and not coalesce(a.sealed_to && (select nullif(current_setting('app.duties', true), '')::text[]), false))));
-- Who audits a territory does not look into what is sealed there either; that a person was looked at says nothing of a case.
alter policy audit_read on audit_records
  using ((select current_setting('app.audit', true)) = 'on' and agency_id = any ((select app_territory())::uuid[])
    and (kind = 'person' or not app_barred(kind, resource_id)) and (kind not in ('fund', 'person') or app_tells(data)));

-- The case, what was made for it, its people, and what hangs on any of them.
create function seal_members(wanted uuid) returns table (kind text, id uuid, of_kind text, of_id uuid)
language sql stable security definer set search_path = public
begin atomic
  with wanted_case as (select c.id, c.clue_id from assistance_cases c where c.id = wanted),
  accounts as (select t.account_id as id from account_cases t where t.case_id = wanted),
  core (kind, id) as (
    select 'case', c.id from wanted_case c
    union select 'clue', c.clue_id from wanted_case c where c.clue_id is not null
    union select 'disbursement', d.id from disbursements d where d.case_id = wanted
    union select 'notice', n.id from case_notices n where n.case_id = wanted
    union select 'account', t.id from accounts t
    union select 'referral', r.id from referrals r where r.assistance_case_id = wanted
    union select 'referral', r.id from wanted_case c join referrals r on r.clue_id = c.clue_id
    union select 'referral', r.id from accounts t join account_referrals x on x.account_id = t.id join referrals r on r.id = x.referral_id
      where r.assistance_case_id is null
    union select 'visit', v.id from visits v where v.assistance_case_id = wanted
    union select 'visit', v.id from accounts t join visits v on v.monitoring_account_id = t.id where v.assistance_case_id is null)
  select kind, id, kind, id from core
  union select 'person', b.person_id, 'person', b.person_id from case_beneficiaries b where b.case_id = wanted
  union select 'document', d.id, core.kind, core.id from core join documents d on d.parent_id = core.id
  union select 'deadline', d.id, core.kind, core.id from core join deadlines d on d.subject_id = core.id
  union select 'work_item', w.id, core.kind, core.id from core join work_items w on w.resource_id = core.id
  union select 'work_item', w.id, core.kind, core.id from core join deadlines d on d.subject_id = core.id join work_items w on w.resource_id = d.id
  union select 'legal_hold', h.id, core.kind, core.id from core join legal_holds h on h.subject_id = core.id
  union select 'break_glass_grant', g.id, core.kind, core.id from core join break_glass_grants g on g.subject_id = core.id
  union select 'duplicate_verdict', v.id, core.kind, core.id from core join clue_duplicate_verdicts v on v.clue_id = core.id;
end;

-- Who of an agency has a duty in a sealed resource: the assigned handler and those who lead in the handling agency; above, the chief
-- who was asked to decide; finance and treasury while a payment awaits them; those who answer a referral, for the referral.
create function seal_duties(wanted_kind text, wanted_id uuid, of_agency uuid) returns text[]
language sql stable security definer set search_path = public
begin atomic
  with held as (
    select s.of_kind, s.of_id, c.id as case_id, c.handling_agency_id, c.handler_officer_id::text as handler, a.relation
    from sealed_records s join assistance_cases c on c.id = s.case_id
    left join access a on a.kind = s.of_kind and a.resource_id = s.of_id and a.agency_id = of_agency
    where s.kind = wanted_kind and s.resource_id = wanted_id),
  awaiting as (
    select held.of_kind, d.agency_id, d.share_agency_id, d.treasury_agency_id from held join disbursements d on d.case_id = held.case_id
    where d.state in ('authorised', 'submitted', 'unknown', 'failed', 'in_custody', 'recovering')
      and (held.of_kind = 'case' or (held.of_kind = 'disbursement' and d.id = held.of_id))),
  duty (who) as (
    select unnest(array['head', 'chief', handler]) from held where handling_agency_id = of_agency
    union select 'chief' from held where of_kind in ('case', 'disbursement') and relation in ('partner', 'treasury')
    union select 'finance' from awaiting where of_agency in (agency_id, share_agency_id)
    union select 'treasury_officer' from awaiting where of_kind = 'disbursement' and of_agency = treasury_agency_id
    union select unnest(array['dept_officer', 'wf_officer']) from held where of_kind = 'referral' and relation = 'recipient')
  select coalesce(array_agg(who order by who), '{}') from duty where who is not null;
end;

-- An agency that knows the person by another case or account goes on knowing the person.
create function known_otherwise(wanted_person uuid, of_agency uuid) returns boolean language sql stable security definer set search_path = public
begin atomic
  with records (kind, id) as (
    select 'case', b.case_id from person_aliases(wanted_person) as alias (id) join case_beneficiaries b on b.person_id = alias.id
    union select 'account', m.id from person_aliases(wanted_person) as alias (id) join monitoring_accounts m on m.person_id = alias.id)
  select exists (select from records r join access a on a.kind = r.kind and a.resource_id = r.id and a.agency_id = of_agency
    where (a.until is null or a.until > now())
      and not exists (select from sealed_records s where s.kind = r.kind and s.resource_id = r.id));
end;

-- Writes what hangs on a case, sealed or unsealed, and who still sees it.
create function seal_refresh(wanted uuid) returns void language plpgsql security definer set search_path = public as $$
declare
  touched uuid[];
begin
  touched := array(select s.resource_id from sealed_records s where s.case_id = wanted);
  delete from sealed_records s where s.case_id = wanted;
  insert into sealed_records (kind, resource_id, case_id, of_kind, of_id)
    select m.kind, m.id, wanted, m.of_kind, m.of_id from assistance_cases c cross join lateral seal_members(c.id) m
    where c.id = wanted and c.sealed_at is not null on conflict do nothing;
  touched := touched || array(select s.resource_id from sealed_records s where s.case_id = wanted);
  update access a set sealed_to = n.duties
  from (
    select o.kind, o.resource_id, o.agency_id, case
      when not exists (select from sealed_records s where s.kind = o.kind and s.resource_id = o.resource_id) then null
      when o.kind = 'person' and known_otherwise(o.resource_id, o.agency_id) then null
      else seal_duties(o.kind, o.resource_id, o.agency_id) end as duties
    from access o
    where o.resource_id = any (touched) and o.agency_id <> '00000000-0000-0000-0000-000000000000'
      and o.kind in ('case', 'clue', 'disbursement', 'notice', 'account', 'referral', 'visit', 'person', 'document', 'deadline', 'work_item',
        'legal_hold', 'break_glass_grant', 'duplicate_verdict')
    order by o.kind, o.resource_id, o.agency_id) n
  where a.kind = n.kind and a.resource_id = n.resource_id and a.agency_id = n.agency_id and a.sealed_to is distinct from n.duties;
end $$;

-- Before a case is sealed or unsealed: waits for every write that may just have added to it. The others wait for nobody.
create function seal_alone() returns void language sql volatile security definer set search_path = public
begin atomic
  select pg_advisory_xact_lock(30, 12);
end;

-- What a write has touched, seen from the sealed cases: new children are sealed with their case, and a changed duty is a changed sight.
create function seal_follow(ids uuid[]) returns void language plpgsql security definer set search_path = public as $$
declare
  found uuid;
begin
  perform pg_advisory_xact_lock_shared(30, 12);
  if not exists (select from assistance_cases c where c.sealed_at is not null) and not exists (select from sealed_records) then return; end if;
  for found in
    select distinct t.id from (
      select unnest(ids) as id
      union select s.case_id from sealed_records s where s.resource_id = any (ids)
      union select c.id from assistance_cases c where c.clue_id = any (ids)
      union select d.case_id from disbursements d where d.id = any (ids)
      union select r.assistance_case_id from referrals r where r.id = any (ids)
      union select c.id from referrals r join assistance_cases c on c.clue_id = r.clue_id where r.id = any (ids)
      union select v.assistance_case_id from visits v where v.id = any (ids)
      union select x.case_id from visits v join account_cases x on x.account_id = v.monitoring_account_id where v.id = any (ids)
      union select n.case_id from case_notices n where n.id = any (ids)
      union select x.case_id from account_cases x where x.account_id = any (ids)
      union select b.case_id from unnest(ids) as p (id) cross join lateral person_aliases(p.id) as alias (id)
        join case_beneficiaries b on b.person_id = alias.id
      union select s.case_id from documents d join sealed_records s on s.resource_id = d.parent_id where d.id = any (ids)
      union select s.case_id from deadlines d join sealed_records s on s.resource_id = d.subject_id where d.id = any (ids)
      union select s.case_id from work_items w join sealed_records s on s.resource_id = w.resource_id where w.id = any (ids)
      union select s.case_id from legal_holds h join sealed_records s on s.resource_id = h.subject_id where h.id = any (ids)
      union select s.case_id from break_glass_grants g join sealed_records s on s.resource_id = g.subject_id where g.id = any (ids)
      union select s.case_id from clue_duplicate_verdicts v join sealed_records s on s.resource_id = v.clue_id where v.id = any (ids)
    ) t join assistance_cases c on c.id = t.id
    where c.sealed_at is not null or exists (select from sealed_records s where s.case_id = c.id)
    order by 1
  loop
    perform seal_refresh(found);
  end loop;
end $$;
revoke all on function app_barred(text, uuid), seal_members(uuid), seal_duties(text, uuid, uuid), known_otherwise(uuid, uuid), seal_refresh(uuid),
  seal_alone(), seal_follow(uuid[]) from public;
grant execute on function app_barred(text, uuid), seal_alone(), seal_follow(uuid[]) to ja_app;

-- What looks across agencies passes over what is sealed to the caller.
create or replace function has_own_case(wanted uuid) returns boolean language sql stable security definer set search_path = public
begin atomic
  select exists (select from person_aliases(wanted) as alias (id) join case_beneficiaries b on b.person_id = alias.id
    join assistance_cases c on c.id = b.case_id
    where c.handling_agency_id = app_agency() and c.state <> 'withdrawn' and not app_barred('case', c.id));
end;
create or replace function handles_person(wanted uuid, officer uuid, leads boolean) returns boolean language sql stable security definer set search_path = public
begin atomic
  select exists (select from person_aliases(wanted) as alias (id) join case_beneficiaries b on b.person_id = alias.id
    join assistance_cases c on c.id = b.case_id where c.handling_agency_id = app_agency()
      and c.state not in ('withdrawn', 'closed', 'revoked', 'refused') and (leads or c.handler_officer_id = officer)
      and not app_barred('case', c.id));
end;
alter function assistance_history(uuid) rename to assistance_history_whole;
create function assistance_history(wanted uuid)
returns table (kind text, resource_id uuid, agency_id uuid, state text, opened_on date, decided_on date, last_on date, granted_fen bigint, paid_fen bigint, measure text, number text)
language sql stable security definer set search_path = public
begin atomic
  select h.* from assistance_history_whole(wanted) h
  where not app_barred(case h.kind when 'judicial_assistance' then 'case' else 'referral' end, h.resource_id);
end;
alter function clue_duplicates(uuid) rename to clue_duplicates_whole;
create function clue_duplicates(wanted uuid)
returns table (kind text, resource_id uuid, root_id uuid, agency_id uuid, state text, opened_at timestamptz, decided_on date, number text, grounds text[])
language sql stable security definer set search_path = public
begin atomic
  select d.* from clue_duplicates_whole(wanted) d where not app_barred('clue', wanted) and not app_barred(d.kind, d.resource_id);
end;
alter function referrals_to_check(uuid, uuid, uuid[]) rename to referrals_to_check_whole;
create function referrals_to_check(of_case uuid, of_agency uuid, of_persons uuid[])
returns table (id uuid, agency_id uuid, measures text[]) language sql stable security definer set search_path = public
begin atomic
  select r.* from referrals_to_check_whole(of_case, of_agency, of_persons) r where not app_barred('referral', r.id);
end;
-- An erasure that two people have confirmed reaches what is sealed too; an export shows what its reader may see.
alter function subject_rows(uuid) rename to subject_rows_whole;
create function subject_rows(wanted uuid) returns table (name text, row_id text, content jsonb)
language plpgsql stable security definer set search_path = public as $$
#variable_conflict use_column
begin
  if not exists (select from sealed_records) or app_agency() = '00000000-0000-0000-0000-000000000000' or exists (
    select from person_erasures e where e.person_id in (select * from person_aliases(wanted)) and e.state = 'erased'
      and e.agency_id = app_agency() and e.keys_destroyed is null)
  then return query select * from subject_rows_whole(wanted); return; end if;
  return query select r.name, r.row_id, r.content from subject_rows_whole(wanted) r
    where not exists (select from jsonb_each_text(r.content) v join sealed_records s on s.resource_id::text = v.value
      where s.kind <> 'person' and not app_sees(s.kind, s.of_id));
end $$;
revoke all on function assistance_history_whole(uuid), clue_duplicates_whole(uuid), referrals_to_check_whole(uuid, uuid, uuid[]), subject_rows_whole(uuid) from public, ja_app;
revoke all on function assistance_history(uuid), clue_duplicates(uuid), referrals_to_check(uuid, uuid, uuid[]), subject_rows(uuid) from public;
grant execute on function assistance_history(uuid), clue_duplicates(uuid), referrals_to_check(uuid, uuid, uuid[]), subject_rows(uuid) to ja_app;
create or replace function retention_due(due_before date, before uuid, most integer) returns table (id uuid, last_on text, held boolean, open boolean)
language sql stable security definer set search_path = public
begin atomic
  select p.id, found.of ->> 'lastOn', (found.of ->> 'holds')::int > 0,
    (found.of ->> 'clues')::int + (found.of ->> 'assistanceCases')::int + (found.of ->> 'disbursements')::int + (found.of ->> 'referrals')::int
      + (found.of ->> 'visits')::int + (found.of ->> 'monitoringAccounts')::int > 0
  from access a join persons p on p.id = a.resource_id cross join lateral (select erasure_obstacles(p.id) as of) found
  where a.kind = 'person' and a.agency_id = app_agency() and a.relation in ('handler', 'owner') and p.state = 'active'
    and (a.sealed_to is null or a.sealed_to && nullif(current_setting('app.duties', true), '')::text[])
    and (before is null or a.resource_id < before) and p.updated_at < due_before and (found.of ->> 'lastOn')::date < due_before
  order by a.resource_id desc limit most;
end;
-- Awards of sealed cases guide nobody.
create or replace function comparable_awards(but_case uuid, wanted_eligibility text, wanted_categories text[], region_prefix text, decided_year integer)
returns jsonb language sql stable security definer set search_path = public
begin atomic
  with alike as (
    select c.id as case_id, b.person_id, b.granted_fen
    from assistance_cases c
    join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null
    join agencies a on a.id = c.handling_agency_id
    where c.decision_outcome = 'granted' and c.state <> 'revoked' and c.id <> but_case
      and not exists (select from sealed_records s where s.kind = 'case' and s.resource_id = c.id)
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
-- A figure counts what is sealed only where at least five people stand behind the sealed part of it, so that whoever knows all the rest
-- learns of no single one; a row of nothing else is not there.
create or replace function statistics_summary(period_from date, period_to date, region_prefix text, wanted_category text, wanted_campaign text)
returns jsonb language sql stable security definer set search_path = public
begin atomic
  with aided as (
    select c.id as case_id, b.id as beneficiary_id, coalesce(p.merged_into_id, b.person_id) as person_id, b.categories, c.decided_on, a.level,
      case when length(region_prefix) = 2 and a.level <> 'province' then substr(a.region_code, 1, 4) || '00' else a.region_code end as region,
      b.sex = 'female' and b.minor_at_decision = false as woman, coalesce(b.minor_at_decision, false) as minor,
      exists (select from sealed_records s where s.kind = 'case' and s.resource_id = c.id) as sealed
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
    select coalesce(who.merged_into_id, p.person_id) as person_id,
      bool_and(exists (select from sealed_records s where s.kind = 'referral' and s.resource_id = r.id)) as sealed from referral_outputs o
    join referrals r on r.id = o.referral_id
    join referral_persons p on p.referral_id = r.id
    join persons who on who.id = p.person_id
    join agencies a on a.id = r.sender_agency_id
    where o.from_on between period_from and period_to and a.region_code like region_prefix || '%'
      and ((wanted_category is null and wanted_campaign is null) or coalesce(who.merged_into_id, p.person_id) in (select person_id from aided))
    group by 1
  ),
  -- one line per fact, so that each breakdown is a grouping of the same rows
  facts as (
    select case_id, person_id, 0::bigint as fen, categories, decided_on as day, level, region, woman, minor, sealed from granted
    union all
    select null, null, amount_fen, categories, paid_on, level, region, woman, minor, sealed from paid
  )
  select jsonb_build_object(
    'cases', (select case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct case_id) else count(distinct case_id) filter (where not sealed) end from granted),
    'persons', (select case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct person_id) else count(distinct person_id) filter (where not sealed) end from granted),
    'fen', (select (case when count(distinct person_id) filter (where sealed) >= 5 then coalesce(sum(amount_fen), 0) else coalesce(sum(amount_fen) filter (where not sealed), 0) end)::text from paid),
    'otherMeasuresPersons', (select case when count(*) filter (where sealed) >= 5 then count(*) else count(*) filter (where not sealed) end from delivered),
    'women', jsonb_build_object(
      'persons', (select case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct person_id) else count(distinct person_id) filter (where not sealed) end from granted where woman),
      'fen', (select (case when count(distinct person_id) filter (where sealed) >= 5 then coalesce(sum(amount_fen), 0) else coalesce(sum(amount_fen) filter (where not sealed), 0) end)::text from paid where woman),
      'otherMeasuresPersons', (select case when count(*) filter (where sealed) >= 5 then count(*) else count(*) filter (where not sealed) end from delivered where person_id in (select person_id from aided where woman))),
    'minors', jsonb_build_object(
      'persons', (select case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct person_id) else count(distinct person_id) filter (where not sealed) end from granted where minor),
      'fen', (select (case when count(distinct person_id) filter (where sealed) >= 5 then coalesce(sum(amount_fen), 0) else coalesce(sum(amount_fen) filter (where not sealed), 0) end)::text from paid where minor),
      'otherMeasuresPersons', (select case when count(*) filter (where sealed) >= 5 then count(*) else count(*) filter (where not sealed) end from delivered where person_id in (select person_id from aided where minor))),
    'byCategory', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select category as key, case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct case_id) else count(distinct case_id) filter (where not sealed) end as cases,
        case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct person_id) else count(distinct person_id) filter (where not sealed) end as persons,
        (case when count(distinct person_id) filter (where sealed) >= 5 then sum(fen) else sum(fen) filter (where not sealed) end)::text as fen
      from facts, unnest(categories) as category group by category having bool_or(not sealed) or count(distinct person_id) filter (where sealed) >= 5) g),
    'byRegion', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select region as key, case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct case_id) else count(distinct case_id) filter (where not sealed) end as cases,
        case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct person_id) else count(distinct person_id) filter (where not sealed) end as persons,
        (case when count(distinct person_id) filter (where sealed) >= 5 then sum(fen) else sum(fen) filter (where not sealed) end)::text as fen
      from facts group by region having bool_or(not sealed) or count(distinct person_id) filter (where sealed) >= 5) g),
    'byYear', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select extract(year from day)::int::text as key, case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct case_id) else count(distinct case_id) filter (where not sealed) end as cases,
        case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct person_id) else count(distinct person_id) filter (where not sealed) end as persons,
        (case when count(distinct person_id) filter (where sealed) >= 5 then sum(fen) else sum(fen) filter (where not sealed) end)::text as fen
      from facts group by 1 having bool_or(not sealed) or count(distinct person_id) filter (where sealed) >= 5) g),
    'byLevel', (select coalesce(jsonb_agg(g order by g.key), '[]') from (
      select level as key, case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct case_id) else count(distinct case_id) filter (where not sealed) end as cases,
        case when count(distinct person_id) filter (where sealed) >= 5 then count(distinct person_id) else count(distinct person_id) filter (where not sealed) end as persons,
        (case when count(distinct person_id) filter (where sealed) >= 5 then sum(fen) else sum(fen) filter (where not sealed) end)::text as fen
      from facts group by level having bool_or(not sealed) or count(distinct person_id) filter (where sealed) >= 5) g));
end;
