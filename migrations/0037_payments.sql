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
