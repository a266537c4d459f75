// Disbursement lines: who planned, authorised and paid each, the sealed payee beside its masks, and what became of the money.
import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { DisbursementKind, DisbursementState, PayeeType, ReceiptOutcome, RecoveryDestination } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const fen = (name: string) => bigint(name, { mode: 'bigint' });
const day = (name: string) => date(name, { mode: 'string' });

export const disbursements = pgTable(
  'disbursements',
  {
    id: uuid().primaryKey(),
    number: text().notNull().unique(),
    caseId: uuid('case_id').notNull(),
    beneficiaryId: uuid('beneficiary_id').notNull(),
    personId: uuid('person_id').notNull(),
    agencyId: uuid('agency_id').notNull(),
    treasuryAgencyId: uuid('treasury_agency_id'),
    /** The superior whose share of the aid the line is, and whose finance pays it. */
    shareAgencyId: uuid('share_agency_id'),
    fundId: uuid('fund_id').notNull(),
    state: text().$type<DisbursementState>().notNull(),
    kind: text().$type<DisbursementKind>().notNull(),
    amountFen: fen('amount_fen').notNull(),
    /** The client's permanent reference: never used again, whatever becomes of the line. */
    requestNumber: text('request_number').notNull(),
    payeeType: text('payee_type').$type<PayeeType>().notNull(),
    payeeNameMasked: text('payee_name_masked').notNull(),
    payeeAccountMasked: text('payee_account_masked').notNull(),
    /** JSON {name, bankName, accountNumber}, sealed with the person's key */
    payeeSealed: bytea('payee_sealed').notNull(),
    /** JSON DisbursementNotes */
    notesSealed: bytea('notes_sealed'),
    plannedBy: uuid('planned_by').notNull(),
    plannedByPersonKey: text('planned_by_person_key').notNull(),
    authorisedBy: uuid('authorised_by'),
    authorisedByPersonKey: text('authorised_by_person_key'),
    authorisedAt: instant('authorised_at'),
    submittedBy: uuid('submitted_by'),
    submittedByPersonKey: text('submitted_by_person_key'),
    submittedAt: instant('submitted_at'),
    submissions: integer().notNull().default(0),
    settledBy: uuid('settled_by'),
    settledByPersonKey: text('settled_by_person_key'),
    paidOn: day('paid_on'),
    bankReference: text('bank_reference'),
    appropriatedOn: day('appropriated_on'),
    appropriationDocument: text('appropriation_document'),
    notifiedOn: day('notified_on'),
    notificationChannel: text('notification_channel'),
    receiptOutcome: text('receipt_outcome').$type<ReceiptOutcome>(),
    recoveryFen: fen('recovery_fen'),
    recoveryOrderedByPersonKey: text('recovery_ordered_by_person_key'),
    recoveredFen: fen('recovered_fen').notNull().default(0n),
    recoveryTo: text('recovery_to').$type<RecoveryDestination>().notNull().default('fund'),
    writeOffProposedByPersonKey: text('write_off_proposed_by_person_key'),
    writtenOffByPersonKey: text('written_off_by_person_key'),
    /** What of a line in custody has been released so far. */
    custodyReleasedFen: fen('custody_released_fen').notNull().default(0n),
    /** The oldest request for a release that waits, and who made it. */
    awaitedReleaseId: uuid('awaited_release_id'),
    awaitedReleaseByPersonKey: text('awaited_release_by_person_key'),
    recoveryDue: boolean('recovery_due').notNull().default(false),
    caseEnded: boolean('case_ended').notNull().default(false),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    unique('disbursements_request_number').on(t.agencyId, t.requestNumber),
    index('disbursements_case').on(t.caseId, t.id.desc()),
    index('disbursements_beneficiary').on(t.beneficiaryId, t.fundId),
    index('disbursements_person').on(t.personId),
    index('disbursements_agency').on(t.agencyId, t.state, t.id.desc()),
    index('disbursements_treasury').on(t.treasuryAgencyId),
    index('disbursements_share_agency').on(t.shareAgencyId).where(sql`share_agency_id is not null`),
    index('disbursements_fund').on(t.fundId),
    index('disbursements_state').on(t.state, t.id.desc()),
    index('disbursements_updated').on(t.updatedAt),
    index('disbursements_paid_on').on(t.paidOn).where(sql`paid_on is not null`),
    index('disbursements_planned_by').on(t.plannedBy),
    index('disbursements_authorised_by').on(t.authorisedBy),
    index('disbursements_submitted_by').on(t.submittedBy),
    index('disbursements_settled_by').on(t.settledBy),
  ],
);
