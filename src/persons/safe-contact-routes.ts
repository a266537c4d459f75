// GET and PUT /v1/persons/{id}/safe-contact: how an endangered person may be reached, and from whom they are hidden.
import { type Static, Type } from 'typebox';
import { agencyRefs } from '../agencies/service.ts';
import { relationTo } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { isSettingTeam, readSafeContact, type SafeContactInput, setSafeContact } from './safe-contact.ts';
import type { SafeContact } from './safe-contact-repository.ts';
import { SafeContactBody, SafeContactView, toSafeContactView } from './safe-contact-schema.ts';

const tags = ['Persons'];

async function viewSafeContact(tx: Tx, rule: SafeContact) {
  const agencyOf = await agencyRefs(tx, [rule.agencyId]);
  const party = (await relationTo(tx, 'person', rule.personId)) !== 'oversight';
  return toSafeContactView(tx, rule, agencyOf(rule.agencyId), { team: isSettingTeam(tx, rule), party });
}

function toInput(body: Static<typeof SafeContactBody>): SafeContactInput {
  const { reasonCode, reviewOn } = body;
  return {
    reasonCode,
    reviewOn,
    validUntil: body.validUntil ?? null,
    forbiddenChannels: body.forbiddenChannels ?? [],
    forbiddenHours: body.forbiddenHours ?? [],
    safeChannels: body.safeChannels ?? null,
    hiddenAddress: body.hiddenAddress ?? true,
    blockedPersons: body.blockedPersons ?? [],
    note: body.note ?? null,
  };
}

export function safeContactRoutes(app: App): void {
  app.get(
    '/v1/persons/:id/safe-contact',
    {
      config: { permission: 'person:read', resource: 'person' },
      schema: {
        operationId: 'getSafeContact',
        tags,
        summary: 'Read the safe-contact rule 查看安全联系规则',
        description:
          'For whoever sees the person: that there is a rule and how to follow it; what is hidden is for the team that set it. 404 where there is none, and for whom it is kept from. 凡可见该人员者均见规则与联系要求；隐藏内容仅限设定人员。',
        params: IdParams,
        response: { 200: SafeContactView },
      },
    },
    (req) => req.read((tx) => readSafeContact(tx, req.params.id).then((rule) => rule && viewSafeContact(tx, rule))),
  );
  app.put(
    '/v1/persons/:id/safe-contact',
    {
      config: { permission: 'person:safe_contact', resource: 'person', decisive: true, besides: [428] },
      schema: {
        operationId: 'setSafeContact',
        tags,
        summary: 'Set the safe-contact rule 设定安全联系规则',
        description:
          "The whole rule, by the handling team of an open case or an owner of the person's account. If-Match with the rule's ETag; the first time `If-None-Match: *` or `?createOnly=true`. It ends with `validUntil`. 由承办人员或台账所有单位整体设定；首次须 If-None-Match: *。",
        params: IdParams,
        querystring: Type.Object({ createOnly: Type.Optional(Type.Boolean({ default: false })) }),
        body: SafeContactBody,
        response: { 200: SafeContactView, 201: SafeContactView },
      },
    },
    (req) => {
      const createOnly = req.query.createOnly === true || req.headers['if-none-match'] === '*';
      const input = toInput(req.body);
      return req.command({
        verb: (tx, expected) => setSafeContact(tx, req.params.id, input, { expected, createOnly }),
        view: (tx, { rule }) => viewSafeContact(tx, rule),
        status: ({ created }) => (created ? 201 : 200),
        location: (view) => `/v1/persons/${view.personId}/safe-contact`,
      });
    },
  );
}
