// /v1/assistance-cases/{id}/dossier and /comparable-cases: everything about a case in one document, and what others like it got.
import { Type } from 'typebox';
import { ClueView } from '../clues/schema.ts';
import { PARENT_KINDS } from '../documents/domain.ts';
import { DocumentItem } from '../documents/schema.ts';
import { Closed, Id, IdParams, Instant, Literals, Nullable, OfficerRef } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { ComparableQuery, ComparableView, comparableCases } from './comparable.ts';
import { caseDossier } from './dossier.ts';
import { SECTION_LIMIT, sectionSchemas } from './dossier-parts.ts';
import { NoticeView } from './notice-schema.ts';
import { CorrectionItem, RevisionItem } from './record-schema.ts';
import { findCase } from './repository.ts';
import { CaseView, DecisionItem, TimelineItem } from './schema.ts';

const list = <T extends Parameters<typeof Type.Array>[0]>(item: T) => Type.Array(item, { maxItems: SECTION_LIMIT });

/** Made when the routes are: by then every feature has declared its section. */
const dossierView = () =>
  Closed(
    {
      assistanceCaseId: Id,
      number: Type.String({ maxLength: 64 }),
      generatedAt: Instant,
      generatedBy: Nullable(OfficerRef),
      contentHash: Type.String({
        pattern: '^[0-9a-f]{64}$',
        maxLength: 64,
        description: 'SHA-256 of the canonical JSON of all members from `case` on',
      }),
      truncated: Type.Array(Type.String({ maxLength: 32 }), {
        maxItems: 20,
        description: `lists of more than ${SECTION_LIMIT} entries, cut there`,
      }),
      case: CaseView,
      advice: Nullable(Type.String({ maxLength: 4000, description: 'of the closure, for the Federation' })),
      clue: Nullable(ClueView),
      decisions: list(DecisionItem),
      timeline: list(TimelineItem),
      history: list(RevisionItem),
      corrections: list(CorrectionItem),
      notices: list(NoticeView),
      documents: list(Closed({ parent: Closed({ kind: Literals(PARENT_KINDS), id: Id }), document: DocumentItem })),
      ...sectionSchemas(),
    },
    { description: 'The file of a case, oldest first; `availableActions` are empty in it' },
  );

function comparableRoute(app: App): void {
  app.get(
    '/v1/assistance-cases/:id/comparable-cases',
    {
      config: { permission: 'case:read', resource: 'case', expensive: true, besides: [422] },
      schema: {
        operationId: 'getComparableCases',
        tags: ['Assistance cases'],
        summary: 'What was granted in like cases 同类案件救助金额',
        description:
          'Number, median and quartiles of the amounts granted to one person in cases alike in eligibility, category, region and year; nothing where fewer than five stand behind it. 资格、类别、地区、年度相同案件的救助金额中位数与四分位数，不足五件不显示。',
        params: IdParams,
        querystring: ComparableQuery,
        response: { 200: ComparableView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const found = await findCase(tx, req.params.id);
        return found && comparableCases(tx, found, req.query);
      }),
  );
}

export function dossierRoutes(app: App): void {
  comparableRoute(app);
  app.get(
    '/v1/assistance-cases/:id/dossier',
    {
      config: { permission: 'case:dossier', resource: 'case', expensive: true },
      schema: {
        operationId: 'getCaseDossier',
        tags: ['Assistance cases'],
        summary: 'The file of a case 案件卷宗',
        description:
          'Everything about the case in one document, for its handling team and who decides it: clue, decisions, timeline, history, corrections, payments, referrals, visits, accounts, notices and the list of documents. Each reading is on record. 供承办团队与审批人使用的全案材料，每次查看均留痕。',
        params: IdParams,
        response: { 200: dossierView() },
      },
    },
    (req) => req.read(async (tx) => findCase(tx, req.params.id).then((found) => found && caseDossier(tx, found))),
  );
}
