// Erasing a person: two people, no hold, nothing open, not before the floor; then the keys go, and money and decisions name nobody (PIPL art. 47).
import { ensureAction } from '../kernel/action.ts';
import { defineProblems } from '../kernel/problem.ts';
import { type ErasureRow, insertErasure, saveErasure, standingProposal } from '../persons/erasure-repository.ts';
import { personActions, personMachine } from '../persons/lifecycle.ts';
import { actingOfficer, lockPerson } from '../persons/merge.ts';
import { savePerson } from '../persons/merge-repository.ts';
import { findPersonById } from '../persons/service.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import { emptyReplies, type StoredReply } from '../platform/db/idempotency.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { problemDocument } from '../platform/http/problem.ts';
import type { EnumValue } from '../reference/enums.ts';
import { destroy, findObstacles, findSole } from './erasure-repository.ts';
import { floorOf } from './policy.ts';
import { redactShared, valuesOf } from './redaction.ts';
import type { Row } from './subject-domain.ts';
import { readSubject } from './subject-repository.ts';

export const erasureProblems = defineProblems({
  'person.legal_hold': {
    status: 409,
    zh: ['依法保全中', '该人员或其案件、线索处于保全状态', '保全解除后再办理'],
    en: ['Under a legal hold', 'a legal hold stands on the person or a record', 'wait until the hold is released'],
  },
  'person.records_open': {
    status: 409,
    zh: ['尚有未办结事项', '该人员尚有未办结的案件、款项或台账：{kinds}', '全部办结后再办理'],
    en: ['Records are open', 'records of the person are not ended: {kinds}', 'end them first'],
  },
  'person.retention_floor': {
    status: 409,
    zh: ['未满最短保存期限', '法定最短保存期限至 {until}', '届满后再办理；违法收集的不受此限'],
    en: [
      'Under the retention floor',
      'the law has the records kept until {until}',
      'wait; what was collected unlawfully is erased at once',
    ],
  },
  'person.erasure_ground': {
    status: 409,
    zh: ['事由与提议不一致', '已有提议的事由为 {ground}', '以相同事由确认，或待提议失效后重新提议'],
    en: [
      'Another ground',
      'the erasure was proposed on the ground {ground}',
      'confirm that ground, or wait until it lapses',
    ],
  },
  'reply.erased': {
    status: 410,
    zh: ['应答已删除', '该请求已执行，其应答含已删除的个人信息', '如有需要，读取资源的当前状态'],
    en: ['The answer was erased', 'the request was carried out; its answer held erased data', 'read the resource anew'],
  },
});

export type ErasureInput = { ground: EnumValue<'erasure-grounds'>; reason: string };
export type ErasureDeps = { keyring: Keyring; publicUrl: string };

async function ensureErasable(tx: Tx, personId: string, ground: ErasureInput['ground']): Promise<void> {
  const { holds, open, lastOn } = await findObstacles(tx, personId);
  if (holds > 0) throw erasureProblems['person.legal_hold']();
  const kinds = Object.keys(open);
  if (kinds.length > 0) throw erasureProblems['person.records_open']({ kinds });
  const until = lastOn === null ? null : floorOf(lastOn);
  if (ground !== 'unlawful_collection' && until !== null && tx.ctx.today < until)
    throw erasureProblems['person.retention_floor']({ until });
}

async function propose(tx: Tx, personId: string, { ground, reason }: ErasureInput): Promise<void> {
  const officer = actingOfficer(tx);
  const id = tx.newId();
  const key = await tx.vault.keyFor('person', personId);
  await insertErasure(tx, {
    id,
    personId,
    state: 'proposed',
    ground,
    reasonSealed: tx.vault.seal(key, { table: 'person_erasures', column: 'reason', rowId: id }, reason),
    agencyId: tx.ctx.actor.agency.id,
    proposedBy: officer.id,
    proposedByPersonKey: officer.personKey,
    proposedAt: tx.ctx.now,
  });
  tx.record({ type: 'person.erasure_proposed', kind: 'person', id: personId, data: { ground } });
}

/** Every id and value by which a stored answer could name the person. */
function mentioning(rows: readonly Row[]): (body: string) => boolean {
  const ids = new Set(rows.filter((r) => r.table !== 'audit_records').map((r) => r.rowId.split('/')[0] ?? r.rowId));
  const wanted = [...ids, ...valuesOf(rows)];
  return (body) => wanted.some((text) => body.includes(text));
}

function emptyReply(tx: Tx, { publicUrl }: ErasureDeps): StoredReply {
  const { requestId, language } = tx.ctx;
  const problem = problemDocument(erasureProblems['reply.erased'](), { publicUrl, instance: '/', requestId, language });
  const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
  return { status: 410, headers, body: JSON.stringify(problem), views: [] };
}

/** The order matters: the texts of shared records are rewritten while the person's key still opens what is to be struck out. */
async function erase(tx: Tx, personId: string, erasure: ErasureRow, deps: ErasureDeps): Promise<void> {
  const officer = actingOfficer(tx);
  await saveErasure(tx, erasure.id, {
    state: 'erased',
    confirmedBy: officer.id,
    confirmedByPersonKey: officer.personKey,
    erasedAt: tx.ctx.now,
  });
  const rows = await readSubject(tx, personId);
  const sole = await findSole(tx, personId);
  const textsRedacted = await redactShared(tx, erasure.id, rows, sole);
  const repliesEmptied = await emptyReplies(tx, deps.keyring, mentioning(rows), emptyReply(tx, deps));
  const keysDestroyed = await destroy(tx, erasure.id);
  await saveErasure(tx, erasure.id, { textsRedacted, repliesEmptied });
  const data = { ground: erasure.ground, keysDestroyed, textsRedacted, repliesEmptied };
  tx.record({ type: 'person.erased', kind: 'person', id: personId, changed: ['state', 'identity'], data });
}

/** The first call proposes; the same call by another person erases, whatever agency holds the records. */
export async function erasePerson(
  tx: Tx,
  id: string,
  input: ErasureInput,
  expected: ExpectedVersion,
  deps: ErasureDeps,
) {
  const { person, erasure, facts } = await lockPerson(tx, id, expected);
  ensureAction(personMachine, personActions, 'erasure', facts, tx.ctx.actor);
  await ensureErasable(tx, id, input.ground);
  const standing = standingProposal(erasure, tx.ctx.now);
  if (!standing) {
    if (erasure) await saveErasure(tx, erasure.id, { state: 'lapsed' });
    const saved = await savePerson(tx, person, {});
    await propose(tx, id, input);
    return saved;
  }
  if (standing.ground !== input.ground) throw erasureProblems['person.erasure_ground']({ ground: standing.ground });
  await erase(tx, id, standing, deps);
  const erased = await findPersonById(tx, id);
  if (!erased) throw new Error('the tombstone is not there');
  return erased;
}
