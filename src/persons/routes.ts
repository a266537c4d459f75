// /v1/persons: the masked person, the search by document, the disclosure of clear text, and the merge of two records.
import type { Tx } from '../platform/db/tx.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { disclosePerson, lookUpPersons } from './disclosure.ts';
import { knowPerson, mergePerson, reverseMerge } from './merge.ts';
import {
  DisclosureBody,
  DisclosureView,
  LookupBody,
  LookupView,
  MergeBody,
  MergeReversalBody,
  PersonView,
  toPersonView,
} from './person-schema.ts';
import { disputedFields, findPerson, openIdentity, type PersonRow } from './repository.ts';
import { pendingCorrections } from './review-repository.ts';
import { safeContactOf } from './safe-contact.ts';

const tags = ['Persons'];

export async function viewPerson(tx: Tx, person: PersonRow) {
  const safeContact = await safeContactOf(tx, 'person', person.id);
  const known = await knowPerson(tx, person);
  const survivor = known.merge && (await findPerson(tx, known.merge.intoPersonId));
  const view = toPersonView(tx, {
    known,
    identity: await openIdentity(tx, person),
    disputed: await disputedFields(tx, person.id),
    seesSurvivor: survivor !== undefined,
    pending: await pendingCorrections(tx, person.id),
  });
  return { safeContact, ...view };
}

export function personRoutes(app: App): void {
  app.get(
    '/v1/persons/:id',
    {
      config: { permission: 'person:read', resource: 'person' },
      schema: {
        operationId: 'getPerson',
        tags,
        summary: 'Read a person 查看人员',
        description:
          "Masked; only persons of the agency's own cases and accounts. 全部脱敏，仅限本机关案件与台账中的人员。",
        params: IdParams,
        response: { 200: PersonView },
      },
    },
    (req) => req.read((tx) => findPerson(tx, req.params.id).then((person) => person && viewPerson(tx, person))),
  );
  app.post(
    '/v1/persons/lookups',
    {
      config: { permission: 'person:lookup', expensive: true },
      schema: {
        operationId: 'lookUpPersons',
        tags,
        summary: 'Search by identity document 按证件查找人员',
        description:
          'Every search is audited, also one that finds nothing; nothing is stored. 每次查找均留痕，不保存应答。',
        body: LookupBody,
        response: { 200: LookupView },
      },
    },
    (req) => {
      const { idType = 'citizen_id', idNumber } = req.body;
      return req.read(async (tx) => ({
        items: (await lookUpPersons(tx, { idType, idNumber })).map((personId) => ({ personId })),
      }));
    },
  );
  app.post(
    '/v1/persons/:id/disclosures',
    {
      config: { permission: 'person:disclose', resource: 'person', expensive: true },
      schema: {
        operationId: 'disclosePerson',
        tags,
        summary: 'Disclose clear text once 明文查看',
        description:
          'Answers the fields asked for once, audited with purpose and legal basis; a repeat is audited again. 一次性显示明文，按目的与依据留痕。',
        params: IdParams,
        body: DisclosureBody,
        response: { 200: DisclosureView },
      },
    },
    (req) => req.read((tx) => disclosePerson(tx, req.params.id, req.body)),
  );
  mergeRoutes(app);
}

function mergeRoutes(app: App): void {
  const config = {
    permission: 'person:merge',
    resource: 'person',
    ifMatch: true,
    dryRun: true,
    decisive: true,
  } as const;
  app.post(
    '/v1/persons/:id/merge',
    {
      config,
      schema: {
        operationId: 'mergePerson',
        tags,
        summary: 'Merge into another person 合并人员',
        description:
          'Two records of one human being: the first call proposes, the same call by another person merges. An alias: whatever refers to the person stays, so that the merge can be reversed for thirty days. 一人提议、另一人以同样请求确认；三十日内可撤销。',
        params: IdParams,
        body: MergeBody,
        response: { 200: PersonView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => mergePerson(tx, req.params.id, req.body, expected), view: viewPerson }),
  );
  app.post(
    '/v1/persons/:id/merge-reversal',
    {
      config,
      schema: {
        operationId: 'reversePersonMerge',
        tags,
        summary: 'Reverse a merge 撤销合并',
        description:
          'Within thirty days of the merge, or drops a proposal; what was filed meanwhile stays with the survivor. 合并后三十日内可撤销，或撤回提议；期间新登记的内容仍归存续人员。',
        params: IdParams,
        body: MergeReversalBody,
        response: { 200: PersonView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => reverseMerge(tx, req.params.id, req.body, expected), view: viewPerson }),
  );
}
