-- Identity and authorisation, second look (issue 4, ADR 0023): what the code alone had kept is kept by the database too.

-- A legal hold is placed by an agency for itself, in force, and on what it sees: the row asks, not only the verb.
drop policy app_add on legal_holds;
create policy app_add on legal_holds for insert to ja_app
  with check (agency_id = app_agency() and state = 'active' and app_sees(subject_kind, subject_id));

-- A key lets a system speak for every officer of its agency: whoever registers one is not who lets it in. Those that stand were let in
-- under the former rule. The grant that another person confirms names the key.
alter table client_keys add column confirmed_at timestamptz;
update client_keys set confirmed_at = created_at;
grant update (confirmed_at) on client_keys to ja_app;
alter table role_grants add column client_key_id uuid references client_keys (id),
  add constraint role_grants_key_of_client check (client_key_id is null or client_id is not null);
drop index role_grants_client;
create unique index role_grants_client on role_grants (client_id) where state = 'open' and client_key_id is null;
create unique index role_grants_client_key on role_grants (client_key_id);

-- All that a rule of safe contact closes to an officer (of whom the digests speak): the person under every alias, the records that the
-- person stands on, and what hangs on them. Ids alone; where no rule names the officer it is one look at an index.
create index safe_contact_rules_blocked on safe_contact_rules using gin (blocked);
create function records_kept_from(digests text[], today date) returns table (id uuid)
language plpgsql stable security definer set search_path = public as $$
#variable_conflict use_column
declare
  known uuid[]; kept uuid[];
begin
  known := array(select distinct alias.id from safe_contact_rules r cross join lateral person_aliases(r.person_id) as alias (id)
    where r.blocked && digests and (r.valid_until is null or r.valid_until >= today));
  if cardinality(known) = 0 then return; end if;
  kept := known
    || array(select s.clue_id from clue_subjects s where s.person_id = any(known))
    || array(select b.case_id from case_beneficiaries b where b.person_id = any(known))
    || array(select a.id from monitoring_accounts a where a.person_id = any(known))
    || array(select p.notice_id from case_notice_persons p where p.person_id = any(known))
    || array(select v.id from person_reviews v where v.person_id = any(known));
  kept := kept
    || array(select d.id from disbursements d where d.person_id = any(known) or d.case_id = any(kept))
    || array(select r.id from referrals r where r.clue_id = any(kept) or r.assistance_case_id = any(kept) or r.monitoring_account_id = any(kept)
      union select p.referral_id from referral_persons p where p.person_id = any(known))
    || array(select v.id from visits v where v.assistance_case_id = any(kept) or v.monitoring_account_id = any(kept)
      union select p.visit_id from visit_persons p where p.person_id = any(known));
  kept := kept
    || array(select d.id from documents d where d.parent_id = any(kept))
    || array(select d.id from deadlines d where d.subject_id = any(kept) or d.case_id = any(kept))
    || array(select w.id from work_items w where w.resource_id = any(kept))
    || array(select h.id from legal_holds h where h.subject_id = any(kept));
  return query select distinct k from unnest(kept) as k;
end $$;
revoke all on function records_kept_from(text[], date) from public;
grant execute on function records_kept_from(text[], date) to ja_app;
