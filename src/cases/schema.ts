// Wire shapes of assistance cases: queries and views; the bodies stand in body-schema.ts.
import { type TSchema, Type } from 'typebox';
import { LinkedCaseSchema } from '../clues/schema.ts';
import { DeadlinePart } from '../deadlines/schema.ts';
import { SafeContactPart } from '../persons/safe-contact-schema.ts';
import { CASE_RELATIONS, ID_TYPES, SEXES } from '../persons/schema.ts';
import {
  AgencyRef,
  AvailableAction,
  CivilDate,
  Closed,
  Code,
  Id,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  OfficerRef,
  pageOf,
  pageQuery,
  RegionCode,
} from '../platform/http/schema.ts';
import { AdvanceView } from './advance-schema.ts';
import { FormerAid, LikeCaseRange } from './aid-schema.ts';
import { STEP_KINDS } from './approval-domain.ts';
import { Channel } from './body-schema.ts';
import { CASE_OUTCOMES, CASE_STATES, INITIATIONS, ITEM_STATUSES, REFUSAL_BASES, SUPERIOR_REASONS } from './domain.ts';
import { ShareView } from './share-schema.ts';

const LEVELS = ['province', 'city', 'county', 'township'] as const;
const LONG = 20_000;
const shownText = (max = 4000) =>
  Nullable(Type.String({ maxLength: max, description: 'null outside the handling agency' }));

const uuid = (description: string) => Type.Optional(Type.String({ maxLength: 36, format: 'uuid', description }));
export const CaseQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(CASE_STATES)),
  regionCode: Type.Optional(RegionCode),
  agencyId: uuid('handling agency'),
  handlerOfficerId: uuid('assigned handler'),
  clueId: uuid('the clue it was opened from'),
  campaignCode: Type.Optional(Code),
  greenChannel: Type.Optional(Type.Boolean({ description: 'handled first' })),
  unassigned: Type.Optional(Type.Boolean({ description: 'without a designated handler' })),
  typical: Type.Optional(Type.Boolean({ description: 'marked as typical case' })),
  updatedSince: Type.Optional(Instant),
});
export const PageQuery = Type.Object({ ...pageQuery });

const Number64 = Type.String({ maxLength: 64 });
const decided = { number: Number64, outcome: Literals(['granted', 'refused'] as const), decidedOn: CivilDate };
const typicalMark = { markedOn: CivilDate, publishedOn: Nullable(CivilDate) };
const listed = {
  id: Id,
  number: Number64,
  state: Literals(CASE_STATES),
  version: Type.Integer({ minimum: 1 }),
  initiation: Literals(INITIATIONS),
  regionCode: RegionCode,
  greenChannel: Type.Boolean(),
  clueId: Nullable(Id),
  campaignCode: Nullable(Code),
  beneficiaryCount: Type.Integer({ minimum: 1 }),
  typicalCase: Nullable(Closed(typicalMark)),
  sealed: Type.Boolean({ description: 'open to those alone who have a duty in it' }),
  createdAt: Instant,
  updatedAt: Instant,
};
export const CaseItem = named(
  'AssistanceCaseItem',
  Closed({ ...listed, handlingAgencyId: Id, handlerOfficerId: Nullable(Id), decision: Nullable(Closed(decided)) }),
);
export const CasePage = pageOf('AssistanceCasePage', CaseItem);

const Guardian = Closed({
  name: Type.String({ maxLength: 100 }),
  phone: Type.Optional(Nullable(Type.String({ maxLength: 32 }))),
  relation: Type.Optional(Nullable(Type.String({ maxLength: 50 }))),
});
export const BeneficiaryView = named(
  'Beneficiary',
  Closed(
    {
      id: Id,
      personId: Id,
      relation: Nullable(Literals(CASE_RELATIONS)),
      categories: Type.Array(Code, { maxItems: 20 }),
      name: Nullable(Type.String({ maxLength: 100, description: 'masked (张*) outside the handling team' })),
      sex: Literals(SEXES),
      birthDate: Nullable(Type.String({ maxLength: 10, description: 'year only (`1990`) where masked' })),
      idType: Literals(ID_TYPES),
      idNumber: Nullable(Type.String({ maxLength: 32, description: 'always masked' })),
      phone: Nullable(Type.String({ maxLength: 32 })),
      address: Nullable(Type.String({ maxLength: 300 })),
      householdRegionCode: Nullable(RegionCode),
      guardian: Nullable(Guardian),
      masked: Type.Boolean({ description: 'true when name and contact are masked for this caller' }),
      proposedAmount: Nullable(Money),
      grantedAmount: Nullable(Money),
      fundId: Nullable(Id),
    },
    { description: "A person of the case, from the case's own copy of the submission" },
  ),
);

