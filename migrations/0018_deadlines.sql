-- Deadlines on every party: the rule as it stood, its due day, pauses, and how the clock ended. Seen with what it is about.
create table deadlines (
  id uuid primary key,
  code text not null,
  subject_kind text not null check (subject_kind in ('clue', 'case', 'disbursement', 'referral', 'visit', 'notice')),
  subject_id uuid not null,
  case_id uuid,
  party_agency_id uuid not null references agencies (id),
  steward_agency_id uuid not null,
  state text not null check (state in ('running', 'paused', 'ended', 'waived')),
  rule_ref text not null,
  rule jsonb not null,
  started_on date not null,
  due_on date not null,
  soon_on date not null check (soon_on <= due_on),
  extension_days integer not null default 0 check (extension_days >= 0),
  pauses jsonb not null default '[]',
  ended_on date,
  ended_by text,
  calendar_version text not null,
  provisional boolean not null,
  notes_sealed bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint deadlines_ended check ((state in ('ended', 'waived')) = (ended_on is not null and ended_by is not null))
);
-- one running clock of a rule per subject: a fact that comes twice starts one
create unique index deadlines_running on deadlines (subject_id, code) where state in ('running', 'paused');
create index deadlines_subject on deadlines (subject_id, subject_kind);
create index deadlines_party on deadlines (party_agency_id, id desc);
create index deadlines_case on deadlines (case_id, id desc) where case_id is not null;
create index deadlines_due on deadlines (due_on) where state = 'running';

-- as guard_table, but the kind that decides who sees it stands in the row
alter table deadlines enable row level security;
alter table deadlines force row level security;
do $$ begin
  execute format('create policy owner_all on deadlines to %I using (true) with check (true)', current_user);
end $$;
create policy app_read on deadlines for select to ja_app using (app_sees(subject_kind, subject_id));
create policy app_change on deadlines for update to ja_app using (app_sees(subject_kind, subject_id));
create policy app_add on deadlines for insert to ja_app with check (app_agency() is not null);
grant select, insert, update on deadlines to ja_app;
