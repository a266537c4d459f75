// Wire shapes of clues: bodies, queries and the view for each reader.
import { type Static, Type } from 'typebox';
import type { AgencyRefView } from '../agencies/service.ts';
import { DeadlinePart } from '../deadlines/schema.ts';
import { availableActions } from '../kernel/action.ts';
import { SafeContactPart } from '../persons/safe-contact-schema.ts';
import { SubjectInputSchema, SubjectView, toSubjectView } from '../persons/schema.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  AvailableAction,
  CivilDate,
  Closed,
  Code,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  pageOf,
  pageQuery,
  RegionCode,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { CLUE_STATES, clueActions, clueMachine } from './domain.ts';
import type { ListedClue } from './list-repository.ts';
import type { Clue } from './repository.ts';

export const CLUE_SOURCES = [
  'wf_patrol',
  'wf_complaint',
  'wf_visit',
  'department',
  'hotline',
  'self',
  'internal',
  'other',
] as const;
export const URGENCIES = ['normal', 'emergency_medical'] as const;
export const LINKED_CASE_TYPES = ['criminal', 'civil', 'administrative', 'petition'] as const;

export const LinkedCaseSchema = named(
  'LinkedCase',
  Closed(
    { type: Literals(LINKED_CASE_TYPES), number: Type.Optional(Nullable(Text(100))), handlingOrgan: Text(200) },
    { description: 'The original criminal or civil proceeding' },
  ),
);

/** The proceeding in a merge patch (RFC 7396): what is absent stays, null empties the number. */
export const LinkedCasePatch = named(
  'LinkedCasePatch',
  Closed({
    type: Type.Optional(Literals(LINKED_CASE_TYPES)),
    number: Type.Optional(Nullable(Text(100))),
    handlingOrgan: Type.Optional(Text(200)),
  }),
);

const content = {
  foundOn: Type.Optional(Nullable(CivilDate)),
  source: Literals(CLUE_SOURCES),
  regionCode: RegionCode,
  urgency: Type.Optional(Literals(URGENCIES)),
  facts: Text(20_000, 'what happened'),
  hardship: Type.Optional(Nullable(Text(20_000))),
  campaignCode: Type.Optional(Nullable(Code)),
  linkedCase: Type.Optional(Nullable(LinkedCaseSchema)),
  subjects: Type.Array(SubjectInputSchema, { minItems: 1, maxItems: 50 }),
};
/** Letters, digits and a few signs; a value that is an id or phone number is refused (personal data never stands in a URL). */
export const ExternalId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[A-Za-z0-9._~:-]+$',
  description: "the source system's own key, unique per source agency",
});

export const ClueInput = named('ClueInput', Closed({ externalId: Type.Optional(ExternalId), ...content }));
export const ClueUpsert = named('ClueUpsert', Closed(content));
const { source, regionCode, facts, subjects, ...optional } = content;
const partial = {
  ...optional,
  source: Type.Optional(source),
  facts: Type.Optional(facts),
  subjects: Type.Optional(subjects),
};
/** The clue's fields; what is absent stays as it is. A corrected region sends an open clue to the procuratorate of that region. */
export const ClueSupplement = named('ClueSupplement', Closed({ ...partial, regionCode: Type.Optional(regionCode) }));
export const CluePatch = named(
  'CluePatch',
  Closed({
    ...optional,
    source: Type.Optional(source),
    facts: Type.Optional(facts),
    linkedCase: Type.Optional(Nullable(LinkedCasePatch)),
  }),
);

export const ReturnBody = named(
  'ClueReturn',
  Closed({ reason: Text(), missing: Type.Optional(Type.Array(Text(200), { maxItems: 50 })) }),
);
export const RejectionBody = named('ClueRejection', Closed({ reasonCode: Code, reason: Text() }));
export const ReroutingBody = named('ClueRerouting', Closed({ agencyId: Id, reason: Text() }));
export const WithdrawalBody = named('ClueWithdrawal', Closed({ reason: Type.Optional(Text()) }));
export const AnswerBody = named(
  'ClueAnswer',
  Closed({ result: Text(), aidGiven: Type.Optional(Nullable(Text())), advice: Type.Optional(Nullable(Text())) }),
);

export const ClueQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(CLUE_STATES)),
  regionCode: Type.Optional(RegionCode),
  agencyId: Type.Optional(Type.String({ maxLength: 36, format: 'uuid', description: 'receiving agency' })),
  sourceAgencyId: Type.Optional(Type.String({ maxLength: 36, format: 'uuid' })),
  urgency: Type.Optional(Literals(URGENCIES)),
  order: Type.Optional(
    Literals(
      enumValues('clue-orders'),
      'newest first; `queue` = what awaits a decision of agencyId (else of the own agency): urgent treatment, green channel, the rest, each oldest first',
    ),
  ),
  updatedSince: Type.Optional(Instant),
});

