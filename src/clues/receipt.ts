// The signed acknowledgement of a clue: proof for its source of what was handed over, when, and to whom (JWS, RFC 7515).
import { createHash } from 'node:crypto';
import { requireAgencyMap } from '../agencies/service.ts';
import type { Signer } from '../agencies/tokens.ts';
import { firstRecord } from '../audit/service.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Tx } from '../platform/db/tx.ts';
import { clueProblems } from './domain.ts';
import { type Clue, findClue } from './repository.ts';

export const RECEIPT_TYPE = 'clue-receipt+jwt';

export type Acknowledged = {
  clue: Clue;
  digest: string;
  /** For the source alone: who has it can show what the digest stands for, who has not cannot try out names and numbers. */
  salt: string | null;
  times: { receivedAt: Date; recordedAt: Date; contentReceivedAt: Date; contentRecordedAt: Date };
  recipient: { id: string; code: string; name: string };
  receipt: string;
  /** Of the submission: its proof is at /v1/audit/proofs. */
  auditRecordId: string | null;
};

/** The system time at which the id was made (RFC 9562 §5.7): that of the submission. */
const madeAt = (id: string) => new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));

/** SHA-256 of the canonical form (RFC 8785) of `{content, salt}`: the content in the service's normal form, absent members null. */
function digestOf(tx: Tx, { id, content }: Clue): { salt: string; digest: string } {
  const salt = tx.vault.index('id_number', `clue receipt|${id}`).subarray(0, 16).toString('base64url');
  const digest = createHash('sha256').update(canonicalJson({ content, salt }), 'utf8').digest('base64url');
  return { salt, digest };
}

/** For the source and the present receiver; others who see the clue are no party to the hand-over. */
export async function acknowledgeClue(tx: Tx, signer: Signer, id: string): Promise<Acknowledged | undefined> {
  const clue = await findClue(tx, id);
  if (!clue) return undefined;
  const isSource = tx.ctx.actor.agency.id === clue.sourceAgencyId;
  if (!isSource && tx.ctx.actor.agency.id !== clue.receivingAgencyId)
    throw clueProblems['clue.not_competent']({
      who: '来源单位或受理检察院',
      whoEn: 'source or the receiving procuratorate',
    });
  const first = clue.routings[0]?.agencyId ?? clue.receivingAgencyId;
  const agencyOf = await requireAgencyMap(tx, [first, clue.receivingAgencyId, clue.sourceAgencyId]);
  const recordedAt = madeAt(clue.id);
  const { contentAt, contentRecordedAt, createdAt: receivedAt } = clue;
  const content = { contentReceivedAt: contentAt ?? receivedAt, contentRecordedAt: contentRecordedAt ?? recordedAt };
  const times = { receivedAt, recordedAt, ...content };
  const { salt, digest } = digestOf(tx, clue);
  const record = await firstRecord(tx, 'clue', clue.id);
  const claims = {
    sub: clue.id,
    iat: Math.floor(tx.ctx.systemNow.getTime() / 1000),
    number: clue.number,
    externalId: clue.externalId,
    digest: { alg: 'sha-256', value: digest },
    ...Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time.toISOString()])),
    auditRecord: record ?? null,
    source: agencyOf(clue.sourceAgencyId).code,
    recipient: agencyOf(first).code,
    presentRecipient: agencyOf(clue.receivingAgencyId).code,
  };
  const { id: agencyId, code, name } = agencyOf(first);
  const receipt = await signer.attest(claims, RECEIPT_TYPE);
  const auditRecordId = record?.id ?? null;
  const told = isSource ? salt : null;
  return { clue, digest, salt: told, times, recipient: { id: agencyId, code, name }, receipt, auditRecordId };
}
