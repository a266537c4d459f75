-- Follow-up visits: of a case, or of a monitoring account where no case exists; the account is known by id only (it stands above).
create table visits (
  id uuid primary key,
  number text not null unique,
  assistance_case_id uuid references assistance_cases (id),
  monitoring_account_id uuid,
  handling_agency_id uuid not null references agencies (id),
  partner_agency_id uuid references agencies (id),
  joint_agency_ids uuid[] not null,
  first_plan boolean not null default false,
  state text not null check (state in ('planned', 'done', 'missed', 'cancelled')),
  mode text not null check (mode in ('home', 'phone', 'video', 'office')),
  planned_on date not null,
  done_on date,
  risk_level text check (risk_level in ('low', 'medium', 'high')),
  missed_reason_code text,
  next_visit_id uuid references visits (id),
  record_sealed bytea,
  notes_sealed bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint visits_origin check (assistance_case_id is not null or monitoring_account_id is not null),
  constraint visits_done check ((state = 'done') = (done_on is not null and risk_level is not null and record_sealed is not null)),
  constraint visits_missed check ((state = 'missed') = (missed_reason_code is not null))
);
-- the plan that follows from the first payment or the first accepted referral arises once
create unique index visits_first_of_case on visits (assistance_case_id) where first_plan and assistance_case_id is not null;
create unique index visits_first_of_account on visits (monitoring_account_id) where first_plan and assistance_case_id is null;
create index visits_case on visits (assistance_case_id, id desc);
create index visits_account on visits (monitoring_account_id, id desc);
create index visits_state on visits (state, planned_on);
create index visits_planned on visits (planned_on);
create index visits_risk on visits (risk_level, id desc);
create index visits_updated on visits (updated_at);
create index visits_handling on visits (handling_agency_id);
create index visits_partner on visits (partner_agency_id);
create index visits_next on visits (next_visit_id);
call guard_table('visits', 'visit', 'id');

create table visit_persons (
  visit_id uuid not null references visits (id),
  person_id uuid not null references persons (id),
  primary key (visit_id, person_id)
);
create index visit_persons_person on visit_persons (person_id);
call guard_table('visit_persons', 'visit', 'visit_id');

-- what became of each measure, asked at the door
create table visit_measures (
  visit_id uuid not null references visits (id),
  referral_id uuid not null references referrals (id),
  status text not null check (status in ('arrived', 'partly', 'not_arrived', 'refused')),
  primary key (visit_id, referral_id)
);
create index visit_measures_referral on visit_measures (referral_id);
call guard_table('visit_measures', 'visit', 'visit_id');

-- The Federation records a visit without seeing the case's referrals: a definer function answers which ids belong to it, never a row.
create function referrals_of_visit(wanted uuid[], of_case uuid, of_persons uuid[])
returns setof uuid language sql stable security definer set search_path = public
begin atomic
  select r.id from referrals r
  where r.id = any (wanted)
    and (r.assistance_case_id = of_case
      or exists (select 1 from referral_persons p where p.referral_id = r.id and p.person_id = any (of_persons)));
end;
revoke all on function referrals_of_visit(uuid[], uuid, uuid[]) from public;
grant execute on function referrals_of_visit(uuid[], uuid, uuid[]) to ja_app;
