// POST /v1/persons/{id}/subject-export and /erasure: the rights of the person concerned, by an agency that handles them.
import { Type } from 'typebox';
import { PersonView } from '../persons/person-schema.ts';
import { viewPerson } from '../persons/routes.ts';
import { AgencyRef, Closed, Id, IdParams, Instant, Literals, named, Text } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { enumValues } from '../reference/enums.ts';
import { type ErasureDeps, erasePerson } from './erasure.ts';
import { exportSubject } from './subject-export.ts';

const tags = ['Persons'];

const SubjectExportBody = named(
  'SubjectExportRequest',
  Closed({
    purpose: Text(200, 'code of the set disclosure-purposes, or own words (then recorded as other)'),
    legalBasis: Literals(enumValues('legal-bases')),
  }),
);
const Entry = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 100 });
const SubjectExportView = named(
  'SubjectExport',
  Closed(
    {
      personId: Id,
      generatedAt: Instant,
      agency: AgencyRef,
      purpose: Type.String({ maxLength: 64 }),
      legalBasis: Literals(enumValues('legal-bases')),
      withheld: Type.Array(Type.String({ maxLength: 32 }), {
        maxItems: 10,
        description: 'hidden by a safe-contact rule',
      }),
      sections: Type.Array(
        Closed({
          name: Type.String({ maxLength: 64 }),
          records: Type.Array(Entry, { maxItems: 100_000 }),
        }),
        { maxItems: 50, description: 'one for each kind of record; people other than the person are covered' },
      ),
    },
    { description: 'Everything that any agency has recorded about the person' },
  ),
);

const ErasureBody = named(
  'PersonErasure',
  Closed({
    ground: Literals(enumValues('erasure-grounds')),
    reason: Text(4000, 'goes with what is erased'),
  }),
);

function erasureRoute(app: App, deps: ErasureDeps): void {
  app.post(
    '/v1/persons/:id/erasure',
    {
      config: { permission: 'person:erase', resource: 'person', ifMatch: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'erasePerson',
        tags,
        summary: 'Erase a person 删除个人信息',
        description:
          'The first call proposes, the same call by another person erases: keys are destroyed, texts about others too have the person struck out, what remains is a tombstone (`state: erased`). Refused under a legal hold, while anything is open, and before the retention floor unless it was collected unlawfully. 一人提议、另一人确认；保全中、未办结或未满最短保存期限的不予删除，违法收集的不受期限限制。',
        params: IdParams,
        body: ErasureBody,
        response: { 200: PersonView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => erasePerson(tx, req.params.id, req.body, expected, deps),
        view: viewPerson,
      }),
  );
}

export function subjectRoutes(app: App, deps: ErasureDeps): void {
  erasureRoute(app, deps);
  app.post(
    '/v1/persons/:id/subject-export',
    {
      config: { permission: 'person:export', resource: 'person', decisive: true, expensive: true },
      schema: {
        operationId: 'exportSubject',
        tags,
        summary: 'Copy for the person concerned 个人信息副本',
        description:
          'Everything of one person across agencies, once, audited with purpose and legal basis; a repeat is audited again. Other people are named by initials. 汇总各机关对该人员的全部记录，一次性提供并留痕；他人信息已遮蔽。',
        params: IdParams,
        body: SubjectExportBody,
        response: { 200: SubjectExportView },
      },
    },
    (req) => req.read((tx) => exportSubject(tx, req.params.id, req.body)),
  );
}
