// Wire shapes of disbursements: bodies, queries, the masked item and the view for each reader.
import { type Static, Type } from 'typebox';
import type { AgencyRow } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
import { toMoney } from '../kernel/money.ts';
import type { ListedRow } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  AvailableAction,
  CivilDate,
  Closed,
  Id,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { disbursementActions } from './actions.ts';
import {
  DISBURSEMENT_KINDS,
  DISBURSEMENT_STATES,
  disbursementMachine,
  FAILURE_OUTCOMES,
  PAYEE_TYPES,
  type Payee,
  RECEIPT_OUTCOMES,
  RECOVERY_DESTINATIONS,
} from './domain.ts';
import type { Disbursement, DisbursementRow } from './repository.ts';

const Kind = Literals(DISBURSEMENT_KINDS);
const RequestNumber = Type.String({
  pattern: '^[A-Za-z0-9._:/-]{1,64}$',
  maxLength: 64,
  description: "the client's permanent reference, unique per agency for ever",
});
const Reference = Type.String({ pattern: '^[A-Za-z0-9._:/-]{1,64}$', maxLength: 64 });
export const DocumentNumber = Type.String({
  pattern: '^[\\p{L}\\p{N}〔〕()（）\\[\\]._:/ -]{1,100}$',
  maxLength: 100,
  description: 'e.g. 沈和财行〔2026〕18号',
});
const Channel = Type.String({
  pattern: '^[a-z_]{1,40}$',
  maxLength: 40,
  description: 'a word such as phone, sms, letter, in_person, online; never a number or address',
});

const PayeeInput = named(
  'PayeeInput',
  Closed(
    {
      type: Literals(PAYEE_TYPES),
      name: Text(100),
      bankName: Text(200),
      accountNumber: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z -]{3,62}[0-9A-Za-z]$', maxLength: 64 }),
    },
    { description: 'Who receives the money; sealed at rest, shown in clear only to the finance officer who pays' },
  ),
);

export const DisbursementInput = named(
  'DisbursementInput',
  Closed({
    beneficiaryId: Id,
    fundId: Type.Optional(Id),
    amount: Money,
    kind: Kind,
    payee: PayeeInput,
    requestNumber: RequestNumber,
  }),
);
export const AuthorisationBody = named('DisbursementAuthorisation', Closed({ opinion: Type.Optional(Text()) }));
export const SubmissionBody = named('DisbursementSubmission', Closed({}));
export const AppropriationBody = named(
  'DisbursementAppropriation',
  Closed({ receivedOn: CivilDate, documentNumber: DocumentNumber }),
);
export const NotificationBody = named('DisbursementNotification', Closed({ toldOn: CivilDate, channel: Channel }));
export const SettlementBody = named('DisbursementSettlement', Closed({ paidOn: CivilDate, bankReference: Reference }));
export const FailureBody = named(
  'DisbursementFailure',
  Closed({
    reason: Text(),
    outcome: Type.Optional(
      Literals(FAILURE_OUTCOMES, '`unknown`: the bank cannot say yet; settle or fail it once it can. Default `failed`'),
    ),
  }),
);
export const VoidBody = named('DisbursementVoid', Closed({ reason: Type.Optional(Text()) }));
export const ReceiptBody = named(
  'DisbursementReceipt',
  Closed({ outcome: Literals(RECEIPT_OUTCOMES), note: Type.Optional(Nullable(Text())) }),
);
export const RecoveryBody = named(
  'DisbursementRecovery',
  Closed(
    { reason: Text(), amount: Type.Optional(Money), returnTo: Type.Optional(Literals(RECOVERY_DESTINATIONS)) },
    {
      description:
        'Without `amount`: all that is outstanding. The order names where the money goes, `fund` where it does not 不填金额为全部待追回金额；去向由追回决定确定，缺省为资金账户',
    },
  ),
);
export const WriteOffBody = named('DisbursementWriteOff', Closed({ reason: Text() }));

