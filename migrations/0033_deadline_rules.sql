-- Rules of deadlines as data (domain §8): editions that nobody changes, each with its basis, its facts and its worked examples.
create table deadline_rules (
  id uuid primary key,
  -- newest last: of two that are in force on a day the later one counts
  position integer not null unique,
  code text not null,
  edition text not null,
  name text not null,
  name_en text not null,
  party text not null check (party in ('finder', 'procuratorate', 'committee', 'treasury', 'recipient_agency')),
  n integer not null check (n between 0 and 1000),
  unit text not null check (unit in ('working_day', 'month')),
  basis text not null,
  mark text not null check (mark in ('verified', 'secondary', 'assumption')),
  start_facts text[] not null,
  stop_facts text[] not null,
  -- null: everywhere; else in that region and all below it
  region_code text check (region_code ~ '^[0-9]{6}$'),
  valid_from date,
  valid_to date,
  test_cases jsonb not null,
  created_by uuid references officers (id),
  created_at timestamptz not null default now(),
  unique (code, edition),
  check (valid_from <= valid_to)
);
create index deadline_rules_created_by on deadline_rules (created_by) where created_by is not null;
grant select, insert on deadline_rules to ja_app;
-- what every process holds of them in memory is as old as its edition (migration 0029)
create trigger deadline_rules_edition after insert or update or delete on deadline_rules
  for each statement execute function next_directory_edition();

insert into deadline_rules (id, code, name, name_en, party, n, unit, basis, mark, start_facts, stop_facts, test_cases, edition, position)
select v.id::uuid, v.code, v.name, v.name_en, v.party, v.n, v.unit, v.basis, v.mark, v.starts::text[], v.stops::text[], v.cases::jsonb, '2026-11',
  row_number() over (order by v.id)
