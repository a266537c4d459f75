-- After payment: write-off by two people, custody with its plan and releases, and what the bank says against what the ledger says.
alter table disbursements
  -- what came back goes to the fund, or back to the treasury
  add column recovery_to text not null default 'fund' check (recovery_to in ('fund', 'treasury')),
  add column write_off_proposed_by_person_key text,
  add column written_off_by_person_key text,
  add column custody_released_fen bigint not null default 0,
  add constraint disbursements_custody check (custody_released_fen >= 0 and custody_released_fen <= amount_fen
    and (custody_released_fen = 0 or kind = 'custody')),
  -- who asks for a write-off does not approve it; what was written off before there were two people stays as it is
  add constraint disbursements_write_off check (
    written_off_by_person_key is null
    or (state = 'written_off' and write_off_proposed_by_person_key is not null
      and write_off_proposed_by_person_key <> written_off_by_person_key));

-- Money for a child or somebody under guardianship, held by a custodian: by a plan and an agreement, in instalments (domain.md §1, supervised payment).
create table custody_plans (
  disbursement_id uuid primary key references disbursements (id),
  agreement_number text not null,
  signed_on date not null,
  -- who holds the money, and who supervises it
  agreement_sealed bytea not null,
  -- dates, amounts and purposes
  instalments jsonb not null,
  planned_by uuid not null references officers (id),
  planned_by_person_key text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index custody_plans_planned_by on custody_plans (planned_by);
call guard_table('custody_plans', 'disbursement', 'disbursement_id');

-- A spend request, and the other person's word on it; what was released has a paper behind it.
create table custody_releases (
  id uuid primary key,
  disbursement_id uuid not null references disbursements (id),
  position integer not null check (position > 0),
  state text not null check (state in ('requested', 'released', 'refused')),
  amount_fen bigint not null check (amount_fen > 0),
  purpose text not null,
  evidence_ids uuid[] not null check (cardinality(evidence_ids) between 1 and 10),
  -- what it is for, and what was said of it
  texts_sealed bytea not null,
  requested_by uuid not null references officers (id),
  requested_by_person_key text not null,
  decided_by uuid references officers (id),
  decided_by_person_key text,
  decided_on date,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (disbursement_id, position),
  -- two people: who asks for the money does not release it
  constraint custody_releases_four_eyes check (decided_by_person_key <> requested_by_person_key),
  constraint custody_releases_decided check (
    (state = 'requested') = (decided_by is null) and num_nonnulls(decided_by, decided_by_person_key, decided_on) in (0, 3))
);
create index custody_releases_requested_by on custody_releases (requested_by);
create index custody_releases_decided_by on custody_releases (decided_by);
call guard_table('custody_releases', 'disbursement', 'disbursement_id');

-- the journal of a release names it, and no release has two
alter table ledger_journals add column release_id uuid references custody_releases (id);
create unique index ledger_journals_released_once on ledger_journals (release_id) where release_id is not null;
alter table ledger_journals add constraint ledger_journals_release check ((kind = 'custody_release') = (release_id is not null));

-- What the bank says of a fund, statement by statement, and where it differs from the ledger (M-05).
create table reconciliations (
  id uuid primary key,
  fund_id uuid not null references funds (id),
  state text not null check (state in ('open', 'reconciled')),
  statement_number text not null,
  from_on date not null,
  to_on date not null check (to_on >= from_on),
  content_hash bytea not null,
  lines integer not null check (lines >= 0),
  matched integer not null check (matched >= 0),
  repeated integer not null check (repeated >= 0),
  exceptions integer not null check (exceptions >= 0),
  open_exceptions integer not null check (open_exceptions >= 0 and open_exceptions <= exceptions),
  imported_by uuid not null references officers (id),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint reconciliations_statement unique (fund_id, statement_number),
  constraint reconciliations_open check ((state = 'open') = (open_exceptions > 0))
);
create index reconciliations_fund on reconciliations (fund_id, id desc);
create index reconciliations_imported_by on reconciliations (imported_by);
call guard_table('reconciliations', 'fund', 'fund_id');

create table bank_lines (
  id uuid primary key,
  reconciliation_id uuid not null references reconciliations (id),
  fund_id uuid not null references funds (id),
  position integer not null check (position > 0),
  booked_on date not null,
  direction text not null check (direction in ('debit', 'credit')),
  amount_fen bigint not null check (amount_fen > 0),
  bank_reference text not null,
  request_number text,
  outcome text not null check (outcome in ('matched', 'repeated', 'exception')),
  disbursement_id uuid references disbursements (id),
  journal_id uuid references ledger_journals (id),
  unique (reconciliation_id, position)
);
create index bank_lines_fund on bank_lines (fund_id, booked_on);
create index bank_lines_disbursement on bank_lines (disbursement_id) where disbursement_id is not null;
create index bank_lines_journal on bank_lines (journal_id) where journal_id is not null;
-- one payment of the bank stands for one line of ours, for ever
create unique index bank_lines_matched_once on bank_lines (disbursement_id) where outcome = 'matched' and direction = 'debit';
call guard_table('bank_lines', 'fund', 'fund_id');
revoke update on bank_lines from ja_app;

create table reconciliation_exceptions (
  id uuid primary key,
  reconciliation_id uuid not null references reconciliations (id),
  fund_id uuid not null references funds (id),
  position integer not null check (position > 0),
  kind text not null check (kind in ('unknown_payment', 'duplicate_payment', 'amount_mismatch', 'unconfirmed_payment', 'paid_after_failure', 'returned_payment', 'unknown_receipt', 'missing_at_bank')),
  state text not null check (state in ('open', 'proposed', 'resolved')),
  bank_line_id uuid references bank_lines (id),
  disbursement_id uuid references disbursements (id),
  outcome text check (outcome in ('settle', 'return', 'explain')),
  notes_sealed bytea,
  proposed_by uuid references officers (id),
  proposed_by_person_key text,
  resolved_by uuid references officers (id),
  resolved_by_person_key text,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (reconciliation_id, position),
  constraint reconciliation_exceptions_subject check (bank_line_id is not null or disbursement_id is not null),
  -- who proposes what is to be done is another person than who does it
  constraint reconciliation_exceptions_four_eyes check (resolved_by_person_key <> proposed_by_person_key),
  constraint reconciliation_exceptions_steps check (
    (state = 'open') = (outcome is null) and (state = 'open') = (proposed_by is null) and (state = 'resolved') = (resolved_by is not null))
);
create index reconciliation_exceptions_fund on reconciliation_exceptions (fund_id);
create index reconciliation_exceptions_line on reconciliation_exceptions (bank_line_id);
create index reconciliation_exceptions_disbursement on reconciliation_exceptions (disbursement_id);
create index reconciliation_exceptions_proposed_by on reconciliation_exceptions (proposed_by);
create index reconciliation_exceptions_resolved_by on reconciliation_exceptions (resolved_by);
call guard_table('reconciliation_exceptions', 'fund', 'fund_id');

-- Where a fund stood when its log began to tell of every movement; nothing for a fund that was opened later.
create table ledger_baselines (
  fund_id uuid not null references funds (id),
  account text not null,
  amount_fen bigint not null,
  taken_at timestamptz not null,
  primary key (fund_id, account)
);
insert into ledger_baselines (fund_id, account, amount_fen, taken_at)
  select fund_id, account, sum(amount_fen), now() from ledger_postings group by fund_id, account;
create trigger ledger_baselines_append_only before update or delete or truncate on ledger_baselines
  for each statement execute function refuse_change();
call guard_table('ledger_baselines', 'fund', 'fund_id');
revoke insert, update on ledger_baselines from ja_app;

-- The balances of a fund three times: as kept, as the sum of its postings, and folded anew from the audit log alone (M-05).
create function fund_thrice(wanted uuid)
returns table (account text, kept text, posted text, told text) language sql stable security definer set search_path = public, pg_temp
begin atomic
  with since as (
    select coalesce(max(b.taken_at), '-infinity') as at from ledger_baselines b where b.fund_id = wanted
  ), facts as (
    select r.type, r.data from audit_records r, since s where r.kind = 'fund' and r.resource_id = wanted and r.recorded_at > s.at
    union all
    select r.type, r.data from since s, disbursements d join audit_records r on r.kind = 'disbursement' and r.resource_id = d.id
    where d.fund_id = wanted and r.recorded_at > s.at
  ), moved as (
    select m.account, m.fen from facts f
    cross join lateral (select coalesce((f.data->>'amountFen')::bigint, 0) as amount, coalesce((f.data->>'recoveredFen')::bigint, 0) as back,
      coalesce((f.data->>'recoveryFen')::bigint, 0) as owed, coalesce((f.data->>'recalledFen')::bigint, 0) as recalled,
      coalesce((f.data->>'releasedFen')::bigint, 0) as released, coalesce((f.data->>'writtenOffFen')::bigint, 0) as lost,
      coalesce((f.data->>'returnedFen')::bigint, 0) as returned) x
    cross join lateral (values
      ('treasury', case when f.type in ('fund.opened', 'fund.allocated') then -x.amount when f.type = 'fund.year_closed' then x.returned
        when f.type = 'fund.entry_reversed' then x.amount
        when f.type in ('disbursement.recovered', 'disbursement.part_recovered') and f.data->>'returnTo' = 'treasury' then x.back else 0 end),
      ('available', case when f.type in ('fund.opened', 'fund.allocated', 'fund.released') then x.amount
        when f.type in ('fund.reserved', 'fund.entry_reversed') then -x.amount when f.type = 'fund.year_closed' then -x.returned
        when f.type in ('disbursement.recovered', 'disbursement.part_recovered') and f.data->>'returnTo' is distinct from 'treasury' then x.back
        else 0 end),
      ('reserved', case when f.type in ('fund.reserved', 'disbursement.failed') then x.amount
        when f.type in ('fund.released', 'disbursement.submitted') then -x.amount else 0 end),
      ('in_transit', case when f.type = 'disbursement.submitted' then x.amount
        when f.type in ('disbursement.settled', 'disbursement.failed') then -x.amount else 0 end),
      ('paid', case when f.type = 'disbursement.settled' then x.amount when f.type = 'disbursement.placed_in_custody' then -x.amount
        when f.type = 'disbursement.released' then x.released when f.type = 'disbursement.recovery_started' then x.recalled - x.owed else 0 end),
      ('custody', case when f.type = 'disbursement.placed_in_custody' then x.amount when f.type = 'disbursement.released' then -x.released
        when f.type = 'disbursement.recovery_started' then -x.recalled else 0 end),
      ('receivable', case when f.type = 'disbursement.recovery_started' then x.owed when f.type = 'disbursement.written_off' then -x.lost
        when f.type in ('disbursement.recovered', 'disbursement.part_recovered') then -x.back else 0 end),
      ('written_off', case when f.type = 'disbursement.written_off' then x.lost else 0 end)) m (account, fen)
  )
  select b.account, b.fen::text, coalesce((select sum(p.amount_fen) from ledger_postings p where p.fund_id = f.id and p.account = b.account), 0)::text,
    (coalesce((select sum(m.fen) from moved m where m.account = b.account), 0)
      + coalesce((select l.amount_fen from ledger_baselines l where l.fund_id = f.id and l.account = b.account), 0))::text
  from funds f cross join lateral (values ('treasury', f.treasury_fen), ('available', f.available_fen), ('reserved', f.reserved_fen),
    ('in_transit', f.in_transit_fen), ('paid', f.paid_fen), ('custody', f.custody_fen), ('receivable', f.receivable_fen),
    ('written_off', f.written_off_fen)) b (account, fen)
  where f.id = wanted and app_sees('fund', f.id);
end;
revoke all on function fund_thrice(uuid) from public;
grant execute on function fund_thrice(uuid) to ja_app;
