// Empties the business tables over the owner's connection and begins a new feed epoch; what is kept stands here by name.
import { sql } from 'drizzle-orm';
import type { Db } from '../platform/db/client.ts';

/** Who may call, the stamp, the clock, the law as the migrations brought it and the keys of the service stay; every other table, also a future one, is business. */
const KEPT = [
  'public.agencies',
  'public.audit_keys',
  'public.audit_sealing',
  'public.business_clock',
  'public.calendar_days',
  'public.calendars',
  'public.clients',
  'public.database_stamp',
  'public.deadline_rules',
  'public.directory_editions',
  'public.feed_epochs',
  'public.officers',
  'public.signing_keys',
  'keyring.service_keys',
];

/** One short transaction, so that the feed of nobody waits for it. Answers the new epoch. */
export function emptyBusiness(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    const found = await tx.execute<{ name: string; guarded: boolean }>(sql`
      select format('%I.%I', n.nspname, c.relname) as name,
        exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as guarded
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'keyring') and c.relkind in ('r', 'p') and not c.relispartition order by 1`);
    const business = found.rows.filter((table) => !KEPT.includes(table.name));
    const guarded = business.filter((table) => table.guarded);
    // Log and ledger are append-only to everybody; a reset of a sandbox starts new ones (contract.md §2).
    for (const { name } of guarded) await tx.execute(sql.raw(`alter table ${name} disable trigger user`));
    await tx.execute(sql.raw(`truncate ${business.map((table) => table.name).join(', ')}`));
    for (const { name } of guarded) await tx.execute(sql.raw(`alter table ${name} enable trigger user`));
    // What an officer has added to rules and calendar goes; the seeded editions stay.
    await tx.execute(sql`delete from deadline_rules where created_by is not null`);
    await tx.execute(sql`delete from calendar_days where (year, edition) in
      (select year, edition from calendars where published_by is not null)`);
    await tx.execute(sql`delete from calendars where published_by is not null`);
    const epochs = await tx.execute<{ epoch: number }>(
      sql`insert into feed_epochs (epoch) select max(epoch) + 1 from feed_epochs returning epoch`,
    );
    return epochs.rows[0]?.epoch ?? 1;
  });
}
