// Which columns go into a person's own copy and which do not (P-15, S-17): a new column is in neither list, is not shown, and fails a test.

/** What is processed about the person; texts by the name of their sealed column. */
export const SHOWN: Readonly<Record<string, string>> = {
  persons: 'id id_type id_number_sealed name_sealed birth_date_sealed sex state created_at updated_at merged_into_id',
  person_reviews:
    'id person_id source_kind source_id pointers unstated state created_at proposed_sealed proposing_agency_id ' +
    'outcome resolved_at resolution_sealed',
  person_merges:
    'id person_id into_person_id state agency_id proposed_at merged_at ended_at reason_sealed ending_sealed',
  person_versions: 'id person_id review_id pointers former_sealed changed_at',
  safe_contact_rules: 'person_id agency_id rule_sealed review_on valid_until created_at updated_at',
  clues:
    'id number external_id source_agency_id receiving_agency_id state source region_code urgency green_channel ' +
    'found_on campaign_code linked_type linked_number linked_organ narrative_sealed outcome_sealed reason_code ' +
    'missing subject_count case_id case_ended created_at updated_at content_at content_recorded_at',
  clue_subjects:
    'id clue_id position person_id relation_to_case categories household_region_code id_type sex ' + 'submitted_sealed',
  clue_routings: 'clue_id position agency_id until reason_sealed',
  clue_duplicate_verdicts: 'id clue_id verdict reason_sealed agency_id given_at',
  assistance_cases:
    'id number state initiation clue_id green_channel region_code campaign_code linked_type linked_number ' +
    'linked_organ handling_agency_id narrative_sealed round eligibility_code exclusion_codes proposal_sealed ' +
    'proposed_at decision_number decision_outcome decided_on reconsidered reconsideration_agency_id ' +
    'new_facts_sealed ending_sealed revocation_sealed beneficiary_count created_at updated_at ' +
    'superior_agency_id superior_reasons approval_step outstanding_items told_on granted_fen paid_fen ' +
    'standard_region_code standard_year standard_series standard_annual_fen standard_months typical_marked_on ' +
    'typical_published_on typical_sealed advice_sealed pending_correction_id shares_awaited sealed_at ' +
    'sealed_basis sealing_sealed approvers committee higher_agency_id standard_id court_ceiling_fen',
  case_beneficiaries:
    'id case_id position person_id relation categories household_region_code id_type sex submitted_sealed ' +
    'proposed_fen granted_fen fund_id minor_at_decision',
  case_decisions:
    'id case_id round step level agency_id outcome exclusion_code number decided_on opinion_sealed created_at ' +
    'refusal_basis told_on told_channel told_sealed step_kind minutes_held_on minutes_reference',
  case_document_requests: 'id case_id position requested_at received_at request_sealed receipt_sealed item_statuses',
  case_corrections: 'id case_id pointer state text_sealed proposed_at decided_at decision_sealed',
  case_field_revisions: 'id case_id case_version fact_type pointer values_sealed correction_id agency_id changed_at',
  case_advances:
    'id case_id beneficiary_id fund_id amount_fen months standard_year standard_annual_fen approved_on ' +
    'reason_sealed created_at',
  case_notices:
    'id number state case_id case_number sender_agency_id federation_id outcome decision_number decided_on ' +
    'exclusion_code closed_on revoked_on advice_sealed received_at note_sealed created_at updated_at',
  case_notice_persons: 'notice_id position person_id sex minor relation categories granted_fen paid_fen',
  disbursements:
    'id number case_id beneficiary_id person_id agency_id treasury_agency_id fund_id state kind amount_fen ' +
    'request_number payee_type payee_sealed notes_sealed authorised_at submitted_at submissions paid_on ' +
    'bank_reference appropriated_on appropriation_document notified_on notification_channel receipt_outcome ' +
    'recovery_fen recovered_fen case_ended created_at updated_at recovery_due share_agency_id recovery_to ' +
    'custody_released_fen',
  referrals:
    'id number sender_agency_id agency_id origin_kind clue_id assistance_case_id monitoring_account_id state ' +
    'measures legal_basis proposal_sealed person_count sent_on respond_by received_at answered_at started_at ' +
    'ended_at reason_code outcome texts_sealed reminder_count reminded_at forwarded_from_id forwarded_to_id ' +
    'created_at updated_at resume_on former_agency_id follow_up follow_up_decision follow_up_referral_id ' +
    'followed_up_at',
  referral_persons:
    'referral_id position person_id beneficiary_id sex household_region_code granted_fen disclosed_sealed',
  referral_outputs: 'id referral_id measure from_on to_on value_fen note_sealed created_at',
  visits:
    'id number assistance_case_id monitoring_account_id handling_agency_id partner_agency_id joint_agency_ids ' +
    'first_plan state mode planned_on done_on risk_level missed_reason_code next_visit_id record_sealed ' +
    'notes_sealed created_at updated_at planned_by_agency_id recorded_by_agency_id confirmation_round ' +
    'unchecked_referral_ids',
  visit_persons: 'visit_id person_id',
  visit_measures: 'visit_id referral_id status left_out_sealed',
  visit_confirmations: 'visit_id agency_id round phase outcome reason_sealed created_at',
  visit_former_dates: 'visit_id position planned_on missed_reason_code notes_sealed created_at',
  monitoring_accounts:
    'id number person_id procuratorate_id federation_id region_code state risk_level granted_fen paid_fen ' +
    'opened_on next_action_kind next_due_on reasons_sealed created_at updated_at state_on reopened_on ' +
    'closing_reason merged_into_id assistance_since',
  account_entries:
    'id account_id kind agency_id text_sealed created_at state answers_entry_id answered reviewed_agency_id ' +
    'reviewed_at review_sealed',
  account_consents: 'account_id agency_id reason_sealed created_at',
  account_transfers:
    'id account_id state from_agency_id to_agency_id requested_on sight_given reason_sealed answered_on ' +
    'answer_sealed person_sealed created_at',
  documents: 'id parent_kind parent_id kind media_type bytes sha256 texts_sealed agency_id created_at updated_at',
  deadlines:
    'id code subject_kind subject_id case_id party_agency_id steward_agency_id state rule_ref rule started_on ' +
    'due_on soon_on extension_days pauses ended_on calendar_version provisional notes_sealed created_at ' +
    'updated_at next_on escalated_to supervised_on',
  work_items:
    'id kind resource_id resource_number agency_id action urgent due_on assigned_at note_sealed created_at ' +
    'updated_at',
  case_shares:
    'id case_id beneficiary_id agency_id fund_id status requested_fen requested_on given_fen given_on created_at updated_at',
  custody_plans: 'disbursement_id agreement_number signed_on agreement_sealed instalments created_at updated_at',
  custody_releases:
    'id disbursement_id position state amount_fen purpose evidence_ids texts_sealed decided_on created_at updated_at',
  audit_records: 'occurred_at type agency_id purpose fields',
};

