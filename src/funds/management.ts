// Verbs of who keeps a fund: open it, book what the treasury gives, close the year, turn round what was booked wrongly.
import { findSuperiors } from '../agencies/service.ts';
import { actionProblems } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import { samePerson } from '../kernel/actor.ts';
import { formatYuan, parseYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { findClosings, insertClosing } from './closing-repository.ts';
import { type ClosingOutcome, fundProblems, type ReversalReason } from './domain.ts';
import {
  type FundEntry,
  findAllocation,
  findEntry,
  isReversed,
  postJournals,
  postMovement,
} from './ledger-repository.ts';
import { openFunds } from './opening.ts';
import { type FundRow, findFund, lockFunds } from './repository.ts';

onConstraint('funds_agency_id_code_key', () => fundProblems['fund.code_taken']());
onConstraint('funds_default', () => fundProblems['fund.default_exists']());
onConstraint('fund_closings_once', () => fundProblems['fund.year_closed']({ year: '' }));

type Money = { amount: string };
type Officer = NonNullable<Actor['officer']>;

function officerOf(tx: Tx): Officer {
  const { officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  return officer;
}

function requireAmount(money: Money): bigint {
  const fen = parseYuan(money.amount);
  if (fen !== undefined && fen > 0n) return fen;
  const detail = ['须大于 0.00', 'more than 0.00'] as const;
  throw httpProblems['request.rule_violated']({}, [{ pointer: '/amount/amount', code: 'amount.not_positive', detail }]);
}

function ensurePast(tx: Tx, day: string, pointer: string): void {
  if (day <= tx.ctx.today) return;
  const error: FieldError = { pointer, code: 'date.future', detail: ['晚于今天', 'a day after today'] };
  throw httpProblems['request.rule_violated']({}, [error]);
}

/** The own fund, locked; a superior that sees it does not keep it. */
async function lockOwn(tx: Tx, id: string, expected?: ExpectedVersion): Promise<FundRow> {
  const [fund] = await lockFunds(tx, [id]);
  if (!fund) throw httpProblems['resource.not_found']();
  if (fund.agencyId !== tx.ctx.actor.agency.id) throw fundProblems['fund.not_own']();
  ensureVersion(fund, expected);
  return fund;
}

export type FundInput = { code: string; name: string; isDefault?: boolean };

/** An empty fund of the own procuratorate. */
export async function openFund(tx: Tx, input: FundInput): Promise<FundRow> {
  const { agency } = tx.ctx.actor;
  officerOf(tx);
  const { code, name, isDefault = false } = input;
  const id = tx.newId();
  const superiors = await findSuperiors(tx, agency.id);
  await openFunds(tx, [{ id, agencyId: agency.id, code, name, isDefault, superiors, amountFen: 0n }]);
  const fund = await findFund(tx, id);
  if (!fund) throw new Error('a new fund is not visible');
  return fund;
}

export type AllocationInput = { amount: Money; documentNumber: string; receivedOn: string };

/** What the treasury has given, by its paper; one paper is booked once in a fund. */
export async function allocateToFund(
  tx: Tx,
  id: string,
  input: AllocationInput,
  expected: ExpectedVersion,
): Promise<FundEntry> {
  const amountFen = requireAmount(input.amount);
  ensurePast(tx, input.receivedOn, '/receivedOn');
  const officer = officerOf(tx);
  await lockOwn(tx, id, expected);
  const { documentNumber, receivedOn } = input;
  if (await findAllocation(tx, id, documentNumber)) throw fundProblems['allocation.document_taken']();
  const about = { caseId: null, disbursementId: null, documentNumber, recordedByPersonKey: officer.personKey };
  const entryId = await postMovement(tx, id, { kind: 'allocation', amountFen, ...about });
  const data = { entryId, amountFen: Number(amountFen), documentNumber, receivedOn };
  tx.record({ type: 'fund.allocated', kind: 'fund', id, changed: ['available'], data });
  return requireEntry(tx, id, entryId);
}

async function requireEntry(tx: Tx, fundId: string, id: string): Promise<FundEntry> {
  const entry = await findEntry(tx, fundId, id);
  if (!entry) throw new Error('a new entry is not visible');
  return entry;
}

export type YearEndInput = { year: number; outcome: ClosingOutcome; amount?: Money };

/** What may go back: what nobody holds. What is reserved stays, because decisions stand behind it. */
function returnedFen(fund: FundRow, { outcome, amount }: YearEndInput): bigint {
  if (outcome === 'carried_over') {
    if (!amount) return 0n;
    const detail = ['结转不退回款项', 'nothing goes back where it is carried over'] as const;
    throw httpProblems['request.rule_violated']({}, [{ pointer: '/amount', code: 'amount.not_returned', detail }]);
  }
  const wanted = amount ? requireAmount(amount) : fund.availableFen;
  if (wanted > fund.availableFen)
    throw fundProblems['fund.insufficient']({ missing: formatYuan(wanted - fund.availableFen) });
  return wanted;
}

export async function closeYear(tx: Tx, id: string, input: YearEndInput, expected: ExpectedVersion): Promise<FundRow> {
  const officer = officerOf(tx);
  const fund = await lockOwn(tx, id, expected);
  const { year, outcome } = input;
  if (tx.ctx.today < `${year}-12-01`) throw fundProblems['fund.year_not_over']({ year });
  if ((await findClosings(tx, id)).some((closing) => closing.year === year))
    throw fundProblems['fund.year_closed']({ year });
  const back = returnedFen(fund, input);
  const { availableFen, reservedFen, inTransitFen } = fund;
  await insertClosing(tx, {
    ...{ id: tx.newId(), fundId: id, year, outcome, returnedFen: back, availableFen, reservedFen, inTransitFen },
    ...{ closedBy: officer.id, closedByPersonKey: officer.personKey, createdAt: tx.ctx.now },
  });
  const about = { caseId: null, disbursementId: null, recordedByPersonKey: officer.personKey };
  if (back > 0n) await postMovement(tx, id, { kind: 'year_end_return', amountFen: back, ...about });
  const data = { year, outcome, returnedFen: Number(back) };
  tx.record({ type: 'fund.year_closed', kind: 'fund', id, changed: ['closings'], data });
  const closed = await findFund(tx, id);
  if (!closed) throw new Error('a fund is not visible to who closed its year');
  return closed;
}

const REVERSIBLE: readonly string[] = ['allocation', 'year_end_return'];

/** The same postings with the other sign, by another person than who booked them. */
export async function reverseEntry(
  tx: Tx,
  ids: { id: string; entryId: string },
  input: { reason: ReversalReason },
): Promise<FundEntry> {
  const officer = officerOf(tx);
  const { id: fundId } = ids;
  const fund = await lockOwn(tx, fundId);
  const entry = await findEntry(tx, fundId, ids.entryId.toLowerCase());
  if (!entry) throw httpProblems['resource.not_found']();
  if (!REVERSIBLE.includes(entry.kind) || (await isReversed(tx, entry))) throw fundProblems['entry.not_reversible']();
  if (samePerson(tx.ctx.actor, entry.recordedByPersonKey))
    throw actionProblems['decision.four_eyes']({ who: '登记与冲正', whoEn: 'who books and who reverses' });
  const postings = entry.postings.map(({ account, amountFen }) => ({ account, amountFen: -amountFen }));
  const short = -fund.availableFen - (postings.find((p) => p.account === 'available')?.amountFen ?? 0n);
  if (short > 0n) throw fundProblems['fund.insufficient']({ missing: formatYuan(short) });
  const id = tx.newId();
  const recordedByPersonKey = officer.personKey;
  await postJournals(tx, [{ id, fundId, kind: 'reversal', reversesId: entry.id, recordedByPersonKey, postings }]);
  const amountFen = Number(entry.postings.find((p) => p.account === 'available')?.amountFen ?? 0n);
  const data = { entryId: id, reversesId: entry.id, amountFen, reason: input.reason };
  tx.record({ type: 'fund.entry_reversed', kind: 'fund', id: fundId, changed: ['available'], data });
  return requireEntry(tx, fundId, id);
}