const Proposal = Closed({
  eligibilityCode: Code,
  exclusions: Type.Array(Closed({ code: Code, applies: Type.Boolean(), note: shownText() }), { maxItems: 20 }),
  override: Nullable(
    Closed(
      { reason: shownText(), agency: AgencyRef },
      { description: 'why the level above approves as well; `agency` is the one whose step it is' },
    ),
  ),
  assessment: Nullable(
    Closed(
      { loss: Money, received: Money, faultPercent: Type.Integer({ minimum: 0, maximum: 100 }) },
      { description: 'null outside the handling agency' },
    ),
  ),
  courtCeiling: Nullable(Money),
  amountReason: shownText(),
  outsideRange: Nullable(LikeCaseRange),
  opinion: shownText(),
  proposedBy: Nullable(OfficerRef),
  proposedAt: Nullable(Instant),
});
const step = {
  round: Type.Integer({ minimum: 1, description: 'which proposal it decided' }),
  step: Type.Integer({ minimum: 1 }),
  level: Literals(LEVELS),
  agency: AgencyRef,
  officer: OfficerRef,
  outcome: Literals(CASE_OUTCOMES),
  exclusionCode: Nullable(Code),
  basis: Nullable(Literals(REFUSAL_BASES, 'of a refusal')),
  number: Nullable(Number64),
  decidedOn: CivilDate,
};
const Minutes = Closed({ heldOn: CivilDate, reference: Type.String({ maxLength: 200 }) });
const Approval = named(
  'CaseApprovalStep',
  Closed({ ...step, kind: Literals(STEP_KINDS), minutes: Nullable(Minutes), opinion: shownText() }),
);
const PendingApproval = Closed(
  {
    step: Type.Integer({ minimum: 1, maximum: 8 }),
    steps: Type.Array(Literals(STEP_KINDS), { maxItems: 8, description: 'all steps of this round' }),
    agency: AgencyRef,
    reasons: Type.Array(Literals(SUPERIOR_REASONS), {
      maxItems: 5,
      description: 'why the level above approves as well',
    }),
  },
  { description: 'whose chief is awaited; a reconsidered case may be decided by the superior procuratorate as well' },
);
const Standard = Closed(
  {
    regionCode: RegionCode,
    year: Type.Integer({ minimum: 1949, maximum: 2199, description: 'the year in which the wage was earned' }),
    series: Code,
    annualAmount: Money,
    months: Type.Integer({ minimum: 1, maximum: 120 }),
    capAmount: Money,
  },
  {
    description: 'The wage standard that the grant was decided under: generally at most `months` average monthly wages',
  },
);
const Notification = Closed(
  { toldOn: CivilDate, channel: Channel, toldBy: OfficerRef, note: shownText() },
  { description: 'When and how the applicant was told of the decision' },
);
const DocumentRequest = Closed({
  id: Id,
  documents: Type.Array(Closed({ item: Nullable(Type.String({ maxLength: 200 })), status: Literals(ITEM_STATUSES) }), {
    maxItems: 50,
    description: 'every item with what became of it',
  }),
  items: Nullable(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 50 })),
  reason: shownText(),
  requestedAt: Instant,
  requestedBy: OfficerRef,
  receivedAt: Nullable(Instant),
  receivedBy: Nullable(OfficerRef),
  receivedItems: Nullable(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 50 })),
  note: shownText(),
});

/** How many rows each short list of the view holds; the whole list has a route of its own. */
export const CASE_PART_LIMIT = 50;
const shortList = <T extends TSchema>(item: T, path: string) =>
  Type.Array(item, {
    maxItems: CASE_PART_LIMIT,
    description: `newest first, what this caller may read; all of them: \`/v1/assistance-cases/{id}/${path}\``,
  });