from (values
  ('01932000-0000-7000-8000-000000000001', 'D-CLUE', '发现当事人至移送线索', 'Person found → clue transferred', 'finder', 5, 'working_day',
   '高检发〔2019〕3号 gives the poverty department 5 days [S S17]; for the Federation "随时/及时" without a number [S S14]', 'assumption',
   '{clue.submitted}',
   '{clue.submitted}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]'),
  ('01932000-0000-7000-8000-000000000002', 'D-EMERG', '急需救治者至告知检察院', 'Urgent treatment → procuratorate told', 'finder', 0, 'working_day',
   '高检发〔2019〕3号: immediately [S S17]', 'secondary',
   '{clue.submitted}',
   '{clue.submitted}',
   '[{"startedOn":"2026-02-12","dueOn":"2026-02-12"}]'),
  ('01932000-0000-7000-8000-000000000003', 'D-SUPP', '材料不全至一次性告知', 'Incomplete material → one-time notice', 'procuratorate', 5, 'working_day',
   '2016 rules: on the spot or within 5 days', 'assumption',
   '{}',
   '{}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]'),
  ('01932000-0000-7000-8000-000000000004', 'D-ACCEPT', '收到线索至决定是否受理', 'Clue received → accepted or not', 'procuratorate', 5, 'working_day',
   'Default of this service', 'assumption',
   '{clue.submitted}',
   '{clue.accepted,clue.rejected,clue.routed_to_social_assistance,clue.withdrawn}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]'),
  ('01932000-0000-7000-8000-000000000005', 'D-ACCEPT-GREEN', '收到线索至决定是否受理（绿色通道）', 'Clue received → accepted or not (green channel)', 'procuratorate', 3, 'working_day',
   'Default of this service', 'assumption',
   '{clue.submitted}',
   '{clue.accepted,clue.rejected,clue.routed_to_social_assistance,clue.withdrawn}',
   '[{"startedOn":"2026-02-12","dueOn":"2026-02-24"}]'),
  ('01932000-0000-7000-8000-000000000006', 'D-DECIDE', '申请齐备至作出决定', 'Complete application → decision', 'procuratorate', 10, 'working_day',
   '中政委〔2014〕3号 [S S8, several guides]; 2021 rules [A-recall]', 'secondary',
   '{case.opened,case.reconsidered}',
   '{case.granted,case.refused,case.withdrawn}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-03-07"},{"startedOn":"2026-02-12","dueOn":"2026-03-04"}]'),
  ('01932000-0000-7000-8000-000000000007', 'D-PLC', '政法委审核', 'Political-Legal Committee audit where used', 'committee', 10, 'working_day',
   'Provincial practice [S S25]', 'secondary',
   '{}',
   '{}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-03-07"},{"startedOn":"2026-02-12","dueOn":"2026-03-04"}]'),
  ('01932000-0000-7000-8000-000000000008', 'D-ADV', '先行救助至批准', 'Emergency advance → approved', 'procuratorate', 1, 'working_day',
   '2016 rules: immediately [V S3]; number [A]', 'assumption',
   '{}',
   '{}',
   '[{"startedOn":"2026-02-13","dueOn":"2026-02-14"}]'),
  ('01932000-0000-7000-8000-000000000009', 'D-ADV-PAPERS', '先行救助后补办手续', 'Emergency advance → papers completed', 'procuratorate', 10, 'working_day',
   '2016 rules: "及时" [V S3]; number [A]', 'assumption',
   '{case.advance_approved}',
   '{case.granted,case.refused,case.withdrawn}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-03-07"},{"startedOn":"2026-02-12","dueOn":"2026-03-04"}]'),
  ('01932000-0000-7000-8000-000000000010', 'D-FIN', '决定至向财政申请拨款', 'Decision → application to the finance department', 'procuratorate', 5, 'working_day',
   'Rules of the procuratorates', 'assumption',
   '{case.granted}',
   '{disbursement.submitted,case.closed,case.revoked}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]'),
  ('01932000-0000-7000-8000-000000000011', 'D-NOTIFY', '款项拨付至通知领取', 'Money appropriated → recipient told', 'procuratorate', 2, 'working_day',
   '中政委〔2014〕3号 [S S8, guides]', 'secondary',
   '{disbursement.appropriated}',
   '{disbursement.notified,disbursement.settled,disbursement.voided}',
   '[{"startedOn":"2026-09-29","dueOn":"2026-10-08"}]'),
  ('01932000-0000-7000-8000-000000000012', 'D-PAY', '通知至发放', 'Recipient told → paid', 'procuratorate', 5, 'working_day',
   'Default of this service', 'assumption',
   '{disbursement.notified}',
   '{disbursement.settled,disbursement.voided}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]'),
  ('01932000-0000-7000-8000-000000000013', 'D-REFER', '结案至移送材料给部门', 'Case closed → documents to the department', 'procuratorate', 5, 'working_day',
   '高检发〔2019〕3号 [S S17]; a county counts 5 days from the inquiry [S S50]', 'secondary',
   '{case.closed}',
   '{referral.requested,case.revoked}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]'),
  ('01932000-0000-7000-8000-000000000014', 'D-FEEDBACK', '结案至向线索来源反馈', 'Case closed → result told to the source', 'procuratorate', 5, 'working_day',
   'After closing, without a number [S S14]', 'assumption',
   '{clue.rejected,clue.routed_to_social_assistance,clue.case_ended}',
   '{clue.answered,clue.case_reopened}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]'),
  ('01932000-0000-7000-8000-000000000015', 'D-DEPT', '收到移送至答复', 'Referral sent → answer of the department', 'recipient_agency', 10, 'working_day',
   'Default of this service', 'assumption',
   '{referral.requested}',
   '{referral.accepted,referral.rejected,referral.cancelled,referral.forwarded}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-03-07"},{"startedOn":"2026-02-12","dueOn":"2026-03-04"}]'),
  ('01932000-0000-7000-8000-000000000016', 'D-DELIVER', '接受移送至落实措施', 'Referral accepted → measure delivered', 'recipient_agency', 30, 'working_day',
   'Default of this service', 'assumption',
   '{referral.accepted}',
   '{referral.completed,referral.failed,referral.cancelled,referral.forwarded}',
   '[{"startedOn":"2026-03-02","dueOn":"2026-04-14"}]'),
  ('01932000-0000-7000-8000-000000000017', 'D-MEET', '与妇联会商', 'Consultation with the Federation', 'procuratorate', 1, 'month',
   '每月会商 [S S11]', 'secondary',
   '{}',
   '{}',
   '[{"startedOn":"2026-01-31","dueOn":"2026-02-28"}]'),
  ('01932000-0000-7000-8000-000000000018', 'D-VISIT', '发放至首次回访', 'Payment → first return visit', 'procuratorate', 3, 'month',
   'Rule text says "定期" only [V seed]', 'assumption',
   '{visit.planned}',
   '{visit.done,visit.cancelled}',
   '[{"startedOn":"2026-11-30","dueOn":"2027-02-28"}]'),
  ('01932000-0000-7000-8000-000000000019', 'D-VISIT-NEXT', '回访至下次回访', 'Visit → next visit', 'procuratorate', 6, 'month',
   'Rule text says "定期" only [V seed]; ends after two visits without findings [A]', 'assumption',
   '{}',
   '{}',
   '[{"startedOn":"2026-08-31","dueOn":"2027-02-28"}]'),
  ('01932000-0000-7000-8000-000000000020', 'D-NOTICE', '办结通报至妇联签收', 'Case notice sent → receipt of the Federation', 'recipient_agency', 5, 'working_day',
   'Default of this service', 'assumption',
   '{notice.sent}',
   '{notice.received}',
   '[{"startedOn":"2023-02-21","dueOn":"2023-02-28"},{"startedOn":"2023-01-18","dueOn":"2023-01-30"}]')
) as v (id, code, name, name_en, party, n, unit, basis, mark, starts, stops, cases);

