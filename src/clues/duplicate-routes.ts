// /v1/clues/{id}/duplicate-candidates and duplicate-verdict: for the receiving procuratorate alone, audited as a search.
import { type Static, Type } from 'typebox';
import { type AgencyRow, requireAgencyMap } from '../agencies/service.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  CivilDate,
  Closed,
  Code,
  Id,
  IdParams,
  Instant,
  Literals,
  Nullable,
  named,
  Text,
} from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { enumValues } from '../reference/enums.ts';
import { findDuplicates, type Judged, judgeDuplicate } from './duplicates.ts';

const verdicts = enumValues('duplicate-verdicts');
const CandidateId = Type.String({
  pattern: '^[A-Za-z0-9_-]{22}$',
  maxLength: 22,
  description: 'stays the same for this clue, and is no id of the other record',
});

const CandidateView = named(
  'DuplicateCandidate',
  Closed(
    {
      candidateId: CandidateId,
      kind: Literals(enumValues('duplicate-kinds')),
      agency: AgencyRef,
      state: Type.Unsafe<string>({ ...Code, description: 'of the clue or case (code sets clue-states, case-states)' }),
      openedOn: CivilDate,
      decidedOn: Nullable(CivilDate),
      grounds: Type.Array(Literals(enumValues('duplicate-grounds')), { maxItems: 3 }),
      resource: Nullable(
        Closed(
          { id: Id, number: Type.String({ maxLength: 64 }) },
          { description: 'only where the caller sees it anyway' },
        ),
      ),
      verdict: Nullable(Closed({ verdict: Literals(verdicts), givenAt: Instant })),
    },
    { description: 'The handling agency, dates, state and verdict of a possible duplicate; nothing about a person' },
  ),
);
const CandidateList = named(
  'DuplicateCandidates',
  Closed({
    items: Type.Array(CandidateView, { maxItems: 100, description: 'newest first, at most 100' }),
    nextCursor: Nullable(Type.String({ maxLength: 500, description: 'always null' })),
  }),
);
const VerdictBody = named(
  'DuplicateVerdict',
  Closed({ candidateId: CandidateId, verdict: Literals(verdicts), reason: Text() }),
);

function toCandidateView(one: Judged, agencyOf: (id: string) => AgencyRow): Static<typeof CandidateView> {
  const { id, code, name } = agencyOf(one.agencyId);
  return {
    candidateId: one.candidateId,
    kind: one.kind,
    agency: { id, code, name },
    state: one.state,
    openedOn: civilDateOf(one.openedAt),
    decidedOn: one.decidedOn,
    grounds: one.grounds,
    resource: one.number === null ? null : { id: one.resourceId, number: one.number },
    verdict: one.verdict ? { verdict: one.verdict.verdict, givenAt: one.verdict.givenAt.toISOString() } : null,
  };
}

async function viewCandidates(tx: Tx, found: readonly Judged[]) {
  const agencyOf = await requireAgencyMap(
    tx,
    found.map((one) => one.agencyId),
  );
  return found.map((one) => toCandidateView(one, agencyOf));
}

export function clueDuplicateRoutes(app: App): void {
  app.get(
    '/v1/clues/:id/duplicate-candidates',
    {
      config: { permission: 'clue:check_duplicates', resource: 'clue', expensive: true },
      schema: {
        operationId: 'listDuplicateCandidates',
        tags: ['Clues'],
        summary: 'Possible duplicates of a clue 疑似重复线索与案件',
        description:
          'Across all agencies: the same person, or the same original case. For the receiving procuratorate; every call is audited as a search. 跨机关核查同一人员或同一原案，仅限受理检察院，逐次留痕。',
        params: IdParams,
        response: { 200: CandidateList },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const found = await findDuplicates(tx, req.params.id);
        return found && { items: await viewCandidates(tx, found), nextCursor: null };
      }),
  );
  app.post(
    '/v1/clues/:id/duplicate-verdict',
    {
      config: { permission: 'clue:check_duplicates', resource: 'clue', idempotent: true, dryRun: true },
      schema: {
        operationId: 'recordDuplicateVerdict',
        tags: ['Clues'],
        summary: 'Judge a possible duplicate 重复核查结论',
        description:
          "Recorded beside the clue, in the receiver's sight only; shown with later candidates, the latest counts. 仅受理检察院可见，以最近一次结论为准。",
        params: IdParams,
        body: VerdictBody,
        response: { 201: CandidateView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => judgeDuplicate(tx, req.params.id, req.body, expected),
        view: async (tx, judged) => {
          const [view] = await viewCandidates(tx, [judged]);
          if (!view) throw new Error('the candidate is gone');
          return view;
        },
        status: 201,
        location: () => `/v1/clues/${req.params.id}/duplicate-candidates`,
      }),
  );
}
