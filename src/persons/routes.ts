// /v1/persons: the masked person, the search by document, and the disclosure of clear text.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { disclosePerson, lookUpPersons } from './disclosure.ts';
import { DisclosureBody, DisclosureView, LookupBody, LookupView, PersonView, toPersonView } from './person-schema.ts';
import { disputedFields, findPerson, openIdentity } from './repository.ts';

const tags = ['Persons'];

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
    (req) =>
      req.read(async (tx) => {
        const person = await findPerson(tx, req.params.id);
        return person && toPersonView(person, await openIdentity(tx, person), await disputedFields(tx, person.id));
      }),
  );
  app.post(
    '/v1/persons/lookups',
    {
      config: { permission: 'person:lookup' },
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
      config: { permission: 'person:disclose', resource: 'person' },
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
}
