-- Referrals that end without the measure stay a duty of their sender; departments have successors; visits are confirmed by both sides.

alter table referrals
  -- the day on which a referral on hold is taken up again
  add column resume_on date,
  -- the department that was asked before its successor took over
  add column former_agency_id uuid references agencies (id),
  -- rejected, failed or not delivered: the sender decides what becomes of the need
  add column follow_up text not null default 'none' check (follow_up in ('none', 'open', 'resolved')),
  add column follow_up_decision text check (follow_up_decision in ('referred_again', 'met_otherwise', 'not_pursued')),
  add column follow_up_referral_id uuid unique references referrals (id),
  add column followed_up_at timestamptz,
  add column followed_up_by uuid references officers (id);
update referrals set follow_up = 'open'
  where state in ('rejected', 'failed') or (state = 'completed' and outcome <> 'delivered');
alter table referrals
  add constraint referrals_resume check (resume_on is null or state = 'on_hold'),
  add constraint referrals_follow_up check (follow_up = 'none' or state in ('rejected', 'failed', 'completed')),
  -- nobody drops out: what was rejected or failed is never without a follow-up
  add constraint referrals_follow_up_due check (state not in ('rejected', 'failed') or follow_up <> 'none'),
  add constraint referrals_followed_up check ((follow_up = 'resolved') = (follow_up_decision is not null and followed_up_at is not null)),
  add constraint referrals_referred_again check (follow_up_referral_id is null or follow_up_decision = 'referred_again');
create index referrals_follow_up_open on referrals (sender_agency_id, id desc) where follow_up = 'open';
create index referrals_open_of_agency on referrals (agency_id) where state in ('requested', 'received', 'accepted', 'in_progress', 'on_hold');
create index referrals_former_agency on referrals (former_agency_id);
create index referrals_followed_up_by on referrals (followed_up_by);

alter table visits
  add column planned_by_agency_id uuid references agencies (id),
  add column recorded_by_agency_id uuid references agencies (id),
  add column recorded_by uuid references officers (id),
  add column recorded_by_person_key text,
  -- a new plan, record or amendment asks the other side anew
  add column confirmation_round integer not null default 1,
  -- measures of accepted referrals that the record has not answered for yet
  add column unchecked_referral_ids uuid[] not null default '{}',
  add constraint visits_unchecked check (state = 'done' or unchecked_referral_ids = '{}');
create index visits_planned_by on visits (planned_by_agency_id);
create index visits_recorded_by_agency on visits (recorded_by_agency_id);
create index visits_recorded_by on visits (recorded_by);

-- a joint visit is confirmed by the other side, its plan and its record, one answer of each agency in a round
create table visit_confirmations (
  visit_id uuid not null references visits (id),
  agency_id uuid not null references agencies (id),
  round integer not null,
  phase text not null check (phase in ('plan', 'record')),
  outcome text not null check (outcome in ('confirmed', 'objected')),
  officer_id uuid not null references officers (id),
  person_key text not null,
  reason_sealed bytea,
  created_at timestamptz not null,
  primary key (visit_id, agency_id, round),
  constraint visit_confirmations_reason check ((outcome = 'objected') = (reason_sealed is not null))
);
create index visit_confirmations_agency on visit_confirmations (agency_id);
create index visit_confirmations_officer on visit_confirmations (officer_id);
call guard_table('visit_confirmations', 'visit', 'visit_id');
-- what an agency answered is never changed
revoke update on visit_confirmations from ja_app;

-- the days on which a visit was to be made before, with the reason why not
create table visit_former_dates (
  visit_id uuid not null references visits (id),
  position integer not null check (position between 1 and 50),
  planned_on date not null,
  missed_reason_code text,
  notes_sealed bytea,
  rescheduled_by uuid references officers (id),
  created_at timestamptz not null,
  primary key (visit_id, position)
);
create index visit_former_dates_by on visit_former_dates (rescheduled_by);
call guard_table('visit_former_dates', 'visit', 'visit_id');
revoke update on visit_former_dates from ja_app;

-- a measure that was left out of the record needs a reason; the reason is about a person and sealed
alter table visit_measures
  drop constraint visit_measures_status_check,
  alter column status drop not null,
  add column left_out_sealed bytea,
  add constraint visit_measures_status_check check (status in ('arrived', 'partly', 'not_arrived', 'refused')),
  add constraint visit_measures_answer check ((status is null) = (left_out_sealed is not null));

-- What a visit asks about: accepted referrals of the people visited, of this case or sent by this agency, until a visit has found
-- the completed measure arrived or refused. A definer function, for the Federation does not see the case's referrals: ids and codes.
create function referrals_to_check(of_case uuid, of_agency uuid, of_persons uuid[])
returns table (id uuid, agency_id uuid, measures text[]) language sql stable security definer set search_path = public
begin atomic
  select r.id, r.agency_id, r.measures from referrals r
  where (r.state in ('accepted', 'in_progress', 'on_hold') or (r.state = 'completed' and r.outcome <> 'not_delivered'))
    and (r.sender_agency_id = of_agency or r.assistance_case_id = of_case)
    and exists (select 1 from referral_persons p where p.referral_id = r.id and p.person_id = any (of_persons))
    and not (r.state = 'completed'
      and exists (select 1 from visit_measures m where m.referral_id = r.id and m.status in ('arrived', 'refused')))
  order by r.id limit 50;
end;
revoke all on function referrals_to_check(uuid, uuid, uuid[]) from public;
grant execute on function referrals_to_check(uuid, uuid, uuid[]) to ja_app;

-- What a record may name: referrals of the people visited, none that was rejected or cancelled, for nothing of it can have arrived.
create or replace function referrals_of_visit(wanted uuid[], of_case uuid, of_persons uuid[])
returns setof uuid language sql stable security definer set search_path = public
begin atomic
  select r.id from referrals r
  where r.id = any (wanted) and r.state not in ('rejected', 'cancelled')
    and exists (select 1 from referral_persons p where p.referral_id = r.id and p.person_id = any (of_persons));
end;
