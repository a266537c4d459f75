-- Persons: identity apart from submissions; matching by a definer function that answers an id and a verdict, never a row.
create table persons (
  id uuid primary key,
  id_type text not null check (id_type in ('citizen_id', 'passport', 'residence_permit', 'birth_certificate', 'none')),
  id_number_sealed bytea,
  id_number_masked text,
  id_number_index bytea,
  name_sealed bytea,
  name_masked text not null,
  name_digest bytea,
  birth_date_sealed bytea,
  birth_date_digest bytea,
  sex text not null check (sex in ('female', 'male', 'unknown')),
  state text not null default 'active' check (state in ('active', 'merged', 'erased')),
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index persons_identity on persons (id_number_index) where id_number_index is not null;
call guard_table('persons', 'person', 'id');

-- Forced row security hides a person of another agency from the upsert: the match runs as owner.
-- It answers the id and the pointers of identity data that differ, and of those that only the person's record has; digests are
-- keyed per person, so they compare but do not search.
create function match_person(wanted bytea, name_d bytea, birth_d bytea, wanted_sex text)
returns table (person_id uuid, conflicts text[], unstated text[]) language sql stable security definer set search_path = public
begin atomic
  select p.id, array_remove(array[
    case when name_d is not null and p.name_digest is not null and p.name_digest <> name_d then '/name' end,
    case when birth_d is not null and p.birth_date_digest is not null and p.birth_date_digest <> birth_d then '/birthDate' end,
    case when wanted_sex <> 'unknown' and p.sex <> 'unknown' and p.sex <> wanted_sex then '/sex' end], null),
    array_remove(array[
    case when name_d is null and p.name_digest is not null then '/name' end,
    case when birth_d is null and p.birth_date_digest is not null then '/birthDate' end,
    case when wanted_sex = 'unknown' and p.sex <> 'unknown' then '/sex' end], null)
  from persons p where p.id_number_index = wanted;
end;
revoke all on function match_person(bytea, bytea, bytea, text) from public;
grant execute on function match_person(bytea, bytea, bytea, text) to ja_app;

-- Conflicting identity data waits for a person to look at it; nothing is overwritten. What a submission did not state at all is
-- noted beside it (nothing to review, so resolved from the start): its agencies are not told what others wrote there.
create table person_reviews (
  id uuid primary key,
  person_id uuid not null references persons (id),
  source_kind text not null,
  source_id uuid not null,
  pointers text[] not null,
  unstated text[] not null,
  state text not null default 'open' check (state in ('open', 'resolved')),
  created_at timestamptz not null
);
create index person_reviews_person on person_reviews (person_id);
call guard_table('person_reviews', 'person', 'person_id');
