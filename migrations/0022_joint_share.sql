-- Joint aid by two or three levels: what a superior procuratorate is asked for and gives from its own fund to a case below it.
create table case_shares (
  id uuid primary key,
  case_id uuid not null references assistance_cases (id),
  beneficiary_id uuid not null references case_beneficiaries (id),
  agency_id uuid not null references agencies (id),
  fund_id uuid references funds (id),
  status text not null check (status in ('requested', 'given', 'lapsed', 'released')),
  requested_fen bigint not null check (requested_fen > 0),
  requested_by uuid not null references officers (id),
  requested_by_person_key text not null,
  requested_on date not null,
  given_fen bigint check (given_fen > 0),
  given_by uuid references officers (id),
  given_by_person_key text,
  given_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint case_shares_once unique (beneficiary_id, agency_id),
  constraint case_shares_given check (
    num_nonnulls(given_fen, given_by, given_by_person_key, given_on) in (0, 4)
    and (status <> 'given' or given_fen is not null) and (status <> 'lapsed' or given_fen is null)),
  -- who asks for the money does not give it
  constraint case_shares_four_eyes check (given_by_person_key <> requested_by_person_key)
);
create index case_shares_case on case_shares (case_id, id);
create index case_shares_agency on case_shares (agency_id);
create index case_shares_fund on case_shares (fund_id);
create index case_shares_requested_by on case_shares (requested_by);
create index case_shares_given_by on case_shares (given_by);
call guard_table('case_shares', 'case', 'case_id');

alter table assistance_cases
  -- the agencies whose answer is awaited, and the people who gave a share: they do not decide the case
  add column shares_awaited uuid[] not null default '{}',
  add column shares_given_by text[] not null default '{}';

-- What is reserved for a case belongs to the case: who handles it draws on a share too, whose fund it does not see.
drop policy app_read on fund_reservations;
drop policy app_change on fund_reservations;
create policy app_read on fund_reservations for select to ja_app using (app_sees('case', case_id));
create policy app_change on fund_reservations for update to ja_app using (app_sees('case', case_id));

-- The agency whose share the line is and whose finance pays it; null = the handling agency's own money.
alter table disbursements add column share_agency_id uuid references agencies (id);
alter table disbursements add constraint disbursements_share check (share_agency_id is null or share_agency_id <> agency_id);
create index disbursements_share_agency on disbursements (share_agency_id) where share_agency_id is not null;
