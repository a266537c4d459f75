// Assistance cases, their beneficiaries, decisions and requests for documents.
import { bigint, boolean, date, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { LinkedCaseType } from '../clues/domain.ts';
import type { AgencyLevel } from '../kernel/actor.ts';
import { bytea } from '../platform/crypto/table.ts';
import type { StepKind } from './approval-domain.ts';
import type { CaseOutcome, CaseState, Initiation, ItemStatus, RefusalBasis, SuperiorReason } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const assistanceCases = pgTable('assistance_cases', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  state: text().$type<CaseState>().notNull(),
  initiation: text().$type<Initiation>().notNull(),
  clueId: uuid('clue_id').unique(),
  greenChannel: boolean('green_channel').notNull(),
  regionCode: text('region_code').notNull(),
  campaignCode: text('campaign_code'),
  linkedType: text('linked_type').$type<LinkedCaseType>().notNull(),
  linkedNumber: text('linked_number'),
  linkedOrgan: text('linked_organ').notNull(),
  linkedKey: text('linked_key'),
  handlingAgencyId: uuid('handling_agency_id').notNull(),
  handlerOfficerId: uuid('handler_officer_id'),
  openedBy: uuid('opened_by'),
  /** JSON {facts, hardship, acceptanceOpinion} */
  narrativeSealed: bytea('narrative_sealed').notNull(),
  /** How often it was proposed; each round has its own decisions. */
  round: integer().notNull().default(0),
  eligibilityCode: text('eligibility_code'),
  /** Exclusion codes that the last proposal found to apply. */
  exclusionCodes: text('exclusion_codes').array().notNull(),
  /** JSON {opinion, exclusions[]} of the last proposal */
  proposalSealed: bytea('proposal_sealed'),
  proposedBy: uuid('proposed_by'),
  proposedByPersonKey: text('proposed_by_person_key'),
  proposedAt: instant('proposed_at'),
  decisionNumber: text('decision_number').unique(),
  decisionOutcome: text('decision_outcome').$type<'granted' | 'refused'>(),
  decidedOn: date('decided_on', { mode: 'string' }),
  /** The person who refused: a reconsidered case is decided by another. */
  refusedByPersonKey: text('refused_by_person_key'),
  reconsidered: boolean().notNull().default(false),
  /** The superior procuratorate that may decide the reconsidered case; null where there is none. */
  reconsiderationAgencyId: uuid('reconsideration_agency_id'),
  newFactsSealed: bytea('new_facts_sealed'),
  /** Why it was withdrawn, or the summary with which it was closed. */
  endingSealed: bytea('ending_sealed'),
  revocationSealed: bytea('revocation_sealed'),
  /** What the closure asks the Federation to look after; it goes into the case notice. */
  adviceSealed: bytea('advice_sealed'),
  /** The correction that waits for another person, and who proposed it. */
  pendingCorrectionId: uuid('pending_correction_id'),
  pendingCorrectionBy: text('pending_correction_by'),
  /** Disbursement lines that are reserved, authorised, submitted or unknown; kept by `disbursements`. */
  openLines: integer('open_lines').notNull().default(0),
  beneficiaryCount: integer('beneficiary_count').notNull(),
  /** Who approves in the second step, and why there is one; null and empty where the own chief is enough. */
  superiorAgencyId: uuid('superior_agency_id'),
  superiorReasons: text('superior_reasons').array().$type<SuperiorReason[]>().notNull().default([]),
  approvalStep: integer('approval_step').notNull().default(1),
  /** Of rounds before there was a list of them; not written any more. */
  stepPersonKey: text('step_person_key'),
  /** The people who approved in the running round. */
  stepPersonKeys: text('step_person_keys').array().notNull().default([]),
  /** How many of the own agency approve, whether a committee does, and who above the level above: from the tier of the sum. */
  approvers: integer().notNull().default(1),
  committee: boolean().notNull().default(false),
  higherAgencyId: uuid('higher_agency_id'),
  /** What a court would award, where the proposal assessed it: no award is above it. */
  courtCeilingFen: bigint('court_ceiling_fen', { mode: 'bigint' }),
  /** Documents asked for that are neither received, waived nor fetched by the procuratorate itself. */
  outstandingItems: integer('outstanding_items').notNull().default(0),
  /** The day on which the applicant was told of the standing decision. */
  toldOn: date('told_on', { mode: 'string' }),
  /** Agencies whose answer to a request for a share is awaited, and the people who gave one. */
  sharesAwaited: uuid('shares_awaited').array().notNull().default([]),
  sharesGivenBy: text('shares_given_by').array().notNull().default([]),
  grantedFen: bigint('granted_fen', { mode: 'bigint' }),
  /** What settled lines have paid; kept from `disbursement.settled`. */
  paidFen: bigint('paid_fen', { mode: 'bigint' }).notNull().default(0n),
  /** The standard under which it was granted, and its figures as they were. */
  standardId: uuid('standard_id'),
  standardRegionCode: text('standard_region_code'),
  standardYear: integer('standard_year'),
  standardSeries: text('standard_series'),
  standardAnnualFen: bigint('standard_annual_fen', { mode: 'bigint' }),
  standardMonths: integer('standard_months'),
  typicalMarkedOn: date('typical_marked_on', { mode: 'string' }),
  typicalPublishedOn: date('typical_published_on', { mode: 'string' }),
  /** The title under which it is published */
  typicalSealed: bytea('typical_sealed'),
  sealedAt: instant('sealed_at'),
  /** A code of the set sealing-bases; what follows is who sealed it, and the words of every sealing and unsealing. */
  sealedBasis: text('sealed_basis'),
  sealedBy: uuid('sealed_by'),
  sealingSealed: bytea('sealing_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const caseBeneficiaries = pgTable('case_beneficiaries', {
  id: uuid().primaryKey(),
  caseId: uuid('case_id').notNull(),
  position: integer().notNull(),
  personId: uuid('person_id').notNull(),
  relation: text(),
  categories: text().array().notNull(),
  householdRegionCode: text('household_region_code'),
  idType: text('id_type').notNull(),
  sex: text().$type<'female' | 'male' | 'unknown'>().notNull(),
  nameMasked: text('name_masked'),
  idNumberMasked: text('id_number_masked'),
  phoneMasked: text('phone_masked'),
  addressMasked: text('address_masked'),
  submittedSealed: bytea('submitted_sealed').notNull(),
  proposedFen: bigint('proposed_fen', { mode: 'bigint' }),
  grantedFen: bigint('granted_fen', { mode: 'bigint' }),
  /** Fund named by the proposal; null = the handling agency's default fund. */
  fundId: uuid('fund_id'),
  /** Under 18 on the day of the grant; null = not granted, or birth date unknown. */
  minorAtDecision: boolean('minor_at_decision'),
});

export const caseDecisions = pgTable('case_decisions', {
  id: uuid().primaryKey(),
  caseId: uuid('case_id').notNull(),
  round: integer().notNull(),
  step: integer().notNull(),
  level: text().$type<AgencyLevel>().notNull(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id').notNull(),
  personKey: text('person_key').notNull(),
  outcome: text().$type<CaseOutcome>().notNull(),
  exclusionCode: text('exclusion_code'),
  number: text().unique(),
  decidedOn: date('decided_on', { mode: 'string' }).notNull(),
  opinionSealed: bytea('opinion_sealed').notNull(),
  refusalBasis: text('refusal_basis').$type<RefusalBasis>(),
  toldOn: date('told_on', { mode: 'string' }),
  toldChannel: text('told_channel'),
  toldBy: uuid('told_by'),
  /** The note on how the applicant was told */
  toldSealed: bytea('told_sealed'),
  stepKind: text('step_kind').$type<StepKind>().notNull().default('own'),
  /** Of a committee */
  minutesHeldOn: date('minutes_held_on', { mode: 'string' }),
  minutesReference: text('minutes_reference'),
  createdAt: instant('created_at').notNull(),
});

export const caseDocumentRequests = pgTable('case_document_requests', {
  id: uuid().primaryKey(),
  caseId: uuid('case_id').notNull(),
  position: integer().notNull(),
  requestedBy: uuid('requested_by').notNull(),
  requestedAt: instant('requested_at').notNull(),
  receivedBy: uuid('received_by'),
  receivedAt: instant('received_at'),
  /** JSON {items[], reason} */
  requestSealed: bytea('request_sealed').notNull(),
  /** One for each item of the request; empty on a request older than the states. */
  itemStatuses: text('item_statuses').array().$type<ItemStatus[]>().notNull().default([]),
  /** JSON {items[] | null, note}: everything received so far */
  receiptSealed: bytea('receipt_sealed'),
});
