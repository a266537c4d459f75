// Wire shapes of case notices, and the view of one: masks only, whoever reads.
import { type Static, Type } from 'typebox';
import { requireAgencyMap, requireOfficerMap } from '../agencies/service.ts';
import { DeadlinePart } from '../deadlines/schema.ts';
import { deadlinesOf } from '../deadlines/service.ts';
import { availableActions } from '../kernel/action.ts';
import { toMoney } from '../kernel/money.ts';
import { CASE_RELATIONS, SEXES } from '../persons/schema.ts';
import type { ListedRow } from '../platform/db/access.ts';
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
  Money,
  Nullable,
  named,
  OfficerRef,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { NOTICE_STATES, noticeActions, noticeMachine } from './notice-domain.ts';
import { type Notice, type NoticePerson, type NoticeRow, openNoticeTexts } from './notice-repository.ts';

export const NoticeReceiptBody = named(
  'CaseNoticeReceipt',
  Closed({ note: Type.Optional(Nullable(Text(4000, 'what the Federation will do next'))) }),
);
export const NoticeQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(NOTICE_STATES)),
  assistanceCaseId: Type.Optional(Id),
});

const OUTCOMES = ['granted', 'refused'] as const;
const Number64 = Type.String({ maxLength: 64 });
const listed = {
  id: Id,
  number: Number64,
  state: Literals(NOTICE_STATES),
  version: Type.Integer({ minimum: 1 }),
  assistanceCaseId: Id,
  caseNumber: Number64,
  outcome: Literals(OUTCOMES),
  closedOn: CivilDate,
  revokedOn: Nullable(CivilDate),
  receivedAt: Nullable(Instant),
  createdAt: Instant,
  updatedAt: Instant,
};
export const NoticeItem = named('CaseNoticeItem', Closed({ ...listed, senderAgencyId: Id, federationId: Id }));
export const NoticePage = pageOf('CaseNoticePage', NoticeItem);

const Measure = Closed({
  measure: Type.String({ maxLength: 64, description: 'code set measures' }),
  agency: AgencyRef,
  state: Type.String({ maxLength: 64, description: 'code set referral-states, on the day of the closure' }),
});
const Person = Closed(
  {
    personId: Id,
    name: Nullable(Type.String({ maxLength: 100, description: 'always masked (张*)' })),
    sex: Literals(SEXES),
    minor: Type.Boolean({ description: 'under 18 on the day of the decision' }),
    relation: Nullable(Literals(CASE_RELATIONS)),
    categories: Type.Array(Code, { maxItems: 20, description: 'code set categories' }),
    grantedAmount: Nullable(Money),
    paidAmount: Money,
    measures: Type.Array(Measure, { maxItems: 200 }),
  },
  { description: 'A woman or child of the case; no address, telephone or bank account' },
);
export const NoticeView = named(
  'CaseNotice',
  Closed(
    {
      ...listed,
      sender: AgencyRef,
      federation: AgencyRef,
      decision: Closed({
        number: Number64,
        outcome: Literals(OUTCOMES),
        decidedOn: CivilDate,
        exclusionCode: Nullable(Code),
      }),
      persons: Type.Array(Person, { maxItems: 50 }),
      advice: Nullable(
        Type.String({
          maxLength: 4000,
          description: 'what the procuratorate asks to look after; for sender and recipient',
        }),
      ),
      receivedBy: Nullable(OfficerRef),
      note: Nullable(Type.String({ maxLength: 4000 })),
      deadlines: DeadlinePart,
      availableActions: Type.Array(AvailableAction, { maxItems: 10 }),
    },
    { description: "The result of a closed case for its women and children, as the Women's Federation needs it" },
  ),
);

function listedOf(row: ListedRow<NoticeRow>) {
  const { id, number, state, version, caseId: assistanceCaseId, caseNumber, outcome, closedOn, revokedOn } = row;
  return {
    ...{ id, number, state, version, assistanceCaseId, caseNumber, outcome, closedOn, revokedOn },
    receivedAt: row.receivedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toNoticeItem(row: ListedRow<NoticeRow>): Static<typeof NoticeItem> {
  const { senderAgencyId, federationId } = row;
  return { ...listedOf(row), senderAgencyId, federationId };
}

type AgencyOf = (id: string) => Static<typeof AgencyRef>;

function personOf(person: NoticePerson, notice: Notice, agencyOf: AgencyOf): Static<typeof Person> {
  const { personId, nameMasked: name, sex, minor, categories, grantedFen, paidFen } = person;
  return {
    ...{ personId, name, sex, minor, categories },
    relation: person.relation as Static<typeof Person>['relation'],
    grantedAmount: grantedFen === null ? null : toMoney(grantedFen),
    paidAmount: toMoney(paidFen),
    measures: notice.measures
      .filter((m) => m.position === person.position)
      .map(({ measure, agencyId, state }) => ({ measure, agency: agencyOf(agencyId), state })),
  };
}

/** Whoever reads what was written about a person is on record with each person. */
export async function viewNotice(tx: Tx, notice: Notice): Promise<Static<typeof NoticeView>> {
  const agencies = [notice.senderAgencyId, notice.federationId, ...notice.measures.map((m) => m.agencyId)];
  const rowOf = await requireAgencyMap(tx, agencies);
  const officerOf = await requireOfficerMap(tx, [notice.receivedBy]);
  const agencyOf: AgencyOf = (wanted) => {
    const { id, code, name } = rowOf(wanted);
    return { id, code, name };
  };
  const { actor, language } = tx.ctx;
  // Whoever oversees sees that there was a notice, not what one agency asks the other to look after.
  const ours = [notice.senderAgencyId, notice.federationId].includes(actor.agency.id);
  const texts = ours ? await openNoticeTexts(tx, notice) : { advice: null, note: null };
  const told = [texts.advice === null ? [] : ['advice'], texts.note === null ? [] : ['note']].flat();
  if (told.length > 0) for (const { personId } of notice.persons) tx.viewed(personId, told, 'case.notice');
  const { decisionNumber, outcome, decidedOn, exclusionCode } = notice;
  return {
    ...listedOf(notice),
    sender: agencyOf(notice.senderAgencyId),
    federation: agencyOf(notice.federationId),
    decision: { number: decisionNumber, outcome, decidedOn, exclusionCode },
    persons: notice.persons.map((person) => personOf(person, notice, agencyOf)),
    ...texts,
    receivedBy: notice.receivedBy ? officerOf(notice.receivedBy) : null,
    deadlines: await deadlinesOf(tx, 'notice', notice.id),
    availableActions: availableActions(
      noticeMachine,
      noticeActions,
      notice,
      actor,
      `/v1/case-notices/${notice.id}`,
      language,
    ),
  };
}