const filters = {
  ...pageQuery,
  state: Type.Optional(Literals(DISBURSEMENT_STATES)),
  updatedSince: Type.Optional(Instant),
};
const OptionalId = Type.Optional(Type.String({ maxLength: 36, format: 'uuid' }));
export const CaseDisbursementQuery = Type.Object(filters);
export const DisbursementQuery = Type.Object({ ...filters, agencyId: OptionalId, assistanceCaseId: OptionalId });

const listed = {
  id: Id,
  number: Type.String({ maxLength: 64 }),
  state: Literals(DISBURSEMENT_STATES),
  version: Type.Integer({ minimum: 1 }),
  assistanceCaseId: Id,
  beneficiaryId: Id,
  fundId: Id,
  kind: Kind,
  amount: Money,
  requestNumber: RequestNumber,
  paidOn: Nullable(CivilDate),
  recoveryDue: Type.Boolean({
    description: 'an advance of a case that got no aid, or of somebody left out of the award: it has to come back',
  }),
  createdAt: Instant,
  updatedAt: Instant,
};
export const DisbursementItem = named('DisbursementItem', Closed({ ...listed, agencyId: Id }));
export const DisbursementPage = pageOf('DisbursementPage', DisbursementItem);

const Note = Nullable(Type.String({ maxLength: 4000, description: 'null outside the handling and the paying agency' }));
const PayeeView = named(
  'Payee',
  Closed({
    type: Literals(PAYEE_TYPES),
    name: Type.String({ maxLength: 100 }),
    bankName: Nullable(Type.String({ maxLength: 200 })),
    accountNumber: Type.String({ maxLength: 64 }),
    masked: Type.Boolean({ description: 'false only for finance while the line is authorised or submitted' }),
  }),
);
export const DisbursementView = named(
  'Disbursement',
  Closed({
    ...listed,
    agency: AgencyRef,
    treasury: Nullable(AgencyRef),
    shareOf: Nullable(AgencyRef),
    payee: PayeeView,
    plannedBy: Id,
    authorisedBy: Nullable(Id),
    authorisedAt: Nullable(Instant),
    authorisationOpinion: Note,
    submittedBy: Nullable(Id),
    submittedAt: Nullable(Instant),
    submissions: Type.Integer({ minimum: 0, description: 'how often it was sent to the bank' }),
    appropriation: Nullable(Closed({ receivedOn: CivilDate, documentNumber: DocumentNumber })),
    notification: Nullable(Closed({ toldOn: CivilDate, channel: Channel })),
    settlement: Nullable(Closed({ paidOn: CivilDate, bankReference: Reference, settledBy: Id })),
    failureReason: Note,
    voidReason: Note,
    receipt: Nullable(Closed({ outcome: Literals(RECEIPT_OUTCOMES), note: Note })),
    recovery: Nullable(
      Closed({
        amount: Money,
        recovered: Money,
        returnTo: Literals(RECOVERY_DESTINATIONS),
        reason: Note,
        writeOffProposed: Type.Boolean({
          description: 'another person may approve the write-off 已申请核销，待另一人批准',
        }),
        writeOffReason: Note,
        writeOffOpinion: Note,
      }),
    ),
    custody: Nullable(
      Closed(
        { released: Money, remaining: Money },
        { description: 'of a line that the custodian has or had 托管款的已释放与剩余金额' },
      ),
    ),
    availableActions: Type.Array(AvailableAction, { maxItems: 30 }),
  }),
);

function listedOf(line: ListedRow<DisbursementRow>) {
  const { id, number, state, version, caseId, beneficiaryId, fundId, kind, requestNumber, paidOn } = line;
  const ids = { id, number, state, version, assistanceCaseId: caseId, beneficiaryId, fundId, kind };
  const times = { createdAt: line.createdAt.toISOString(), updatedAt: line.updatedAt.toISOString() };
  const { recoveryDue } = line;
  return { ...ids, amount: toMoney(line.amountFen), requestNumber, paidOn, recoveryDue, ...times };
}

