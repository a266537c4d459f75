// One event as it is told, by the feed and by a webhook alike: a thin CloudEvent 1.0, ids, type, time and sequence (W-10).
import { type Static, Type } from 'typebox';
import { Closed, Id, Instant, named } from '../platform/http/schema.ts';
import type { SeenEvent } from './repository.ts';

const PublicId = Type.String({ maxLength: 64 });

export const CloudEvent = named(
  'CloudEvent',
  Closed({
    specversion: Type.Literal('1.0'),
    id: Id,
    source: Type.String({ maxLength: 2048 }),
    type: Type.String({ maxLength: 100 }),
    subject: Type.String({ maxLength: 200, description: '<kind>/<id> of the resource' }),
    time: Instant,
    sequence: Type.Integer({ minimum: 1, description: 'per resource, without gaps' }),
    datacontenttype: Type.Literal('application/json'),
    data: Type.Record(Type.String({ maxLength: 64 }), PublicId, {
      description: 'ids of records and agencies only',
      maxProperties: 30,
    }),
  }),
);
export type CloudEventView = Static<typeof CloudEvent>;

/** Where a referral or visit came from is its sender's: a department sees its package or the day only, here as in the view. */
const SENDERS_OWN = ['assistanceCaseId', 'clueId', 'monitoringAccountId'];
const GUESTS: Readonly<Record<string, string>> = { referral: 'recipient', visit: 'partner' };

/** Ids of records and agencies only (W-10): no people, no amounts, no officers; the reader fetches the rest with its own right. */
function thinData({ data, kind, relation }: SeenEvent): Record<string, string> {
  const hidden = GUESTS[kind] === relation ? SENDERS_OWN : [];
  const ofPerson = data.subjectKind === 'person' ? ['subjectId'] : [];
  const kept = Object.entries(data).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    if (hidden.includes(name) || ofPerson.includes(name)) return false;
    return typeof value === 'string' && /Id$/.test(name) && !/^beneficiaryId$|(?:[pP]erson|[oO]fficer)Id$/.test(name);
  });
  return Object.fromEntries(kept);
}

export function toCloudEvent(row: SeenEvent, publicUrl: string): CloudEventView {
  return {
    specversion: '1.0',
    id: row.id,
    source: publicUrl,
    type: row.type,
    subject: `${row.kind}/${row.resourceId}`,
    time: row.occurredAt.toISOString(),
    sequence: row.sequence,
    datacontenttype: 'application/json',
    data: thinData(row),
  };
}
