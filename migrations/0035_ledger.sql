-- Double entry: every movement is a journal of postings whose sum is zero; the database itself keeps the balances (M-02, M-03, ADR 0026).
alter table funds
  -- how many journals there are: the running number of the last
  add column entries integer not null default 0,
  -- what the treasury has given: the other side of all else, therefore never above zero
  add column treasury_fen bigint not null default 0 check (treasury_fen <= 0),
  add column custody_fen bigint not null default 0 check (custody_fen >= 0),
  add column receivable_fen bigint not null default 0 check (receivable_fen >= 0),
  add column written_off_fen bigint not null default 0 check (written_off_fen >= 0);

create table ledger_journals (
  id uuid primary key,
  fund_id uuid not null references funds (id),
  position integer not null,
  kind text not null check (kind in ('allocation', 'year_end_return', 'reservation', 'release', 'submission', 'settlement', 'failure', 'custody_deposit', 'custody_release', 'recovery_order', 'custody_recall', 'recovery', 'treasury_return', 'write_off', 'reversal')),
  legs smallint not null check (legs >= 2),
  case_id uuid references assistance_cases (id),
  disbursement_id uuid references disbursements (id),
  -- what is wrong is never changed: another journal turns it round, once
  reverses_id uuid references ledger_journals (id),
  document_number text,
  recorded_by_person_key text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  unique (fund_id, position),
  unique (id, fund_id),
  constraint ledger_journals_reversal check ((kind = 'reversal') = (reverses_id is not null))
);

create table ledger_postings (
  journal_id uuid not null,
  line smallint not null check (line >= 1),
  fund_id uuid not null,
  account text not null check (account in ('treasury', 'available', 'reserved', 'in_transit', 'paid', 'custody', 'receivable', 'written_off')),
  -- debit above, credit below zero
  amount_fen bigint not null check (amount_fen <> 0),
  primary key (journal_id, line),
  unique (journal_id, account),
  foreign key (journal_id, fund_id) references ledger_journals (id, fund_id)
);

-- What was there is carried over under its own ids and numbers.
insert into ledger_journals (id, fund_id, position, kind, legs, case_id, disbursement_id, occurred_at, recorded_at)
  select id, fund_id, position, kind, 2, case_id, disbursement_id, occurred_at, recorded_at from fund_entries;
insert into ledger_postings (journal_id, line, fund_id, account, amount_fen)
  select id, 1, fund_id, case from_account when 'external' then 'treasury' else from_account end, -amount_fen from fund_entries
  union all
  select id, 2, fund_id, case to_account when 'external' then 'treasury' else to_account end, amount_fen from fund_entries;
update funds set
  entries = (select count(*) from ledger_journals j where j.fund_id = funds.id),
  treasury_fen = -(available_fen + reserved_fen + in_transit_fen + paid_fen);
drop table fund_entries;

alter table funds add constraint funds_balanced check (
  treasury_fen + available_fen + reserved_fen + in_transit_fen + paid_fen + custody_fen + receivable_fen + written_off_fen = 0);

create index ledger_journals_instant on ledger_journals (fund_id, occurred_at);
create index ledger_journals_case on ledger_journals (case_id) where case_id is not null;
create index ledger_journals_disbursement on ledger_journals (disbursement_id) where disbursement_id is not null;
create unique index ledger_journals_reversed_once on ledger_journals (reverses_id) where reverses_id is not null;
-- the last wall against paying one line twice
create unique index ledger_journals_settled_once on ledger_journals (disbursement_id) where kind = 'settlement';
create index ledger_journals_document on ledger_journals (fund_id, document_number) where document_number is not null;
create index ledger_postings_fund on ledger_postings (fund_id, account);

-- The running number; whoever moves money of a fund waits here for whoever did before.
create function number_journal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update funds set entries = entries + 1, version = version + 1, updated_at = new.occurred_at
    where id = new.fund_id returning entries into new.position;
  return new;
end $$;
create trigger ledger_journals_number before insert on ledger_journals for each row execute function number_journal();

-- Postings come whole, journal by journal, and move the balances; a CHECK of the fund refuses what is not there.
create function post_balances() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (
    select from added a join ledger_journals j on j.id = a.journal_id group by j.id
      having sum(a.amount_fen) <> 0 or count(*) <> j.legs) then
    raise exception 'a journal does not balance' using errcode = '23514', constraint = 'ledger_journals_balanced';
  end if;
  update funds f set
    treasury_fen = f.treasury_fen + x.treasury, available_fen = f.available_fen + x.available,
    reserved_fen = f.reserved_fen + x.reserved, in_transit_fen = f.in_transit_fen + x.in_transit, paid_fen = f.paid_fen + x.paid,
    custody_fen = f.custody_fen + x.custody, receivable_fen = f.receivable_fen + x.receivable,
    written_off_fen = f.written_off_fen + x.written_off
  from (
    select fund_id,
      coalesce(sum(amount_fen) filter (where account = 'treasury'), 0) as treasury,
      coalesce(sum(amount_fen) filter (where account = 'available'), 0) as available,
      coalesce(sum(amount_fen) filter (where account = 'reserved'), 0) as reserved,
      coalesce(sum(amount_fen) filter (where account = 'in_transit'), 0) as in_transit,
      coalesce(sum(amount_fen) filter (where account = 'paid'), 0) as paid,
      coalesce(sum(amount_fen) filter (where account = 'custody'), 0) as custody,
      coalesce(sum(amount_fen) filter (where account = 'receivable'), 0) as receivable,
      coalesce(sum(amount_fen) filter (where account = 'written_off'), 0) as written_off
    from added group by fund_id) x
  where f.id = x.fund_id;
  return null;
