// Wire shapes of the emergency advance: the body, and what the case shows of it.
import { Type } from 'typebox';
import { CivilDate, Closed, Id, Literals, Money, Nullable, named, OfficerRef, Text } from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';

export const AdvanceBody = named(
  'EmergencyAdvanceInput',
  Closed(
    {
      beneficiaryId: Id,
      amount: Money,
      fundId: Type.Optional(Nullable(Id)),
      reason: Type.Optional(Nullable(Text(4000, 'required beyond three average monthly wages'))),
    },
    { description: "Without `fundId` the agency's default fund" },
  ),
);

export const AdvanceView = named(
  'EmergencyAdvance',
  Closed({
    id: Id,
    beneficiaryId: Id,
    fundId: Nullable(Id),
    amount: Money,
    months: Type.Integer({ minimum: 1, description: 'the limit it was held against, in average monthly wages' }),
    status: Literals(enumValues('advance-statuses'), 'what the decision made of it'),
    approvedOn: CivilDate,
    approvedBy: OfficerRef,
    reason: Nullable(Type.String({ maxLength: 4000 })),
  }),
);
