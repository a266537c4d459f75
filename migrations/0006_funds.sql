-- Funds: four balances that no movement may turn negative, the append-only entries behind them, and what each award has reserved.
create table funds (
  id uuid primary key,
  agency_id uuid not null references agencies (id),
  code text not null,
  name text not null,
  is_default boolean not null,
  available_fen bigint not null check (available_fen >= 0),
  reserved_fen bigint not null check (reserved_fen >= 0),
  in_transit_fen bigint not null check (in_transit_fen >= 0),
  paid_fen bigint not null check (paid_fen >= 0),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (agency_id, code)
);
create unique index funds_default on funds (agency_id) where is_default;
call guard_table('funds', 'fund', 'id');

-- One row per movement, from one account to another, numbered per fund: the balances are their sum, at any instant.
create table fund_entries (
  id uuid primary key,
  fund_id uuid not null references funds (id),
  position integer not null,
  kind text not null check (kind in ('allocation', 'reservation', 'release', 'submission', 'settlement', 'failure', 'recovery')),
  from_account text not null check (from_account in ('external', 'available', 'reserved', 'in_transit', 'paid')),
  to_account text not null check (to_account in ('external', 'available', 'reserved', 'in_transit', 'paid')),
  amount_fen bigint not null check (amount_fen > 0),
  case_id uuid references assistance_cases (id),
  disbursement_id uuid,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  check (from_account <> to_account),
  unique (fund_id, position)
);
create index fund_entries_fund on fund_entries (fund_id, id desc);
create index fund_entries_instant on fund_entries (fund_id, occurred_at);
create index fund_entries_case on fund_entries (case_id);
create index fund_entries_disbursement on fund_entries (disbursement_id);
-- the last wall against paying one line twice
create unique index fund_entries_settled_once on fund_entries (disbursement_id) where kind = 'settlement';
create trigger fund_entries_append_only before update or delete or truncate on fund_entries
  for each statement execute function refuse_change();
call guard_table('fund_entries', 'fund', 'fund_id');
revoke update on fund_entries from ja_app;

-- An award's share of a fund: lines draw on it, and what is left returns when the case ends. A line can never exceed the grant.
create table fund_reservations (
  id uuid primary key,
  fund_id uuid not null references funds (id),
  case_id uuid not null references assistance_cases (id),
  beneficiary_id uuid not null references case_beneficiaries (id),
  amount_fen bigint not null check (amount_fen > 0),
  drawn_fen bigint not null check (drawn_fen >= 0),
  released_fen bigint not null check (released_fen >= 0),
  ended boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (beneficiary_id, fund_id),
  constraint fund_reservations_cap check (drawn_fen + released_fen <= amount_fen)
);
create index fund_reservations_case on fund_reservations (case_id);
create index fund_reservations_fund on fund_reservations (fund_id);
call guard_table('fund_reservations', 'fund', 'fund_id');
