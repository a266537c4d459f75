-- Row security without a function call per row: the probe of the access key stands in the policy itself (docs/evidence/bench.md).
create or replace procedure guard_table(table_name regclass, wanted_kind text, id_column text) language plpgsql as $$
declare
  seen text := format('exists (select 1 from access a where a.kind = %L
    and a.agency_id = (select nullif(current_setting(''app.agency'', true), '''')::uuid) and a.resource_id = %s.%I
    and (a.until is null or a.until > now())
    and (a.relation <> ''oversight'' or (select current_setting(''app.oversight'', true)) = ''on''))',
    wanted_kind, table_name, id_column);
begin
  execute format('alter table %s enable row level security', table_name);
  execute format('alter table %s force row level security', table_name);
  execute format('create policy owner_all on %s to %I using (true) with check (true)', table_name, current_user);
  execute format('create policy app_read on %s for select to ja_app using (%s)', table_name, seen);
  execute format('create policy app_change on %s for update to ja_app using (%s)', table_name, seen);
  execute format('create policy app_add on %s for insert to ja_app with check (app_agency() is not null)', table_name);
  execute format('grant select, insert, update on %s to ja_app', table_name);
end $$;

-- The policies that stand already, whatever they protect: the same question, asked in place.
do $$
declare
  p record;
  found text[];
begin
  for p in select schemaname, tablename, policyname, qual from pg_policies where qual like 'app_sees(%' loop
    found := regexp_match(p.qual, '^app_sees\(''(\w+)''::text, (\w+)\)$');
    continue when found is null;
    execute format('alter policy %I on %I.%I using (exists (select 1 from access a where a.kind = %L
      and a.agency_id = (select nullif(current_setting(''app.agency'', true), '''')::uuid) and a.resource_id = %I.%I
      and (a.until is null or a.until > now())
      and (a.relation <> ''oversight'' or (select current_setting(''app.oversight'', true)) = ''on'')))',
      p.policyname, p.schemaname, p.tablename, found[1], p.tablename, found[2]);
  end loop;
end $$;

-- A page is read along the key of `access`, never sorted: an agency is taken to hold a good part of the rows, or the plan
-- that serves all calls would expect a handful and sort the thousands of a busy one.
alter table access alter column agency_id set (n_distinct = 4);
alter table access alter column kind set (n_distinct = 4);

-- The transaction's own id is the database's to say, so that an event is a plain row of values.
alter table events alter column xid set default pg_current_xact_id();