/** Digests and masks of what is shown in clear, officers' names and keys, other people's records, and what only serves the database. */
export const WITHHELD: Readonly<Record<string, string>> = {
  persons:
    'id_number_masked id_number_index name_masked name_digest birth_date_digest version absorbed_count ' +
    'name_birth_index',
  person_reviews: 'proposed_by proposed_by_person_key resolved_by resolved_by_person_key version',
  person_merges: 'proposed_by proposed_by_person_key confirmed_by confirmed_by_person_key ended_by',
  person_versions: 'changed_by',
  safe_contact_rules: 'set_by set_by_person_key blocked version',
  clues: 'linked_key submitted_by version',
  clue_subjects: 'name_masked id_number_masked phone_masked address_masked',
  clue_duplicate_verdicts: 'candidate_id officer_id',
  assistance_cases:
    'linked_key handler_officer_id opened_by proposed_by proposed_by_person_key refused_by_person_key ' +
    'open_lines version step_person_key step_person_keys pending_correction_by shares_given_by sealed_by',
  case_beneficiaries: 'name_masked id_number_masked phone_masked address_masked',
  case_decisions: 'officer_id person_key told_by',
  case_document_requests: 'requested_by received_by',
  case_corrections: 'proposed_by proposed_by_person_key decided_by decided_by_person_key',
  case_field_revisions: 'officer_id',
  case_advances: 'approved_by approved_by_person_key',
  case_notices: 'received_by version',
  case_notice_persons: 'name_masked',
  disbursements:
    'payee_name_masked payee_account_masked planned_by planned_by_person_key authorised_by ' +
    'authorised_by_person_key submitted_by submitted_by_person_key settled_by settled_by_person_key ' +
    'recovery_ordered_by_person_key version write_off_proposed_by_person_key written_off_by_person_key ' +
    'awaited_release_id awaited_release_by_person_key',
  referrals: 'sent_by version followed_up_by',
  referral_persons: 'name_masked id_number_masked phone_masked address_masked',
  referral_outputs: 'recorded_by',
  visits: 'version recorded_by recorded_by_person_key',
  visit_confirmations: 'officer_id person_key',
  visit_former_dates: 'rescheduled_by',
  monitoring_accounts: 'version',
  account_entries: 'officer_id version person_key reviewed_by',
  account_consents: 'officer_id person_key',
  account_transfers: 'requested_by person_key answered_by',
  documents: 'key_sealed scan scanned_at scan_lease uploaded_by version',
  deadlines: 'ended_by version',
  work_items:
    'permissions officer_only for_anyone for_head officer_ids excluded_person_keys excluded_officer_ids ' +
    'queue_key assignee_officer_id assigned_by version',
  case_shares: 'requested_by requested_by_person_key given_by given_by_person_key',
  custody_plans: 'planned_by planned_by_person_key',
  custody_releases: 'requested_by requested_by_person_key decided_by decided_by_person_key version',
};

const sets = new Map(Object.entries(SHOWN).map(([table, columns]) => [table, new Set(columns.split(' '))]));

export const isShown = (table: string, column: string): boolean => sets.get(table)?.has(column) ?? false;
