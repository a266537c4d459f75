-- Emergency advances: approved before the decision, within so many monthly wages; a line that has to come back says so.
create table case_advances (
  id uuid primary key,
  case_id uuid not null references assistance_cases (id),
  beneficiary_id uuid not null unique references case_beneficiaries (id),
  fund_id uuid,
  amount_fen bigint not null check (amount_fen > 0),
  months integer not null check (months > 0),
  standard_year integer not null,
  standard_annual_fen bigint not null check (standard_annual_fen > 0),
  approved_by uuid not null references officers (id),
  approved_by_person_key text not null,
  approved_on date not null,
  reason_sealed bytea,
  created_at timestamptz not null,
  -- twelve times the amount against the annual wage: nothing is rounded
  constraint case_advances_cap check (amount_fen * 12 <= standard_annual_fen * months)
);
create index case_advances_case on case_advances (case_id, id);
create index case_advances_approved_by on case_advances (approved_by);
call guard_table('case_advances', 'case', 'case_id');
-- what was approved is never changed
revoke update on case_advances from ja_app;

alter table disbursements add column recovery_due boolean not null default false;
-- only what was paid in advance of a decision that gave no aid
alter table disbursements add constraint disbursements_recovery_due check (not recovery_due or kind = 'advance');
