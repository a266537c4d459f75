// GET /v1/persons/{id}/assistance-history: what the person was given, by whom and when, so that nobody is aided twice for one matter.
import { type Static, Type } from 'typebox';
import { type AgencyRow, requireAgencyMap } from '../agencies/service.ts';
import { toMoney } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  CivilDate,
  Closed,
  Code,
  Id,
  IdParams,
  Literals,
  Money,
  Nullable,
  named,
} from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { enumValues } from '../reference/enums.ts';
import { type Assistance, findAssistance, hasOwnCase } from './history-repository.ts';
import { personProblems } from './lifecycle.ts';
import { findPerson } from './repository.ts';
import { isKeptFrom } from './safe-contact.ts';

const AssistanceView = named(
  'Assistance',
  Closed(
    {
      kind: Literals(enumValues('assistance-kinds')),
      agency: AgencyRef,
      state: Type.Unsafe<string>({
        ...Code,
        description: 'of the case or referral (code sets case-states, referral-states)',
      }),
      openedOn: CivilDate,
      decidedOn: Nullable(CivilDate),
      lastOn: Nullable(CivilDate),
      grantedAmount: Nullable(Money),
      paidAmount: Nullable(Money),
      measure: Nullable(Code),
      resource: Nullable(Closed({ id: Id, number: Type.String({ maxLength: 64 }) })),
    },
    {
      description:
        'Aid of any agency: no name, no contact data, no reasons; the record is named only where the caller sees it',
    },
  ),
);
const AssistanceList = named(
  'AssistanceHistory',
  Closed({
    items: Type.Array(AssistanceView, { maxItems: 200, description: 'newest first, at most 200' }),
    nextCursor: Nullable(Type.String({ maxLength: 500, description: 'always null' })),
  }),
);

function toAssistanceView(one: Assistance, agencyOf: (id: string) => AgencyRow): Static<typeof AssistanceView> {
  const { id, code, name } = agencyOf(one.agencyId);
  return {
    kind: one.kind,
    agency: { id, code, name },
    state: one.state,
    openedOn: one.openedOn,
    decidedOn: one.decidedOn,
    lastOn: one.lastOn,
    grantedAmount: one.grantedFen === null ? null : toMoney(one.grantedFen),
    paidAmount: one.paidFen === null ? null : toMoney(one.paidFen),
    measure: one.measure,
    resource: one.number === null ? null : { id: one.resourceId, number: one.number },
  };
}

/** Audited like a disclosure, whatever it found. */
async function readHistory(tx: Tx, id: string): Promise<Static<typeof AssistanceList> | undefined> {
  const person = await findPerson(tx, id);
  if (!person || (await isKeptFrom(tx, id))) return undefined;
  if (!(await hasOwnCase(tx, id))) throw personProblems['person.no_own_case']();
  const found = await findAssistance(tx, id);
  const agencyOf = await requireAgencyMap(
    tx,
    found.map((one) => one.agencyId),
  );
  tx.viewed(id, ['assistanceHistory'], 'case_review', {
    type: 'person.history_read',
    data: { found: found.length > 0 },
  });
  return { items: found.map((one) => toAssistanceView(one, agencyOf)), nextCursor: null };
}

export function personHistoryRoutes(app: App): void {
  app.get(
    '/v1/persons/:id/assistance-history',
    {
      config: { permission: 'person:history', resource: 'person' },
      schema: {
        operationId: 'getAssistanceHistory',
        tags: ['Persons'],
        summary: 'Assistance of all agencies 救助记录',
        description:
          'Needs a case of the own agency for the person; agency, dates, kind, amounts and state only; every call is audited. 须有本机关承办的该人员案件；仅含机关、日期、类型、金额与状态，逐次留痕。',
        params: IdParams,
        response: { 200: AssistanceList },
      },
    },
    (req) => req.read((tx) => readHistory(tx, req.params.id)),
  );
}