const stateOf = (set: string) =>
  Type.String({ pattern: '^[a-z_]{1,64}$', maxLength: 64, description: `code set ${set}` });
const embedded = (states: string) => ({ id: Id, number: Number64, state: stateOf(states) });
export const CaseDisbursement = named(
  'CaseDisbursement',
  Closed({
    ...embedded('disbursement-states'),
    beneficiaryId: Id,
    kind: Code,
    amount: Money,
    recoveryDue: Type.Boolean({ description: 'an advance that has to come back' }),
  }),
);
export const CaseReferral = named(
  'CaseReferral',
  Closed({
    ...embedded('referral-states'),
    agencyId: Id,
    measures: Type.Array(Code, { maxItems: 20, description: 'code set measures' }),
  }),
);
export const CaseVisit = named(
  'CaseVisit',
  Closed({ ...embedded('visit-states'), plannedOn: CivilDate, doneOn: Nullable(CivilDate) }),
);

const caseMembers = {
  safeContact: SafeContactPart,
  ...listed,
  handlingAgency: AgencyRef,
  handler: Nullable(OfficerRef),
  linkedCase: LinkedCaseSchema,
  facts: shownText(LONG),
  hardship: shownText(LONG),
  acceptanceOpinion: shownText(),
  beneficiaries: Type.Array(BeneficiaryView, { maxItems: 50 }),
  proposedAmount: Nullable(Money),
  grantedAmount: Nullable(Money),
  paidAmount: Money,
  proposal: Nullable(Proposal),
  pendingApproval: Nullable(PendingApproval),
  decision: Nullable(
    Closed({
      ...decided,
      opinion: shownText(),
      exclusionCode: Nullable(Code),
      basis: Nullable(Literals(REFUSAL_BASES)),
      standard: Nullable(Standard),
      notification: Nullable(Notification),
    }),
  ),
  approvals: Type.Array(Approval, { maxItems: 200 }),
  reconsidered: Type.Boolean(),
  newFacts: shownText(LONG),
  documentRequests: Type.Array(DocumentRequest, { maxItems: 200 }),
  outstandingItems: Type.Integer({ minimum: 0, description: 'documents still awaited' }),
  typicalCase: Nullable(Closed({ ...typicalMark, title: shownText(200) })),
  sealing: Nullable(
    Closed({
      basis: { ...Code, description: 'code set sealing-bases' } as typeof Code,
      sealedAt: Instant,
      sealedBy: OfficerRef,
      reason: shownText(2000),
    }),
  ),
  withdrawalReason: shownText(),
  closureSummary: shownText(),
  revocationReason: shownText(),
  aidedReason: shownText(),
  formerAid: Type.Array(FormerAid, { maxItems: 1000, description: 'for those who decide the case; else empty' }),
  advances: Type.Array(AdvanceView, { maxItems: 50, description: 'approved before the decision' }),
  shares: Type.Array(ShareView, { maxItems: 200, description: 'parts of the award that superiors carry' }),
  disbursements: shortList(CaseDisbursement, 'disbursements'),
  referrals: shortList(CaseReferral, 'referrals'),
  visits: shortList(CaseVisit, 'visits'),
  deadlines: DeadlinePart,
  availableActions: Type.Array(AvailableAction, { maxItems: 30 }),
};
export const CaseView = named('AssistanceCase', Closed(caseMembers));

export const DecisionItem = named('CaseDecision', Closed({ id: Id, ...step, toldOn: Nullable(CivilDate) }));
export const DecisionPage = pageOf('CaseDecisionPage', DecisionItem);
export const TimelineItem = named(
  'CaseTimelineEntry',
  Closed(
    {
      id: Id,
      type: Type.String({ maxLength: 100 }),
      occurredAt: Instant,
      sequence: Type.Integer({ minimum: 1 }),
      agency: Nullable(AgencyRef),
      officer: Nullable(OfficerRef),
      changed: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 }),
      data: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 30 }),
    },
    { description: 'What happened to the case, when and by whom; ids, codes and numbers only' },
  ),
);
export const TimelinePage = pageOf('CaseTimelinePage', TimelineItem);
