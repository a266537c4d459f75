-- Privacy: safe contact of endangered persons, erasure by two people, legal holds, sealed cases, what each kind of department is shown.

-- How an endangered person may be reached, and who must not learn where they are. The rule is one text under the person's own key;
-- `blocked` are keyed digests that tell an officer who is meant, and find nobody.
create table safe_contact_rules (
  person_id uuid primary key references persons (id),
  agency_id uuid not null references agencies (id),
  set_by uuid not null references officers (id),
  set_by_person_key text not null,
  rule_sealed bytea not null,
  blocked text[] not null,
  review_on date not null,
  valid_until date,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index safe_contact_rules_agency on safe_contact_rules (agency_id);
create index safe_contact_rules_set_by on safe_contact_rules (set_by);
create index safe_contact_rules_review on safe_contact_rules (review_on);
call guard_table('safe_contact_rules', 'person', 'person_id');

-- Rules of the people of a record that the caller sees: whoever opens it is told how not to endanger them, although the person's own
-- row is hidden from most. plpgsql keeps its plans, and where no rule exists at all it costs one look.
create function safe_contacts_on(wanted_kind text, wanted_id uuid)
returns table (member_id uuid, person_id uuid, holder_id uuid, agency_id uuid, rule_sealed bytea, blocked text[], review_on date, valid_until date, relation text)
language plpgsql stable security definer set search_path = public as $$
#variable_conflict use_column
begin
  if not exists (select from safe_contact_rules) or not app_sees(wanted_kind, wanted_id) then return; end if;
  return query
  with members (id, who) as (
    select s.id, s.person_id from clue_subjects s where wanted_kind = 'clue' and s.clue_id = wanted_id
    union all select b.id, b.person_id from case_beneficiaries b where wanted_kind = 'case' and b.case_id = wanted_id
    union all select p.person_id, p.person_id from referral_persons p where wanted_kind = 'referral' and p.referral_id = wanted_id
    union all select p.person_id, p.person_id from visit_persons p where wanted_kind = 'visit' and p.visit_id = wanted_id
    union all select a.person_id, a.person_id from monitoring_accounts a where wanted_kind = 'account' and a.id = wanted_id
    union all select wanted_id, wanted_id where wanted_kind = 'person')
  select m.id, m.who, r.person_id, r.agency_id, r.rule_sealed, r.blocked, r.review_on, r.valid_until,
    (select a.relation from access a where a.kind = wanted_kind and a.agency_id = app_agency() and a.resource_id = wanted_id)
  from members m cross join lateral person_aliases(m.who) as alias (id) join safe_contact_rules r on r.person_id = alias.id
  order by m.id, r.person_id;
end $$;
revoke all on function safe_contacts_on(text, uuid) from public;
grant execute on function safe_contacts_on(text, uuid) to ja_app;

-- Everything that is recorded of one person, across agencies: for the right of access and for erasure. Answers an agency that handles
-- the person (and the service itself), one look for each table whatever the number of records. `row_id` is the place of its texts.
create function subject_rows(wanted uuid) returns table (name text, row_id text, content jsonb)
language plpgsql stable security definer set search_path = public as $$
declare
  known uuid[] := array(select * from person_aliases(wanted));
  clue_ids uuid[]; case_ids uuid[]; line_ids uuid[]; referral_ids uuid[]; visit_ids uuid[]; account_ids uuid[]; notice_ids uuid[]; record_ids uuid[];
begin
  if app_agency() is distinct from '00000000-0000-0000-0000-000000000000' and not exists (
    select from access a where a.kind = 'person' and a.resource_id = any(known) and a.agency_id = app_agency()
      and a.relation in ('handler', 'owner') and (a.until is null or a.until > now())) then return; end if;
  clue_ids := array(select distinct t.clue_id from clue_subjects t where t.person_id = any(known));
  case_ids := array(select distinct t.case_id from case_beneficiaries t where t.person_id = any(known));
  line_ids := array(select t.id from disbursements t where t.person_id = any(known));
  referral_ids := array(select distinct t.referral_id from referral_persons t where t.person_id = any(known));
  visit_ids := array(select distinct t.visit_id from visit_persons t where t.person_id = any(known));
  account_ids := array(select t.id from monitoring_accounts t where t.person_id = any(known));
  notice_ids := array(select distinct t.notice_id from case_notice_persons t where t.person_id = any(known));
  record_ids := clue_ids || case_ids || line_ids || referral_ids || visit_ids || account_ids || notice_ids;
  return query
  select 'persons', t.id::text, to_jsonb(t) from persons t where t.id = any(known)
  union all select 'person_reviews', t.id::text, to_jsonb(t) from person_reviews t where t.person_id = any(known)
  union all select 'person_merges', t.id::text, to_jsonb(t) from person_merges t where t.person_id = any(known)
  union all select 'person_versions', t.id::text, to_jsonb(t) from person_versions t where t.person_id = any(known)
  union all select 'safe_contact_rules', t.person_id::text, to_jsonb(t) from safe_contact_rules t where t.person_id = any(known)
  union all select 'clues', t.id::text, to_jsonb(t) from clues t where t.id = any(clue_ids)
  union all select 'clue_subjects', t.id::text, to_jsonb(t) from clue_subjects t where t.clue_id = any(clue_ids)
  union all select 'clue_routings', t.clue_id || '/' || t.position, to_jsonb(t) from clue_routings t where t.clue_id = any(clue_ids)
  union all select 'clue_duplicate_verdicts', t.id::text, to_jsonb(t) from clue_duplicate_verdicts t where t.clue_id = any(clue_ids)
  union all select 'assistance_cases', t.id::text, to_jsonb(t) from assistance_cases t where t.id = any(case_ids)
  union all select 'case_beneficiaries', t.id::text, to_jsonb(t) from case_beneficiaries t where t.case_id = any(case_ids)
  union all select 'case_decisions', t.id::text, to_jsonb(t) from case_decisions t where t.case_id = any(case_ids)
  union all select 'case_document_requests', t.id::text, to_jsonb(t) from case_document_requests t where t.case_id = any(case_ids)
  union all select 'case_corrections', t.id::text, to_jsonb(t) from case_corrections t where t.case_id = any(case_ids)
  union all select 'case_field_revisions', t.id::text, to_jsonb(t) from case_field_revisions t where t.case_id = any(case_ids)
  union all select 'case_advances', t.id::text, to_jsonb(t) from case_advances t join case_beneficiaries b on b.id = t.beneficiary_id
    where t.case_id = any(case_ids) and b.person_id = any(known)
  union all select 'case_notices', t.id::text, to_jsonb(t) from case_notices t where t.id = any(notice_ids)
  union all select 'case_notice_persons', t.notice_id || '/' || t.position, to_jsonb(t) from case_notice_persons t where t.notice_id = any(notice_ids)
  union all select 'disbursements', t.id::text, to_jsonb(t) from disbursements t where t.id = any(line_ids)
  union all select 'referrals', t.id::text, to_jsonb(t) from referrals t where t.id = any(referral_ids)
  union all select 'referral_persons', t.referral_id || '/' || t.position, to_jsonb(t) from referral_persons t where t.referral_id = any(referral_ids)
  union all select 'referral_outputs', t.id::text, to_jsonb(t) from referral_outputs t where t.referral_id = any(referral_ids)
  union all select 'visits', t.id::text, to_jsonb(t) from visits t where t.id = any(visit_ids)
  union all select 'visit_persons', t.visit_id || '/' || t.person_id, to_jsonb(t) from visit_persons t where t.visit_id = any(visit_ids)
  union all select 'visit_measures', t.visit_id || '/' || t.referral_id, to_jsonb(t) from visit_measures t where t.visit_id = any(visit_ids)
  union all select 'visit_confirmations', t.visit_id || '/' || t.agency_id || '/' || t.round, to_jsonb(t) from visit_confirmations t where t.visit_id = any(visit_ids)
  union all select 'visit_former_dates', t.visit_id || '/' || t.position, to_jsonb(t) from visit_former_dates t where t.visit_id = any(visit_ids)
  union all select 'monitoring_accounts', t.id::text, to_jsonb(t) from monitoring_accounts t where t.id = any(account_ids)
  union all select 'account_entries', t.id::text, to_jsonb(t) from account_entries t where t.account_id = any(account_ids)
  union all select 'account_consents', t.account_id || '/' || t.agency_id, to_jsonb(t) from account_consents t where t.account_id = any(account_ids)
  union all select 'account_transfers', t.id::text, to_jsonb(t) from account_transfers t where t.account_id = any(account_ids)
  union all select 'documents', t.id::text, to_jsonb(t) from documents t where t.parent_id = any(record_ids)
  union all select 'deadlines', t.id::text, to_jsonb(t) from deadlines t where t.subject_id = any(record_ids)
  union all select 'work_items', t.id::text, to_jsonb(t) from work_items t where t.resource_id = any(record_ids || known)
  union all select 'audit_records', t.id::text, jsonb_build_object('occurred_at', t.occurred_at, 'type', t.type, 'agency_id', t.agency_id, 'purpose', t.purpose, 'fields', t.changed)
    from audit_records t where t.kind = 'person' and t.resource_id = any(known) and t.sequence is null;
end $$;
create index documents_of on documents (parent_id);
revoke all on function subject_rows(uuid) from public;
grant execute on function subject_rows(uuid) to ja_app;

-- A legal hold keeps the data of a person, or of a clue or case, from being erased; two people end it.
create table legal_holds (
  id uuid primary key,
  number text not null unique,
  state text not null check (state in ('active', 'release_proposed', 'released')),
  subject_kind text not null check (subject_kind in ('person', 'clue', 'case')),
  subject_id uuid not null,
  reason_code text not null,
  reason_sealed bytea not null,
  agency_id uuid not null references agencies (id),
  placed_by uuid not null references officers (id),
  placed_by_person_key text not null,
  release_proposed_by uuid references officers (id),
  release_proposed_by_person_key text,
  release_sealed bytea,
  released_by uuid references officers (id),
  released_by_person_key text,
  released_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint legal_holds_released check ((state = 'released') = (released_at is not null and released_by_person_key is not null)),
  constraint legal_holds_proposed check ((state = 'active') = (release_proposed_by_person_key is null)),
  constraint legal_holds_four_eyes check (released_by_person_key <> release_proposed_by_person_key)
);
create index legal_holds_subject on legal_holds (subject_id) where state <> 'released';
create index legal_holds_agency on legal_holds (agency_id);
create index legal_holds_placed_by on legal_holds (placed_by);
create index legal_holds_release_proposed_by on legal_holds (release_proposed_by);
create index legal_holds_released_by on legal_holds (released_by);
call guard_table('legal_holds', 'legal_hold', 'id');

-- Erasure of a person, proposed and confirmed by two people. Its reason goes with the person's key; that it was done stays.
create table person_erasures (
  id uuid primary key,
  person_id uuid not null references persons (id),
  state text not null check (state in ('proposed', 'erased', 'lapsed')),
  ground text not null,
  reason_sealed bytea not null,
  agency_id uuid not null references agencies (id),
  proposed_by uuid not null references officers (id),
  proposed_by_person_key text not null,
  proposed_at timestamptz not null,
  confirmed_by uuid references officers (id),
  confirmed_by_person_key text,
  erased_at timestamptz,
  -- what went: keys destroyed, texts of shared records in which the person was struck out, stored replies emptied
  keys_destroyed integer,
  texts_redacted integer,
  replies_emptied integer,
  constraint person_erasures_four_eyes check (confirmed_by_person_key <> proposed_by_person_key),
  constraint person_erasures_done check ((state = 'erased') = (erased_at is not null and confirmed_by_person_key is not null))
);
create unique index person_erasures_open on person_erasures (person_id) where state in ('proposed', 'erased');
create index person_erasures_agency on person_erasures (agency_id);
create index person_erasures_proposed_by on person_erasures (proposed_by);
create index person_erasures_confirmed_by on person_erasures (confirmed_by);
call guard_table('person_erasures', 'person', 'person_id');

-- What stands in the way of an erasure, across agencies: numbers and a day, never a row.
create function erasure_obstacles(wanted uuid) returns jsonb language sql stable security definer set search_path = public
begin atomic
  with known as (select alias.id from person_aliases(wanted) as alias (id)),
  of_clues as (select c.* from clues c where c.id in (select s.clue_id from clue_subjects s join known on known.id = s.person_id)),
  of_cases as (select c.* from assistance_cases c where c.id in (select b.case_id from case_beneficiaries b join known on known.id = b.person_id)),
  of_lines as (select d.* from disbursements d join known on known.id = d.person_id),
  of_referrals as (select r.* from referrals r where r.id in (select p.referral_id from referral_persons p join known on known.id = p.person_id)),
  of_visits as (select v.* from visits v where v.id in (select p.visit_id from visit_persons p join known on known.id = p.person_id)),
  of_accounts as (select a.* from monitoring_accounts a join known on known.id = a.person_id)
  select jsonb_build_object(
    'holds', (select count(*) from legal_holds h where h.state <> 'released' and h.subject_id in (
      select id from known union all select id from of_clues union all select id from of_cases)),
    'clues', (select count(*) from of_clues where state in ('submitted', 'returned')),
    'assistanceCases', (select count(*) from of_cases where state not in ('closed', 'revoked', 'withdrawn')),
    'disbursements', (select count(*) from of_lines where state in ('reserved', 'authorised', 'submitted', 'unknown', 'failed', 'in_custody', 'recovering')),
    'referrals', (select count(*) from of_referrals where state in ('requested', 'received', 'accepted', 'in_progress', 'on_hold')),
    'visits', (select count(*) from of_visits where state = 'planned'),
    'monitoringAccounts', (select count(*) from of_accounts where state <> 'closed'),
    'lastOn', (select (max(at) at time zone 'Asia/Shanghai')::date::text from (
      select updated_at from of_clues union all select updated_at from of_cases union all select updated_at from of_lines
      union all select updated_at from of_referrals union all select updated_at from of_visits union all select updated_at from of_accounts
      union all select p.updated_at from persons p join known on known.id = p.id) as t (at)));
end;

-- Which records hold nobody but the person (and others who are erased): those are destroyed whole, in the others the person is struck out.
create function erasure_sole(wanted uuid) returns table (kind text, id uuid) language sql stable security definer set search_path = public
begin atomic
  with known as (select alias.id from person_aliases(wanted) as alias (id)),
  living as (select p.id from persons p where p.state <> 'erased' and p.id not in (select id from known)),
  members (kind, id, who) as (
    select 'clue', clue_id, person_id from clue_subjects
      where clue_id in (select s.clue_id from clue_subjects s join known on known.id = s.person_id)
    union all select 'case', case_id, person_id from case_beneficiaries
      where case_id in (select b.case_id from case_beneficiaries b join known on known.id = b.person_id)
    union all select 'referral', referral_id, person_id from referral_persons
      where referral_id in (select p.referral_id from referral_persons p join known on known.id = p.person_id)
    union all select 'visit', visit_id, person_id from visit_persons
      where visit_id in (select p.visit_id from visit_persons p join known on known.id = p.person_id)
    union all select 'notice', notice_id, person_id from case_notice_persons
      where notice_id in (select p.notice_id from case_notice_persons p join known on known.id = p.person_id)
    union all select 'disbursement', d.id, d.person_id from disbursements d join known on known.id = d.person_id
    union all select 'account', a.id, a.person_id from monitoring_accounts a join known on known.id = a.person_id)
  select m.kind, m.id from members m group by m.kind, m.id
  having not bool_or(exists (select from living l where l.id = m.who));
end;

-- The person is struck out of a text of a shared record; only in the transaction in which two people have confirmed it.
create function erasure_redact(erasure uuid, wanted_table text, wanted_column text, wanted_row text, sealed bytea)
returns void language plpgsql security definer set search_path = public as $$
declare key_text text;
begin
  if not exists (select from person_erasures e where e.id = erasure and e.state = 'erased' and e.agency_id = app_agency() and e.keys_destroyed is null)
    or wanted_column !~ '^[a-z_]+_sealed$' then raise exception 'no erasure is under way' using errcode = '42501'; end if;
  select string_agg(format('t.%I', a.attname), ' || ''/'' || ' order by array_position(i.indkey::int[], a.attnum::int)) into key_text
  from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
  where i.indrelid = format('public.%I', wanted_table)::regclass and i.indisprimary;
  execute format('update public.%I t set %I = $1 where (%s)::text = $2', wanted_table, wanted_column, key_text) using sealed, wanted_row;
end $$;

-- Destroys the keys of the person and of what is theirs alone, and empties what stands beside the ciphertext. Money, decisions and the
-- record of who did what stay: they hold no personal data.
create function erasure_destroy(erasure uuid) returns integer language plpgsql security definer set search_path = public as $$
declare
  wanted uuid; known uuid[]; sole uuid[]; gone integer; found jsonb;
begin
  select e.person_id into wanted from person_erasures e
    where e.id = erasure and e.state = 'erased' and e.agency_id = app_agency() and e.keys_destroyed is null;
  if wanted is null then raise exception 'no erasure is under way' using errcode = '42501'; end if;
  found := erasure_obstacles(wanted);
  if (found ->> 'holds')::int + (found ->> 'clues')::int + (found ->> 'assistanceCases')::int + (found ->> 'disbursements')::int
    + (found ->> 'referrals')::int + (found ->> 'visits')::int + (found ->> 'monitoringAccounts')::int > 0
  then raise exception 'records of the person are open or held' using errcode = '42501'; end if;
  known := array(select * from person_aliases(wanted));
  sole := array(select s.id from erasure_sole(wanted) s);
  with destroyed as (
    delete from keyring.data_keys k where k.owner_id = any(known || sole)
      or (k.owner_kind = 'document' and k.owner_id in (select d.id from documents d where d.parent_id = any(sole)))
      or (k.owner_kind = 'deadline' and k.owner_id in (select d.id from deadlines d where d.subject_id = any(sole)))
      or (k.owner_kind = 'work_item' and k.owner_id in (select w.id from work_items w where w.resource_id = any(known || sole)))
    returning 1)
  select count(*) into gone from destroyed;
  update clue_subjects set name_masked = null, id_number_masked = null, phone_masked = null, address_masked = null, household_region_code = null where person_id = any(known);
  update case_beneficiaries set name_masked = null, id_number_masked = null, phone_masked = null, address_masked = null, household_region_code = null where person_id = any(known);
  update referral_persons set name_masked = null, id_number_masked = null, phone_masked = null, address_masked = null, household_region_code = null where person_id = any(known);
  update case_notice_persons set name_masked = null where person_id = any(known);
  update disbursements set payee_name_masked = '*', payee_account_masked = '****' where person_id = any(known);
  update clues set linked_number = null, linked_key = null where id = any(sole);
  update assistance_cases set linked_number = null, linked_key = null where id = any(sole);
  delete from safe_contact_rules where person_id = any(known);
  update person_erasures set state = 'lapsed' where person_id = any(known) and state = 'proposed';
  update persons set state = 'erased', id_type = 'none', id_number_sealed = null, id_number_masked = null, id_number_index = null, name_sealed = null,
    name_masked = '*', name_digest = null, birth_date_sealed = null, birth_date_digest = null, name_birth_index = null, sex = 'unknown', version = version + 1
    where id = any(known);
  update person_erasures set keys_destroyed = gone where id = erasure;
  return gone;
end $$;
revoke all on function erasure_obstacles(uuid), erasure_sole(uuid), erasure_redact(uuid, text, text, text, bytea), erasure_destroy(uuid) from public;
grant execute on function erasure_obstacles(uuid), erasure_sole(uuid), erasure_redact(uuid, text, text, text, bytea), erasure_destroy(uuid) to ja_app;

-- Persons of the caller's own cases and accounts (of all, for the service itself) whose records have not changed since a day, newest id first.
create function retention_due(due_before date, before uuid, most integer) returns table (id uuid, last_on text, held boolean, open boolean)
language sql stable security definer set search_path = public
begin atomic
  select p.id, found.of ->> 'lastOn', (found.of ->> 'holds')::int > 0,
    (found.of ->> 'clues')::int + (found.of ->> 'assistanceCases')::int + (found.of ->> 'disbursements')::int + (found.of ->> 'referrals')::int
      + (found.of ->> 'visits')::int + (found.of ->> 'monitoringAccounts')::int > 0
  from access a join persons p on p.id = a.resource_id cross join lateral (select erasure_obstacles(p.id) as of) found
  where a.kind = 'person' and a.agency_id = app_agency() and a.relation in ('handler', 'owner') and p.state = 'active'
    and (before is null or a.resource_id < before) and p.updated_at < due_before and (found.of ->> 'lastOn')::date < due_before
  order by a.resource_id desc limit most;
end;
revoke all on function retention_due(date, uuid, integer) from public;
grant execute on function retention_due(date, uuid, integer) to ja_app;
