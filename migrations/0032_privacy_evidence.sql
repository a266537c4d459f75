-- How often a key has sealed (P-03, ADR 0024): counted in the processes, kept here in steps, never made less by the service.
create table keyring.key_uses (
  key text primary key,
  used bigint not null check (used > 0),
  counted_at timestamptz not null default clock_timestamp()
);
grant select on keyring.key_uses to ja_app;
create function add_key_uses(wanted text, more integer) returns bigint language sql security definer set search_path = public
begin atomic
  insert into keyring.key_uses as u (key, used) values (wanted, greatest(more, 1))
  on conflict (key) do update set used = u.used + greatest(more, 1), counted_at = clock_timestamp()
  returning used;
end;
revoke all on function add_key_uses(text, integer) from public;
grant execute on function add_key_uses(text, integer) to ja_app;

-- Stored answers are sealed with a key of the service: in a backup they would outlive an erasure (P-13). The worker begins a new
-- generation each week; one that was replaced ten days ago, longer than any answer is kept, goes. The service can remove no other key.
create function drop_reply_keys() returns bigint language sql security definer set search_path = public
begin atomic
  with gone as (
    delete from keyring.service_keys where name = 'reply' and generation <
      (select max(k.generation) from keyring.service_keys k where k.name = 'reply' and k.created_at < now() - interval '10 days')
    returning 1)
  select count(*) from gone;
end;
revoke all on function drop_reply_keys() from public;
grant execute on function drop_reply_keys() to ja_app;
