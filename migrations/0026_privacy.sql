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
