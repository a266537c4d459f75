-- a person's own copy holds what came after it was first made: the shares of joint aid, and the custody of their money (P-15)
alter function subject_rows_whole(uuid) rename to subject_rows_first;
create function subject_rows_whole(wanted uuid) returns table (name text, row_id text, content jsonb)
language plpgsql stable security definer set search_path = public as $$
#variable_conflict use_column
declare
  known uuid[] := array(select * from person_aliases(wanted));
begin
  return query select * from subject_rows_first(wanted);
  -- nothing: whoever asks does not handle the person
  if not found then return; end if;
  return query
  select 'case_shares', t.id::text, to_jsonb(t) from case_shares t join case_beneficiaries b on b.id = t.beneficiary_id
    where b.person_id = any(known)
  union all select 'custody_plans', t.disbursement_id::text, to_jsonb(t) from custody_plans t join disbursements d on d.id = t.disbursement_id
    where d.person_id = any(known)
  union all select 'custody_releases', t.id::text, to_jsonb(t) from custody_releases t join disbursements d on d.id = t.disbursement_id
    where d.person_id = any(known);
end $$;
revoke all on function subject_rows_whole(uuid), subject_rows_first(uuid) from public, ja_app;
