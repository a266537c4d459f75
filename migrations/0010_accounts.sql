-- Monitoring accounts: one open account per aided person, owned by a procuratorate and the Federation of its region and level.
create table monitoring_accounts (
  id uuid primary key,
  number text not null unique,
  person_id uuid not null references persons (id),
  procuratorate_id uuid not null references agencies (id),
  federation_id uuid references agencies (id),
  region_code text not null,
  state text not null check (state in ('open', 'escalated', 'stable', 'closed')),
  risk_level text check (risk_level in ('low', 'medium', 'high')),
  granted_fen bigint not null default 0 check (granted_fen >= 0),
  paid_fen bigint not null default 0 check (paid_fen >= 0),
  opened_on date not null,
  next_action_kind text check (next_action_kind in ('visit', 'referral_response', 'first_visit', 'plan_visit')),
  next_due_on date,
  reasons_sealed bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- whoever is monitored is never left without a next step
  constraint monitoring_accounts_next check (state = 'closed' or next_action_kind is not null),
  constraint monitoring_accounts_next_due check ((next_action_kind is null) = (next_due_on is null))
);
create unique index monitoring_accounts_open_person on monitoring_accounts (person_id) where state <> 'closed';
create index monitoring_accounts_person on monitoring_accounts (person_id);
create index monitoring_accounts_procuratorate on monitoring_accounts (procuratorate_id);
create index monitoring_accounts_federation on monitoring_accounts (federation_id);
create index monitoring_accounts_state on monitoring_accounts (state, id desc);
create index monitoring_accounts_risk on monitoring_accounts (risk_level, id desc);
create index monitoring_accounts_updated on monitoring_accounts (updated_at);
create index monitoring_accounts_due on monitoring_accounts (next_due_on) where state <> 'closed';
call guard_table('monitoring_accounts', 'account', 'id');

-- closing takes both owners; a consent is withdrawn by new aid and by reopening
create table account_consents (
  account_id uuid not null references monitoring_accounts (id),
  agency_id uuid not null references agencies (id),
  officer_id uuid not null references officers (id),
  person_key text not null,
  reason_sealed bytea not null,
  created_at timestamptz not null,
  primary key (account_id, agency_id)
);
create index account_consents_agency on account_consents (agency_id);
create index account_consents_officer on account_consents (officer_id);
call guard_table('account_consents', 'account', 'account_id');
grant delete on account_consents to ja_app;
create policy app_remove on account_consents for delete to ja_app using (app_sees('account', account_id));

-- What other features did, as far as both owners may know it: kept by fact handlers, so that nobody needs to see the case.
create table account_cases (
  account_id uuid not null references monitoring_accounts (id),
  case_id uuid not null references assistance_cases (id),
  granted_fen bigint not null default 0 check (granted_fen >= 0),
  linked_at timestamptz not null,
  primary key (account_id, case_id)
);
create index account_cases_case on account_cases (case_id);
call guard_table('account_cases', 'account', 'account_id');

create table account_payments (
  account_id uuid not null references monitoring_accounts (id),
  disbursement_id uuid not null references disbursements (id),
  paid_fen bigint not null check (paid_fen >= 0),
  primary key (account_id, disbursement_id)
);
create index account_payments_disbursement on account_payments (disbursement_id);
call guard_table('account_payments', 'account', 'account_id');

create table account_referrals (
  account_id uuid not null references monitoring_accounts (id),
  referral_id uuid not null references referrals (id),
  agency_id uuid not null references agencies (id),
  state text not null,
  measures text[] not null,
  respond_by date,
  primary key (account_id, referral_id)
);
create index account_referrals_referral on account_referrals (referral_id);
create index account_referrals_agency on account_referrals (agency_id);
call guard_table('account_referrals', 'account', 'account_id');

create table account_visits (
  account_id uuid not null references monitoring_accounts (id),
  visit_id uuid not null references visits (id),
  state text not null,
  planned_on date not null,
  done_on date,
  risk_level text,
  primary key (account_id, visit_id)
);
create index account_visits_visit on account_visits (visit_id);
call guard_table('account_visits', 'account', 'account_id');

create table account_entries (
  id uuid primary key,
  account_id uuid not null references monitoring_accounts (id),
  kind text not null check (kind in ('note', 'contact', 'consultation', 'concern')),
  agency_id uuid not null references agencies (id),
  officer_id uuid not null references officers (id),
  text_sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index account_entries_account on account_entries (account_id, id desc);
create index account_entries_agency on account_entries (agency_id);
create index account_entries_officer on account_entries (officer_id);
call guard_table('account_entries', 'account', 'account_id');

-- one line per fact that concerns the person: what, when, which agency; never a text
create table account_timeline (
  id uuid primary key,
  account_id uuid not null references monitoring_accounts (id),
  type text not null,
  resource_kind text not null,
  resource_id uuid not null,
  agency_id uuid,
  at timestamptz not null
);
create index account_timeline_account on account_timeline (account_id, id);
call guard_table('account_timeline', 'account', 'account_id');