-- The sweep looks at a running clock on the day of its next effect; whom a breach was reported to sees that clock.
alter table deadlines
  add column next_on date,
  add column escalated_to uuid references agencies (id),
  add column supervised_on date;
update deadlines set next_on = soon_on where state = 'running';
update deadlines set rule = jsonb_set(rule, '{mark}', case rule ->> 'mark'
  when 'V' then '"verified"'::jsonb when 'S' then '"secondary"'::jsonb else '"assumption"'::jsonb end);
drop index deadlines_due;
create index deadlines_next on deadlines (next_on, id) where state = 'running' and next_on is not null;
create index deadlines_escalated on deadlines (escalated_to, id desc) where escalated_to is not null;
drop policy app_read on deadlines;
drop policy app_change on deadlines;
create policy app_read on deadlines for select to ja_app
  using ((escalated_to = (select app_agency()) and app_sees('deadline', id)) or app_sees(subject_kind, subject_id));
create policy app_change on deadlines for update to ja_app
  using ((escalated_to = (select app_agency()) and app_sees('deadline', id)) or app_sees(subject_kind, subject_id));

-- Each effect of a due day happens once, whoever sweeps: the key is the wall.
create table deadline_effects (
  deadline_id uuid not null references deadlines (id),
  effect text not null check (effect in ('due_soon', 'overdue', 'escalated')),
  due_on date not null,
  -- whose clock it was then
  party_agency_id uuid not null references agencies (id),
  created_at timestamptz not null,
  primary key (deadline_id, effect, due_on)
);
create index deadline_effects_party on deadline_effects (party_agency_id);
alter table deadline_effects enable row level security;
alter table deadline_effects force row level security;
do $$ begin
  execute format('create policy owner_all on deadline_effects to %I using (true) with check (true)', current_user);
end $$;
create policy app_read on deadline_effects for select to ja_app
  using (exists (select from deadlines d where d.id = deadline_id));
create policy app_add on deadline_effects for insert to ja_app with check (app_agency() is not null);
grant select, insert on deadline_effects to ja_app;

-- Whose clocks were kept and whose were not, of those due in a period; sums over a region, so it runs as owner and answers figures only.
create function statistics_deadlines(period_from date, period_to date, region_prefix text, today date)
returns jsonb language sql stable security definer set search_path = public
begin atomic
  with counted as (
    select a.id, a.code, a.name, count(*) as due,
      count(*) filter (where d.state = 'ended' and d.ended_on <= d.due_on) as met,
      count(*) filter (where d.state = 'ended' and d.ended_on > d.due_on) as met_late,
      count(*) filter (where d.state = 'running' and d.due_on < today) as overdue,
      count(*) filter (where d.state = 'waived') as waived
    from agencies a join deadlines d on d.party_agency_id = a.id
    where a.region_code like region_prefix || '%' and d.due_on between period_from and period_to
    group by a.id
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', id, 'code', code, 'name', name, 'due', due, 'met', met,
    'metLate', met_late, 'overdue', overdue, 'waived', waived) order by code), '[]') from counted;
end;
revoke execute on function statistics_deadlines(date, date, text, date) from public;
grant execute on function statistics_deadlines(date, date, text, date) to ja_app;
