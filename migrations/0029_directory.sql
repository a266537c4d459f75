-- The directory of agencies is held in memory by every process; its edition, read with the clock, says whether what is held is
-- what stands (docs/evidence/bench.md).
create table directory_editions (
  singleton boolean primary key default true check (singleton),
  edition bigint not null
);
insert into directory_editions (edition) values (1);
grant select on directory_editions to ja_app;

create function next_directory_edition() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update directory_editions set edition = edition + 1;
  return null;
end $$;

create trigger agencies_edition after insert or update or delete or truncate on agencies
  for each statement execute function next_directory_edition();