export function toDisbursementItem(line: ListedRow<DisbursementRow>): Static<typeof DisbursementItem> {
  return { ...listedOf(line), agencyId: line.agencyId };
}

function payeeView(line: ListedRow<DisbursementRow>, clear: Omit<Payee, 'type'> | null): Static<typeof PayeeView> {
  const masked = { name: line.payeeNameMasked, bankName: null, accountNumber: line.payeeAccountMasked };
  return { type: line.payeeType, ...(clear ?? masked), masked: clear === null };
}

function recordedOf(line: ListedRow<DisbursementRow>) {
  const { appropriatedOn, appropriationDocument, notifiedOn, notificationChannel, paidOn, bankReference, settledBy } =
    line;
  return {
    appropriation:
      appropriatedOn && appropriationDocument
        ? { receivedOn: appropriatedOn, documentNumber: appropriationDocument }
        : null,
    notification: notifiedOn && notificationChannel ? { toldOn: notifiedOn, channel: notificationChannel } : null,
    settlement: paidOn && bankReference && settledBy ? { paidOn, bankReference, settledBy } : null,
  };
}

const custodyOf = (line: Disbursement) => ({
  released: toMoney(line.custodyReleasedFen),
  remaining: toMoney(line.recoveryFen === null ? line.amountFen - line.custodyReleasedFen : 0n),
});

export type DisbursementParties = { agencyOf: (id: string) => AgencyRow; payee: Omit<Payee, 'type'> | null };

/** `payee` is in clear for the caller who pays, null for everybody else; notes are for the handling agency. */
export function toDisbursementView(
  tx: Tx,
  line: Disbursement,
  { agencyOf, payee }: DisbursementParties,
): Static<typeof DisbursementView> {
  const { actor, language } = tx.ctx;
  const { notes, receiptOutcome, recoveryFen } = line;
  const refOf = (agencyId: string) => (({ id, code, name }) => ({ id, code, name }))(agencyOf(agencyId));
  const ours = [line.agencyId, line.shareAgencyId].includes(actor.agency.id);
  const note = (text: string | undefined) => (ours ? (text ?? null) : null);
  const recovery =
    recoveryFen === null ? null : { amount: toMoney(recoveryFen), recovered: toMoney(line.recoveredFen) };
  return {
    ...listedOf(line),
    agency: refOf(line.agencyId),
    treasury: line.treasuryAgencyId ? refOf(line.treasuryAgencyId) : null,
    shareOf: line.shareAgencyId ? refOf(line.shareAgencyId) : null,
    payee: payeeView(line, payee),
    plannedBy: line.plannedBy,
    authorisedBy: line.authorisedBy,
    authorisedAt: line.authorisedAt?.toISOString() ?? null,
    authorisationOpinion: note(notes.authorisationOpinion),
    submittedBy: line.submittedBy,
    submittedAt: line.submittedAt?.toISOString() ?? null,
    submissions: line.submissions,
    ...recordedOf(line),
    failureReason: note(notes.failureReason),
    voidReason: note(notes.voidReason),
    receipt: receiptOutcome ? { outcome: receiptOutcome, note: note(notes.receiptNote) } : null,
    recovery: recovery && {
      ...recovery,
      reason: note(notes.recoveryReason),
      returnTo: line.recoveryTo,
      writeOffProposed: line.writeOffProposedByPersonKey !== null,
      writeOffReason: note(notes.writeOffReason),
      writeOffOpinion: note(notes.writeOffOpinion),
    },
    custody: line.kind === 'custody' && line.paidOn ? custodyOf(line) : null,
    availableActions: availableActions(
      disbursementMachine,
      disbursementActions,
      line,
      actor,
      `/v1/disbursements/${line.id}`,
      language,
    ),
  };
}
