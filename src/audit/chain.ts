// The hash chain of the audit record, pure and shared with the verifier: what is hashed, and in which form (ADR 0020).
import { hash as digestOf } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.ts';

export type ChainAlg = 'sha-256' | 'sm3';

/** A record as it is hashed: everything but its place in the chain. Times in RFC 3339 with milliseconds, UTC. */
export type RecordContent = {
  id: string;
  recordedAt: string;
  occurredAt: string;
  type: string;
  kind: string;
  resourceId: string;
  agencyId: string;
  officerId: string | null;
  clientId: string | null;
  requestId: string;
  purpose: string | null;
  changed: readonly string[];
  data: unknown;
};

/** Facts and views of one resource are two chains. */
export type Stream = 'fact' | 'view';

const OPENSSL: Readonly<Record<ChainAlg, string>> = { 'sha-256': 'sha256', sm3: 'sm3' };
const CONTENT = 'judicial-assistance/audit/content/v1\n';
const LINK: Readonly<Record<Stream, Buffer>> = {
  fact: Buffer.from('judicial-assistance/audit/fact/v1\n'),
  view: Buffer.from('judicial-assistance/audit/view/v1\n'),
};
/** What stands before the first record of a chain. */
const START = Buffer.alloc(32);

const quote = (text: string | null) => JSON.stringify(text);

/** Prefix of what is hashed for a link; the same bytes stand in the statement that chains views. */
export const linkPrefix = (stream: Stream): Buffer => LINK[stream];

/** Its canonical form (RFC 8785), member by member: the same as `canonicalJson`, at a third of the time. */
export function contentJson(content: RecordContent): string {
  const { agencyId, changed, clientId, data, id, kind, occurredAt, officerId } = content;
  const { purpose, recordedAt, requestId, resourceId, type } = content;
  const who = `"agencyId":${quote(agencyId)},"changed":${JSON.stringify(changed)},"clientId":${quote(clientId)}`;
  const what = `"data":${canonicalJson(data)},"id":${quote(id)},"kind":${quote(kind)},"occurredAt":${quote(occurredAt)}`;
  const how = `"officerId":${quote(officerId)},"purpose":${quote(purpose)},"recordedAt":${quote(recordedAt)}`;
  return `{${who},${what},${how},"requestId":${quote(requestId)},"resourceId":${quote(resourceId)},"type":${quote(type)}}`;
}

export function contentDigest(alg: ChainAlg, content: RecordContent): Buffer {
  return digestOf(OPENSSL[alg], CONTENT + contentJson(content), 'buffer');
}

/** The hash of the record at `sequence`, over its predecessor's and its own content. */
export function linkHash(
  alg: ChainAlg,
  stream: Stream,
  sequence: number,
  former: Buffer | null,
  content: Buffer,
): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigInt64BE(BigInt(sequence));
  return digestOf(OPENSSL[alg], Buffer.concat([LINK[stream], place, former ?? START, content]), 'buffer');
}