const listed = {
  id: Id,
  number: Type.String({ maxLength: 64 }),
  externalId: Nullable(Type.String({ maxLength: 128 })),
  state: Literals(CLUE_STATES),
  version: Type.Integer({ minimum: 1 }),
  source: Literals(CLUE_SOURCES),
  regionCode: RegionCode,
  urgency: Literals(URGENCIES),
  greenChannel: Type.Boolean(),
  foundOn: Nullable(CivilDate),
  campaignCode: Nullable(Code),
  assistanceCaseId: Nullable(Id),
  subjectCount: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant,
};
export const ClueItem = named('ClueItem', Closed({ ...listed, sourceAgencyId: Id, receivingAgencyId: Id }));
export const CluePage = pageOf('CluePage', ClueItem);

export const ClueView = named(
  'Clue',
  Closed({
    safeContact: SafeContactPart,
    ...listed,
    sourceAgency: AgencyRef,
    receivingAgency: AgencyRef,
    facts: Nullable(Type.String({ maxLength: 20_000, description: 'null outside source, receiver and handling team' })),
    hardship: Nullable(Type.String({ maxLength: 20_000 })),
    linkedCase: Nullable(LinkedCaseSchema),
    subjects: Type.Array(SubjectView, { maxItems: 50 }),
    missing: Type.Array(Type.String({ maxLength: 200 }), {
      maxItems: 200,
      description: 'JSON Pointers of what acceptance still needs',
    }),
    routing: Type.Array(
      Closed({ agency: AgencyRef, until: Nullable(Instant), reason: Nullable(Type.String({ maxLength: 4000 })) }),
      { maxItems: 50 },
    ),
    returnReason: Nullable(Type.String({ maxLength: 4000 })),
    rejection: Nullable(Closed({ reasonCode: Code, reason: Type.String({ maxLength: 4000 }) })),
    answer: Nullable(
      Closed({
        result: Type.String({ maxLength: 4000 }),
        aidGiven: Nullable(Type.String({ maxLength: 4000 })),
        advice: Nullable(Type.String({ maxLength: 4000 })),
      }),
    ),
    deadlines: DeadlinePart,
    availableActions: Type.Array(AvailableAction, { maxItems: 30 }),
  }),
);

function listedOf(clue: ListedClue) {
  const {
    id,
    number,
    externalId,
    state,
    version,
    regionCode,
    urgency,
    greenChannel,
    foundOn,
    campaignCode,
    subjectCount,
  } = clue;
  const times = { createdAt: clue.createdAt.toISOString(), updatedAt: clue.updatedAt.toISOString() };
  const source = clue.source as Static<typeof ClueItem>['source'];
  return {
    id,
    number,
    externalId,
    state,
    version,
    source,
    regionCode,
    urgency,
    greenChannel,
    foundOn,
    campaignCode,
    assistanceCaseId: clue.caseId,
    subjectCount,
    ...times,
  };
}

export function toClueItem(clue: ListedClue): Static<typeof ClueItem> {
  return { ...listedOf(clue), sourceAgencyId: clue.sourceAgencyId, receivingAgencyId: clue.receivingAgencyId };
}

/** Names in clear for the source agency while the clue is open; narrative for source and receiver; the rest masked. */
/** The view without its clocks, which are another feature's. */
export function toClueView(
  tx: Tx,
  clue: Clue,
  agencyOf: (id: string) => AgencyRefView,
): Omit<Static<typeof ClueView>, 'deadlines' | 'safeContact'> {
  const { actor, language } = tx.ctx;
  const isSource = actor.agency.id === clue.sourceAgencyId;
  const party = isSource || actor.agency.id === clue.receivingAgencyId;
  const clear = isSource && (clue.state === 'submitted' || clue.state === 'returned') ? (['name'] as const) : [];
  // What is told about a person is personal as well: a view of the narrative is on record beside the name.
  const read = [...clear, ...(party ? ['narrative'] : [])];
  for (const row of clue.subjectRows) {
    if (read.length > 0) tx.viewed(row.personId, read, isSource ? 'clue.source' : 'clue.receiver');
  }
  const { outcome, content } = clue;
  const shown = <T>(value: T | undefined | null): T | null => (party ? (value ?? null) : null);
  return {
    ...listedOf(clue),
    sourceAgency: agencyOf(clue.sourceAgencyId),
    receivingAgency: agencyOf(clue.receivingAgencyId),
    facts: shown(content.facts),
    hardship: shown(content.hardship),
    linkedCase: content.linkedCase,
    subjects: content.subjects.map((s, i) =>
      toSubjectView(
        s,
        clue.subjectRows[i] ?? {
          id: clue.id,
          nameMasked: null,
          idNumberMasked: null,
          phoneMasked: null,
          addressMasked: null,
        },
        clear,
      ),
    ),
    missing: [...clue.missing, ...(party ? (outcome.asked ?? []) : [])],
    // Who handed the clue on is no party any more and still reads the reason it gave.
    routing: clue.routings.map((r) => ({
      agency: agencyOf(r.agencyId),
      until: r.until?.toISOString() ?? null,
      reason: actor.agency.id === r.agencyId ? r.reason : shown(r.reason),
    })),
    returnReason: shown(outcome.returnReason),
    rejection:
      party && outcome.rejectionReason && clue.reasonCode
        ? { reasonCode: clue.reasonCode, reason: outcome.rejectionReason }
        : null,
    answer: shown(outcome.answer),
    availableActions: availableActions(clueMachine, clueActions, clue, actor, `/v1/clues/${clue.id}`, language),
  };
}
