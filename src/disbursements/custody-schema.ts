// Wire shapes of custody: the plan with its agreement, a spend request, and the other person's word on it.
import { type Static, Type } from 'typebox';
import { toMoney } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import { CivilDate, Closed, Id, Instant, Literals, Money, Nullable, named, Text } from '../platform/http/schema.ts';
import {
  type Agreement,
  CUSTODY_PURPOSES,
  RELEASE_OUTCOMES,
  RELEASE_STATES,
  type ReleaseTexts,
  remainingOf,
} from './custody-domain.ts';
import type { PlanRow, ReleaseRow } from './custody-repository.ts';
import type { Disbursement } from './repository.ts';
import { DocumentNumber } from './schema.ts';

const Purpose = Literals(CUSTODY_PURPOSES);
const Instalment = named('CustodyInstalment', Closed({ dueOn: CivilDate, amount: Money, purpose: Purpose }));
const instalments = Type.Array(Instalment, { minItems: 1, maxItems: 120 });

export const CustodyPlanInput = named(
  'CustodyPlanInput',
  Closed({
    agreement: Closed({
      number: DocumentNumber,
      signedOn: CivilDate,
      custodian: Text(200, 'who holds the money 托管人'),
      supervisor: Type.Optional(Text(200, 'who supervises its use 监督人')),
    }),
    instalments,
  }),
);
export const ReleaseInput = named(
  'CustodyReleaseInput',
  Closed({
    amount: Money,
    purpose: Purpose,
    use: Text(2000, 'what it is for 具体用途'),
    evidenceDocumentIds: Type.Array(Id, {
      minItems: 1,
      maxItems: 10,
      description: 'documents of this disbursement 本发放记录下的凭证',
    }),
  }),
);
export const ReleaseApprovalBody = named(
  'CustodyReleaseApproval',
  Closed({ outcome: Literals(RELEASE_OUTCOMES), opinion: Type.Optional(Text()) }),
);

const Clear = (max: number) =>
  Nullable(Type.String({ maxLength: max, description: 'null outside the handling agency 非承办单位为空' }));
export const ReleaseView = named(
  'CustodyRelease',
  Closed({
    id: Id,
    disbursementId: Id,
    position: Type.Integer({ minimum: 1 }),
    state: Literals(RELEASE_STATES),
    version: Type.Integer({ minimum: 1 }),
    amount: Money,
    purpose: Purpose,
    use: Clear(2000),
    opinion: Clear(4000),
    evidenceDocumentIds: Type.Array(Id, { maxItems: 10 }),
    requestedBy: Id,
    decidedBy: Nullable(Id),
    decidedOn: Nullable(CivilDate),
    createdAt: Instant,
    updatedAt: Instant,
  }),
);
const ReleaseItem = named(
  'CustodyReleaseItem',
  Closed({
    id: Id,
    state: Literals(RELEASE_STATES),
    version: Type.Integer({ minimum: 1 }),
    amount: Money,
    purpose: Purpose,
  }),
);
export const CustodyPlanView = named(
  'CustodyPlan',
  Closed({
    disbursementId: Id,
    agreement: Closed({
      number: DocumentNumber,
      signedOn: CivilDate,
      custodian: Clear(200),
      supervisor: Clear(200),
    }),
    instalments,
    released: Money,
    remaining: Money,
    releases: Type.Array(ReleaseItem, { maxItems: 500 }),
    plannedBy: Id,
    createdAt: Instant,
    updatedAt: Instant,
  }),
);

const isOurs = (tx: Tx, line: Disbursement) => line.agencyId === tx.ctx.actor.agency.id;

type PlanParts = { plan: PlanRow; agreement: Agreement | null; releases: readonly ReleaseRow[] };

export function toPlanView(
  tx: Tx,
  line: Disbursement,
  { plan, agreement, releases }: PlanParts,
): Static<typeof CustodyPlanView> {
  const clear = isOurs(tx, line) ? agreement : null;
  return {
    disbursementId: line.id,
    agreement: {
      number: plan.agreementNumber,
      signedOn: plan.signedOn,
      custodian: clear?.custodian ?? null,
      supervisor: clear?.supervisor ?? null,
    },
    instalments: [...plan.instalments],
    released: toMoney(line.custodyReleasedFen),
    remaining: toMoney(remainingOf(line)),
    releases: releases.map(({ id, state, version, amountFen, purpose }) => {
      return { id, state, version, amount: toMoney(amountFen), purpose };
    }),
    plannedBy: plan.plannedBy,
    createdAt: plan.createdAt.toISOString(),
    updatedAt: plan.updatedAt.toISOString(),
  };
}

export function toReleaseView(
  tx: Tx,
  line: Disbursement,
  row: ReleaseRow,
  texts: ReleaseTexts | null,
): Static<typeof ReleaseView> {
  const { id, disbursementId, position, state, version, purpose, evidenceIds, requestedBy, decidedBy, decidedOn } = row;
  const clear = isOurs(tx, line) ? texts : null;
  return {
    ...{ id, disbursementId, position, state, version, amount: toMoney(row.amountFen), purpose },
    ...{ use: clear?.use ?? null, opinion: clear?.opinion ?? null },
    ...{ evidenceDocumentIds: evidenceIds, requestedBy, decidedBy, decidedOn },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
