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
