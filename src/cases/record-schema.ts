// Wire shapes of corrections and of the history of fields.
import { Type } from 'typebox';
import {
  AgencyRef,
  AvailableAction,
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
  Text,
} from '../platform/http/schema.ts';
import { CORRECTABLE, CORRECTION_STATES } from './correction-domain.ts';

const LONG = 20_000;
const Pointer = (description: string) => Type.String({ minLength: 2, maxLength: 100, description });
const codes = Type.Array(Code, { maxItems: 20 });

const CorrectedValue = named(
  'CorrectedValue',
  Type.Union([Type.String({ maxLength: LONG }), codes, Money, Type.Null()], {
    description: 'in the form that the member has in the case: text, code, codes, money, or null where it may be empty',
  }),
);
const RecordedValue = named(
  'RecordedValue',
  Type.Union([Type.String({ maxLength: LONG }), Type.Boolean(), codes, Money, Type.Null()], {
    description: 'a value as it was recorded; null also where it is not shown to this caller (`shown: false`)',
  }),
);

export const CorrectionBody = named(
  'CaseCorrection',
  Closed({
    pointer: Pointer(`one of ${Object.keys(CORRECTABLE).join(', ')}; * is the position of the beneficiary, from 0`),
    value: CorrectedValue,
    reason: Text(),
  }),
);
export const CorrectionConfirmationBody = named(
  'CaseCorrectionConfirmation',
  Closed({ opinion: Type.Optional(Nullable(Text())) }),
);
export const CorrectionRefusalBody = named('CaseCorrectionRefusal', Closed({ reason: Text() }));

export const CorrectionParams = Closed({ id: Id, correctionId: Id });

const shown = Type.Boolean({ description: 'false where values and reasons are for the handling agency alone' });
const Texts = Nullable(Type.String({ maxLength: 4000 }));
const correction = {
  id: Id,
  pointer: Pointer('member of the case'),
  state: Literals(CORRECTION_STATES),
  proposedBy: OfficerRef,
  proposedAt: Instant,
  decidedBy: Nullable(OfficerRef),
  decidedAt: Nullable(Instant),
  shown,
  oldValue: RecordedValue,
  newValue: RecordedValue,
  reason: Texts,
  opinion: Texts,
};
export const CorrectionItem = named('CaseCorrectionItem', Closed(correction));
export const CorrectionView = named(
  'CaseCorrectionView',
  Closed({
    ...correction,
    version: Type.Integer({
      minimum: 1,
      description: 'version of the case, which a decision on the correction changes',
    }),
    availableActions: Type.Array(AvailableAction, { maxItems: 10 }),
  }),
);
export const CorrectionPage = pageOf('CaseCorrectionPage', CorrectionItem);

export const RevisionItem = named(
  'CaseFieldRevision',
  Closed(
    {
      id: Id,
      pointer: Pointer('member of the case, as in its own view'),
      changedAt: Instant,
      version: Type.Integer({ minimum: 1, description: 'version of the case that the change made' }),
      type: Type.String({ maxLength: 64, description: 'the fact that it came with, as in the timeline' }),
      correctionId: Nullable(Id),
      agency: AgencyRef,
      officer: Nullable(OfficerRef),
      shown,
      oldValue: RecordedValue,
      newValue: RecordedValue,
    },
    { description: 'One field of the case: when it changed, by whom, from what to what' },
  ),
);
export const RevisionPage = pageOf('CaseHistoryPage', RevisionItem);
