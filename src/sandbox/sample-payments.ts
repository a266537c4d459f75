// The steps on money that sample stories are made of: planned, authorised and paid by three people, and what may go wrong.
import {
  failDisbursement,
  recordAppropriation,
  settleDisbursement,
  submitDisbursement,
} from '../disbursements/payment-service.ts';
import { confirmReceipt, recoverDisbursement, writeOffDisbursement } from '../disbursements/recovery-service.ts';
import {
  authoriseDisbursement,
  findDisbursement,
  planDisbursement,
  voidDisbursement,
} from '../disbursements/service.ts';
import { formatYuan } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import { caseOf, latest, type Stage, type Step, step } from './sample-steps.ts';

const payee = (i: number) => ({
  type: 'self' as const,
  name: '沙箱收款人',
  bankName: '样例银行沈阳分行',
  accountNumber: `62220000000000${1000 + i}`,
});

/** Lines of these kinds in the order of the beneficiaries; the last kind for all that follow. */
async function planLines(tx: Tx, s: Stage, kinds: readonly ('lump' | 'custody')[]): Promise<string[]> {
  const c = await caseOf(tx, s);
  const ids: string[] = [];
  for (const [i, { id: beneficiaryId, grantedFen }] of c.beneficiaries.entries()) {
    if (!grantedFen) continue;
    const amount = { amount: formatYuan(grantedFen), currency: 'CNY' as const };
    const kind = kinds[i] ?? 'lump';
    const input = { beneficiaryId, amount, kind, payee: payee(i), requestNumber: `${c.number}-${i + 1}` };
    ids.push((await planDisbursement(tx, s.caseId, input, latest)).id);
  }
  return ids;
}

const planning =
  (...kinds: ('lump' | 'custody')[]): Step =>
  async (s) => {
    s.lineIds = await s.as('handler', (tx) => planLines(tx, s, kinds));
  };
export const plan = planning();
export const planCustody = planning('custody');

type LineVerb = (tx: Tx, id: string) => Promise<unknown>;

/** The same verb on every line of the story that is not void. */
const onLines = (role: string, verb: LineVerb): Step =>
  step(role, async (tx, s) => {
    for (const id of s.lineIds) await verb(tx, id);
  });
const onLine = (role: string, index: number, verb: LineVerb): Step =>
  step(role, (tx, s) => verb(tx, s.lineIds[index] ?? ''));

export const authorise = onLines('head', (tx, id) => authoriseDisbursement(tx, id, { opinion: '同意支付。' }, latest));
export const submit = onLines('finance', (tx, id) => submitDisbursement(tx, id, latest));
export const settle = onLines('finance', async (tx, id) => {
  await submitDisbursement(tx, id, latest);
  await settleDisbursement(tx, id, { paidOn: tx.ctx.today, bankReference: `BK${id.slice(-8)}` }, latest);
});
export const appropriate = onLines('bureau', (tx, id) => {
  const year = tx.ctx.today.slice(0, 4);
  return recordAppropriation(tx, id, { receivedOn: tx.ctx.today, documentNumber: `和财预〔${year}〕88号` }, latest);
});
export const fail = (index: number, outcome: 'failed' | 'unknown'): Step =>
  onLine('finance', index, (tx, id) =>
    failDisbursement(tx, id, { reason: '账号户名不符，银行退回。', outcome }, latest),
  );
export const voidLine =
  (index: number): Step =>
  async (s) => {
    const [id = ''] = s.lineIds.splice(index, 1);
    await s.as('head', (tx) => voidDisbursement(tx, id, { reason: '收款账户已变更。' }, latest));
  };
/** What stands in custody is received by its custodian: the others only. */
export const confirm = (outcome: 'received' | 'received_with_issues'): Step =>
  onLines('handler', async (tx, id) => {
    const line = await findDisbursement(tx, id);
    if (line?.state === 'settled') await confirmReceipt(tx, id, { outcome, note: '本人确认。' }, latest);
  });
const recovering: LineVerb = (tx, id) => recoverDisbursement(tx, id, { reason: '查明以虚假材料骗取救助。' }, latest);
export const recover = onLines('chief', recovering);
/** The finance officer records that it came: not who ordered it. */
export const recovered = (index: number): Step => onLine('finance', index, recovering);
const givingUp: LineVerb = (tx, id) =>
  writeOffDisbursement(tx, id, { reason: '当事人死亡且无遗产，无法追回。' }, latest);
/** The finance officer proposes, the deputy chief approves. */
export const writeOff = (index: number): Step => {
  const proposed = onLine('finance', index, givingUp);
  const approved = onLine('deputy', index, givingUp);
  return async (s) => {
    await proposed(s);
    await approved(s);
  };
};
