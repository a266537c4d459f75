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
