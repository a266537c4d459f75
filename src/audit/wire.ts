// A record as it leaves the service, in the API and in the export: all that its hash is made of, so that anybody can make it again. Pure.
import { type ChainAlg, contentDigest, linkHash, type RecordContent, type Stream } from './chain.ts';

/** Hashes in base64; `leafIndex` is null until the record is sealed. */
export type WireRecord = RecordContent & {
  leafIndex: number | null;
  sequence: number | null;
  viewSequence: number | null;
  alg: ChainAlg | 'none';
  prevHash: string | null;
  hash: string | null;
};

export const streamOf = ({ sequence }: Pick<WireRecord, 'sequence'>): Stream => (sequence === null ? 'view' : 'fact');

/** The hash that the record should have, by its content and the hash that it says stands before it; undefined where it has none. */
export function hashOfRecord(record: WireRecord): Buffer | undefined {
  const { sequence, viewSequence, alg, prevHash } = record;
  if (alg !== 'sha-256' && alg !== 'sm3') return undefined;
  const former = prevHash === null ? null : Buffer.from(prevHash, 'base64');
  return linkHash(alg, streamOf(record), sequence ?? viewSequence ?? 0, former, contentDigest(alg, record));
}

type Form = (value: unknown) => boolean;
const isText: Form = (value) => typeof value === 'string';
const isTextOrNull: Form = (value) => value === null || typeof value === 'string';
const isCountOrNull: Form = (value) => value === null || (Number.isSafeInteger(value) && (value as number) >= 0);

const MEMBERS: Readonly<Record<keyof WireRecord, Form>> = {
  id: isText,
  recordedAt: isText,
  occurredAt: isText,
  type: isText,
  kind: isText,
  resourceId: isText,
  sequence: isCountOrNull,
  viewSequence: isCountOrNull,
  agencyId: isText,
  officerId: isTextOrNull,
  clientId: isTextOrNull,
  requestId: isText,
  purpose: isTextOrNull,
  changed: Array.isArray,
  data: (value) => typeof value === 'object' && value !== null,
  alg: isText,
  prevHash: isTextOrNull,
  hash: isTextOrNull,
  leafIndex: isCountOrNull,
};
const NAMES = Object.entries(MEMBERS) as [keyof WireRecord, Form][];

/**
 * True where it has the members of a record, each of its kind, and no other: what no hash covers would be believed by whoever
 * reads the file.
 */
export function isWireRecord(value: unknown): value is WireRecord {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== NAMES.length) return false;
  const members = value as Readonly<Record<string, unknown>>;
  for (const [name, fits] of NAMES) if (!fits(members[name])) return false;
  return (members.sequence === null) !== (members.viewSequence === null);
}

/** The record of a line; undefined where it is none, or says something twice: the last one is hashed, the first one might be read. */
export function parseRecord(line: string): WireRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isWireRecord(value) && JSON.stringify(value) === line ? value : undefined;
}
