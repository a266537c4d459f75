-- Disbursements: lines of a grant, planned, authorised and paid by different people, each under a request number that never returns.
create table disbursements (
  id uuid primary key,
  number text not null unique,
  case_id uuid not null references assistance_cases (id),
  beneficiary_id uuid not null references case_beneficiaries (id),
  person_id uuid not null references persons (id),
  agency_id uuid not null references agencies (id),
  treasury_agency_id uuid references agencies (id),
  fund_id uuid not null references funds (id),
  state text not null check (state in ('reserved', 'authorised', 'submitted', 'settled', 'failed', 'unknown', 'voided', 'receipt_confirmed', 'receipt_disputed', 'in_custody', 'recovering', 'recovered', 'written_off')),
  kind text not null check (kind in ('lump', 'instalment', 'advance', 'top_up', 'custody')),
  amount_fen bigint not null check (amount_fen > 0),
  request_number text not null,
  payee_type text not null check (payee_type in ('self', 'guardian', 'trustee', 'agent')),
  payee_name_masked text not null,
  payee_account_masked text not null,
  payee_sealed bytea not null,
  notes_sealed bytea,
  planned_by uuid not null references officers (id),
  planned_by_person_key text not null,
  authorised_by uuid references officers (id),
  authorised_by_person_key text,
  authorised_at timestamptz,
  submitted_by uuid references officers (id),
  submitted_by_person_key text,
  submitted_at timestamptz,
  submissions integer not null default 0 check (submissions >= 0),
  settled_by uuid references officers (id),
  settled_by_person_key text,
  paid_on date,
  bank_reference text,
  appropriated_on date,
  appropriation_document text,
  notified_on date,
  notification_channel text,
  receipt_outcome text check (receipt_outcome in ('received', 'not_received', 'received_with_issues')),
  recovery_fen bigint check (recovery_fen > 0 and recovery_fen <= amount_fen),
  recovery_ordered_by_person_key text,
  recovered_fen bigint not null default 0 check (recovered_fen >= 0),
  case_ended boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint disbursements_request_number unique (agency_id, request_number),
  -- three people: who planned it neither authorises nor pays it, who authorised it does not pay it
  constraint disbursements_four_eyes check (
    authorised_by_person_key <> planned_by_person_key
    and submitted_by_person_key <> planned_by_person_key and submitted_by_person_key <> authorised_by_person_key
    and settled_by_person_key <> planned_by_person_key and settled_by_person_key <> authorised_by_person_key),
  constraint disbursements_authorised check (state in ('reserved', 'voided') or authorised_by_person_key is not null),
  constraint disbursements_submitted check (state in ('reserved', 'authorised', 'voided') or submitted_by_person_key is not null),
  constraint disbursements_paid check (
    (state in ('settled', 'receipt_confirmed', 'receipt_disputed', 'in_custody', 'recovering', 'recovered', 'written_off'))
    = (paid_on is not null and settled_by_person_key is not null and bank_reference is not null)),
  constraint disbursements_recovery check (
    (state in ('recovering', 'recovered', 'written_off')) = (recovery_fen is not null)
    and recovered_fen <= coalesce(recovery_fen, 0) and (state <> 'recovered' or recovered_fen = recovery_fen))
);
create index disbursements_case on disbursements (case_id, id desc);
create index disbursements_beneficiary on disbursements (beneficiary_id, fund_id);
create index disbursements_person on disbursements (person_id);
create index disbursements_agency on disbursements (agency_id, state, id desc);
create index disbursements_treasury on disbursements (treasury_agency_id);
create index disbursements_fund on disbursements (fund_id);
create index disbursements_state on disbursements (state, id desc);
create index disbursements_updated on disbursements (updated_at);
create index disbursements_paid_on on disbursements (paid_on) where paid_on is not null;
create index disbursements_planned_by on disbursements (planned_by);
create index disbursements_authorised_by on disbursements (authorised_by);
create index disbursements_submitted_by on disbursements (submitted_by);
create index disbursements_settled_by on disbursements (settled_by);
call guard_table('disbursements', 'disbursement', 'id');

alter table fund_entries add constraint fund_entries_disbursement_id_fkey foreign key (disbursement_id) references disbursements (id);