end $$;
create trigger ledger_postings_balances after insert on ledger_postings referencing new table as added
  for each statement execute function post_balances();

-- At the end of the transaction: no journal without its postings, none with more than it began with.
create function check_journal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  found record;
begin
  select count(*) as legs, coalesce(sum(amount_fen), 0) as sum into found from ledger_postings where journal_id = new.id;
  if found.legs <> new.legs or found.sum <> 0 then
    raise exception 'a journal does not balance' using errcode = '23514', constraint = 'ledger_journals_balanced';
  end if;
  return null;
end $$;
create constraint trigger ledger_journals_balanced after insert on ledger_journals
  deferrable initially deferred for each row execute function check_journal();

-- Lines that were in custody or being recovered before there were accounts for it.
create function pg_temp.carry_over(d disbursements, wanted text, source text, target text, fen bigint) returns void language plpgsql as $$
declare
  journal uuid := encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;
begin
  if fen = 0 then return; end if;
  insert into ledger_journals (id, fund_id, position, kind, legs, case_id, disbursement_id, occurred_at)
    values (journal, d.fund_id, 0, wanted, 2, d.case_id, d.id, d.updated_at);
  insert into ledger_postings values (journal, 1, d.fund_id, source, -fen), (journal, 2, d.fund_id, target, fen);
end $$;
do $$
declare
  d disbursements;
begin
  for d in select * from disbursements where state in ('in_custody', 'recovering', 'written_off') order by id loop
    if d.state = 'in_custody' then
      perform pg_temp.carry_over(d, 'custody_deposit', 'paid', 'custody', d.amount_fen);
    else
      perform pg_temp.carry_over(d, 'recovery_order', 'paid', 'receivable', d.recovery_fen - d.recovered_fen);
    end if;
    if d.state = 'written_off' then
      perform pg_temp.carry_over(d, 'write_off', 'receivable', 'written_off', d.recovery_fen - d.recovered_fen);
    end if;
  end loop;
end $$;
set constraints all immediate;
set constraints all deferred;

create trigger ledger_journals_append_only before update or delete or truncate on ledger_journals
  for each statement execute function refuse_change();
create trigger ledger_postings_append_only before update or delete or truncate on ledger_postings
  for each statement execute function refuse_change();
call guard_table('ledger_journals', 'fund', 'fund_id');
call guard_table('ledger_postings', 'fund', 'fund_id');
revoke update on ledger_journals, ledger_postings from ja_app;
-- money moves only where the fund is seen
drop policy app_add on ledger_journals;
drop policy app_add on ledger_postings;
create policy app_add on ledger_journals for insert to ja_app with check (app_sees('fund', fund_id));
create policy app_add on ledger_postings for insert to ja_app with check (app_sees('fund', fund_id));

-- The service opens empty funds and names them; balances and numbers change by journals alone.
revoke update on funds from ja_app;
grant update (name, is_default, version, updated_at) on funds to ja_app;
drop policy app_add on funds;
create policy app_add on funds for insert to ja_app with check (
  app_agency() is not null and entries = 0 and treasury_fen = 0 and available_fen = 0 and reserved_fen = 0 and in_transit_fen = 0
  and paid_fen = 0 and custody_fen = 0 and receivable_fen = 0 and written_off_fen = 0);

-- One closing a year: what nobody holds stays with the fund or goes back to the treasury; what is reserved stays either way.
create table fund_closings (
  id uuid primary key,
  fund_id uuid not null references funds (id),
  year integer not null check (year between 2000 and 2200),
  outcome text not null check (outcome in ('carried_over', 'returned')),
  returned_fen bigint not null check (returned_fen >= 0),
  available_fen bigint not null check (available_fen >= 0),
  reserved_fen bigint not null check (reserved_fen >= 0),
  in_transit_fen bigint not null check (in_transit_fen >= 0),
  closed_by uuid not null references officers (id),
  closed_by_person_key text not null,
  created_at timestamptz not null,
  constraint fund_closings_once unique (fund_id, year),
  constraint fund_closings_outcome check (outcome = 'returned' or returned_fen = 0)
);
create index fund_closings_closed_by on fund_closings (closed_by);
call guard_table('fund_closings', 'fund', 'fund_id');
revoke update on fund_closings from ja_app;
drop policy app_add on fund_closings;
create policy app_add on fund_closings for insert to ja_app with check (app_sees('fund', fund_id));
