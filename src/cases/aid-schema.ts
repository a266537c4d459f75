// Wire shape of aid that stands in another case.
import { Type } from 'typebox';
import { AgencyRef, CivilDate, Closed, Id, Literals, Money } from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';

export const FormerAid = Closed(
  {
    beneficiaryId: Id,
    sameCase: Type.Boolean({ description: 'under the same original case: aided once only' }),
    agency: AgencyRef,
    aidedOn: CivilDate,
    kind: Literals(enumValues('aid-kinds')),
  },
  { description: 'Aid that stands in another case, whichever agency gave it: agency and day, nothing of the person' },
);

export const LikeCaseRange = Closed(
  { from: Money, to: Money },
  { description: 'of like cases, where an award leaves it: `amountReason`, else `opinion`, says why' },
);
