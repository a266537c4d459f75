-- Accounts that nobody drops out of: one account per person for good, entries that the other owner answers, transfer, merged persons.

alter table monitoring_accounts
  -- the day on which the present state was reached, and the one on which monitoring was taken up again
  add column state_on date,
  add column reopened_on date,
  add column closing_reason text check (closing_reason in ('stabilised', 'moved_away', 'deceased', 'declined', 'out_of_reach', 'other', 'merged')),
  add column merged_into_id uuid references monitoring_accounts (id),
  -- a clue without a case was routed to social assistance
  add column assistance_since date,
  drop constraint monitoring_accounts_next_action_kind_check,
  add constraint monitoring_accounts_next_action_kind_check check (next_action_kind in (
    'transfer_acceptance', 'closure_consent', 'escalation_decision', 'entry_countersignature', 'objection_answer', 'notice_receipt',
    'referral_decision', 'social_assistance', 'referral_response', 'case_decision', 'visit', 'first_visit', 'plan_visit'));
update monitoring_accounts set state_on = opened_on;
update monitoring_accounts set closing_reason = 'stabilised' where state = 'closed';
-- a person had a new account after a closed one; the latest, or the one that is open, goes on and knows the others
with head as (
  select distinct on (person_id) person_id, id from monitoring_accounts order by person_id, (state = 'closed'), id desc
)
update monitoring_accounts a set merged_into_id = head.id from head where head.person_id = a.person_id and head.id <> a.id;
alter table monitoring_accounts
  alter column state_on set not null,
  -- nobody is without a next action or a closing reason
  add constraint monitoring_accounts_closing check ((state = 'closed') = (closing_reason is not null)),
  add constraint monitoring_accounts_closed_next check (state <> 'closed' or next_action_kind is null),
  add constraint monitoring_accounts_merged check (merged_into_id is null or state = 'closed');
drop index monitoring_accounts_open_person;
create unique index monitoring_accounts_one_person on monitoring_accounts (person_id) where merged_into_id is null;
create index monitoring_accounts_merged_into on monitoring_accounts (merged_into_id);
create index monitoring_accounts_next_kind on monitoring_accounts (next_action_kind, id desc);

-- the account and all that went into it
create function account_family(of_account uuid) returns setof uuid language sql stable parallel safe
begin atomic
  with recursive family as (
    select of_account as id
    union
    select a.id from monitoring_accounts a join family f on a.merged_into_id = f.id
  )
  select id from family;
end;
revoke all on function account_family(uuid) from public;
grant execute on function account_family(uuid) to ja_app;

alter table account_cases
  add column phase text not null default 'granted' check (phase in ('undecided', 'granted', 'unaided', 'ended')),
  add column phase_on date;
update account_cases set phase_on = (linked_at at time zone 'Asia/Shanghai')::date;
alter table account_cases alter column phase drop default, alter column phase_on set not null;

alter table account_referrals
  add column follow_up boolean not null default false,
  add column follow_up_on date,
  add constraint account_referrals_follow_up check (not follow_up or follow_up_on is not null);

-- case notices to the Federation that concern the person
create table account_notices (
  account_id uuid not null references monitoring_accounts (id),
  notice_id uuid not null references case_notices (id),
  federation_id uuid not null references agencies (id),
  sent_on date not null,
  received_on date,
  primary key (account_id, notice_id)
);
create index account_notices_notice on account_notices (notice_id);
create index account_notices_federation on account_notices (federation_id);
call guard_table('account_notices', 'account', 'account_id');

-- the other owner countersigns an entry or objects to it, once, by another person
alter table account_entries
  add column state text not null default 'open' check (state in ('open', 'countersigned', 'objected')),
  add column person_key text,
  add column answers_entry_id uuid references account_entries (id),
  add column answered boolean not null default false,
  add column reviewed_by uuid references officers (id),
  add column reviewed_agency_id uuid references agencies (id),
  add column reviewed_at timestamptz,
  add column review_sealed bytea;
-- entries of before were asked of nobody
update account_entries e set state = 'countersigned', reviewed_by = e.officer_id, reviewed_agency_id = e.agency_id, reviewed_at = e.created_at;
alter table account_entries
  alter column state drop default,
  add constraint account_entries_review check (
    (state = 'open') = (reviewed_by is null) and (reviewed_by is null) = (reviewed_agency_id is null)
    and (reviewed_by is null) = (reviewed_at is null)),
  add constraint account_entries_objection check (state <> 'objected' or review_sealed is not null),
  add constraint account_entries_answered check (not answered or state = 'objected');
create index account_entries_due on account_entries (account_id, id) where state = 'open' or (state = 'objected' and not answered);
create index account_entries_answers on account_entries (answers_entry_id);
create index account_entries_reviewed_by on account_entries (reviewed_by);
create index account_entries_reviewed_agency on account_entries (reviewed_agency_id);

-- to another procuratorate and its Federation; the giver answers for the person until the receiver has accepted
create table account_transfers (
  id uuid primary key,
  account_id uuid not null references monitoring_accounts (id),
  state text not null check (state in ('requested', 'accepted', 'rejected', 'withdrawn')),
  from_agency_id uuid not null references agencies (id),
  to_agency_id uuid not null references agencies (id),
  requested_by uuid not null references officers (id),
  person_key text not null,
  requested_on date not null,
  -- the receiver sees the account because of the request alone
  sight_given boolean not null,
  reason_sealed bytea not null,
  answered_by uuid references officers (id),
  answered_on date,
  answer_sealed bytea,
  -- name, birth date, telephone and address as the giver knew them, for referrals of the receiver
  person_sealed bytea,
  created_at timestamptz not null,
  constraint account_transfers_answered check ((state = 'requested') = (answered_by is null) and (answered_by is null) = (answered_on is null))
);
create unique index account_transfers_pending on account_transfers (account_id) where state = 'requested';
create index account_transfers_account on account_transfers (account_id, id desc);
create index account_transfers_from on account_transfers (from_agency_id);
create index account_transfers_to on account_transfers (to_agency_id);
create index account_transfers_requested_by on account_transfers (requested_by);
create index account_transfers_answered_by on account_transfers (answered_by);
call guard_table('account_transfers', 'account', 'account_id');

-- what a merge of two persons did to their accounts, so that its reversal undoes exactly that
create table account_merges (
  id uuid primary key,
  person_id uuid not null references persons (id),
  into_person_id uuid not null references persons (id),
  mode text not null check (mode in ('none', 'moved', 'joined', 'swapped')),
  account_id uuid references monitoring_accounts (id),
  into_account_id uuid references monitoring_accounts (id),
  former_state text check (former_state in ('open', 'escalated', 'stable')),
  former_state_on date,
  -- agencies that see the other account, or the survivor, because of the merge
  shared_account uuid[] not null,
  shared_into uuid[] not null,
  shared_person uuid[] not null,
  merged_at timestamptz not null,
  reversed_at timestamptz,
  constraint account_merges_mode check (
    (mode = 'none') = (account_id is null) and (mode in ('joined', 'swapped')) = (into_account_id is not null))
);
create unique index account_merges_person on account_merges (person_id) where reversed_at is null;
create index account_merges_into_person on account_merges (into_person_id);
create index account_merges_account on account_merges (account_id);
create index account_merges_into_account on account_merges (into_account_id);
call guard_table('account_merges', 'person', 'person_id');
