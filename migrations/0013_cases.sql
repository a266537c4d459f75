-- Cases in breadth: approval in two steps, documents item by item, the applicant told, the standard of the decision, typical cases.
alter table assistance_cases
  add column superior_agency_id uuid references agencies (id),
  add column superior_reasons text[] not null default '{}',
  add column approval_step integer not null default 1,
  add column step_person_key text,
  add column outstanding_items integer not null default 0 constraint assistance_cases_outstanding check (outstanding_items >= 0),
  add column told_on date,
  add column granted_fen bigint constraint assistance_cases_granted_sum check (granted_fen > 0),
  add column paid_fen bigint not null default 0 constraint assistance_cases_paid check (paid_fen >= 0),
  add column standard_region_code text,
  add column standard_year integer,
  add column standard_series text,
  add column standard_annual_fen bigint constraint assistance_cases_standard_sum check (standard_annual_fen > 0),
  add column standard_months integer,
  add column typical_marked_on date,
  add column typical_published_on date,
  add column typical_sealed bytea,
  -- the level above is asked for a reason, and only then is there a second step
  add constraint assistance_cases_superior check (
    superior_reasons <@ array['exclusion_override'] and (superior_agency_id is null) = (superior_reasons = '{}')),
  add constraint assistance_cases_step check (
    approval_step = 1 or (approval_step = 2 and superior_agency_id is not null and step_person_key is not null)),
  add constraint assistance_cases_told check (told_on is null or (decided_on is not null and told_on >= decided_on)),
  add constraint assistance_cases_standard check (
    num_nonnulls(standard_region_code, standard_year, standard_series, standard_annual_fen, standard_months) in (0, 5)),
  add constraint assistance_cases_typical check (
    (typical_marked_on is null) = (typical_sealed is null)
    and (typical_published_on is null or typical_marked_on is not null)
    and (typical_marked_on is null or decision_outcome = 'granted'));
create index assistance_cases_superior on assistance_cases (superior_agency_id);
create index assistance_cases_campaign on assistance_cases (campaign_code, id desc) where campaign_code is not null;
create index assistance_cases_green on assistance_cases (id desc) where green_channel;
create index assistance_cases_typical on assistance_cases (id desc) where typical_marked_on is not null;

-- what was asked for before items had a state of their own counts as one until its receipt
update assistance_cases set outstanding_items = 1 where state = 'awaiting_documents';
update assistance_cases c set granted_fen = b.fen
  from (select case_id, sum(granted_fen)::bigint as fen from case_beneficiaries where granted_fen is not null group by case_id) b
  where b.case_id = c.id;
update assistance_cases c set paid_fen = d.fen
  from (select case_id, sum(amount_fen)::bigint as fen from disbursements where paid_on is not null group by case_id) d
  where d.case_id = c.id;

alter table case_document_requests
  add column item_statuses text[] not null default '{}' constraint case_document_requests_statuses
    check (item_statuses <@ array['requested', 'received', 'to_be_obtained_by_organ', 'waived']);

alter table case_decisions
  add column refusal_basis text constraint case_decisions_basis
    check (refusal_basis is null
      or (outcome = 'refused' and refusal_basis in ('exclusion', 'eligibility_not_met', 'aided_already', 'other'))),
  add column told_on date,
  add column told_channel text,
  add column told_by uuid references officers (id),
  add column told_sealed bytea,
  add constraint case_decisions_told check (
    num_nonnulls(told_on, told_channel, told_by) in (0, 3) and (told_sealed is null or told_on is not null)
    and (told_on is null or number is not null));
create index case_decisions_told_by on case_decisions (told_by);
-- the decision itself stays as it was; that the applicant was told of it comes later
grant update (told_on, told_channel, told_by, told_sealed) on case_decisions to ja_app;
