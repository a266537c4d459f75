-- the release from custody that waits for another person's word: the oldest that was asked for, and by whom (domain §7, custody)
alter table disbursements
  add column awaited_release_id uuid references custody_releases (id),
  add column awaited_release_by_person_key text,
  add constraint disbursements_awaited_release check ((awaited_release_id is null) = (awaited_release_by_person_key is null));
create index disbursements_awaited_release_id on disbursements (awaited_release_id) where awaited_release_id is not null;
update disbursements d
  set awaited_release_id = r.id, awaited_release_by_person_key = r.requested_by_person_key
  from (select distinct on (disbursement_id) disbursement_id, id, requested_by_person_key from custody_releases
        where state = 'requested' order by disbursement_id, position) r
  where r.disbursement_id = d.id;
