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
