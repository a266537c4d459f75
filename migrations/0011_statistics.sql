-- The summary: sums over all agencies of a region, so it runs as owner and answers figures only, never a row of a person.
create function statistics_summary(period_from date, period_to date, region_prefix text, wanted_category text, wanted_campaign text)
returns jsonb language sql stable security definer set search_path = public
begin atomic
  with aided as (
    select c.id as case_id, b.id as beneficiary_id, b.person_id, b.categories, c.decided_on, a.level,
      case when length(region_prefix) = 2 and a.level <> 'province' then substr(a.region_code, 1, 4) || '00' else a.region_code end as region,
      b.sex = 'female' and b.minor_at_decision = false as woman, coalesce(b.minor_at_decision, false) as minor
    from assistance_cases c
    join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null
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
    select distinct p.person_id from referral_outputs o
    join referrals r on r.id = o.referral_id
    join referral_persons p on p.referral_id = r.id
    join agencies a on a.id = r.sender_agency_id
    where o.from_on between period_from and period_to and a.region_code like region_prefix || '%'
      and ((wanted_category is null and wanted_campaign is null) or p.person_id in (select person_id from aided))
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
revoke all on function statistics_summary(date, date, text, text, text) from public;
grant execute on function statistics_summary(date, date, text, text, text) to ja_app;
