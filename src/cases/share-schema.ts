// Wire shapes of the joint share: what is asked for, what is given, and what the case shows of it.
import { Type } from 'typebox';
import {
  AgencyRef,
  CivilDate,
  Closed,
  Id,
  Literals,
  Money,
  Nullable,
  named,
  OfficerRef,
} from '../platform/http/schema.ts';
import { SHARE_STATUSES } from './share-domain.ts';

const beneficiaryId = Type.Optional(Id);

export const ShareRequestBody = named(
  'JointShareRequestInput',
  Closed(
    { agencyId: Id, amount: Money, beneficiaryId },
    { description: '`agencyId`: a superior procuratorate. `beneficiaryId` is needed where the case has several' },
  ),
);

export const ShareBody = named(
  'JointShareInput',
  Closed(
    { agencyId: Id, fundId: Type.Optional(Nullable(Id)), amount: Money, beneficiaryId },
    { description: "`agencyId`: the caller's own agency. Without `fundId` its default fund" },
  ),
);

export const ShareView = named(
  'JointShare',
  Closed({
    id: Id,
    agency: AgencyRef,
    beneficiaryId: Id,
    fundId: Nullable(Id),
    status: Literals(SHARE_STATUSES),
    requestedAmount: Money,
    amount: Nullable(Money),
    requestedOn: CivilDate,
    requestedBy: OfficerRef,
    givenOn: Nullable(CivilDate),
    givenBy: Nullable(OfficerRef),
  }),
);
