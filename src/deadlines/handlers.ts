// Facts start, stop, pause and move clocks; which and whose stands in reference/deadline-clocks as data.
import { requireAgencyMap } from '../agencies/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { type Clock, type ClockStart, type ClockSubject, clocks } from '../reference/deadline-clocks.ts';
import { deadlineMachine, type Pause, type RuleSnapshot } from './domain.ts';
import { reckoned } from './reckoned.ts';
import { caseHas, type DeadlineRow, insertDeadlines, linkToCase, lockOpen, saveDeadline } from './repository.ts';
import type { Rulebook, RuleRow } from './rulebook.ts';
import { readRulebook } from './rulebook-repository.ts';

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A fact about something below a case or clue names it in its data. */
const NAMED: Readonly<Partial<Record<ClockSubject, string>>> = { case: 'assistanceCaseId', clue: 'clueId' };

function subjectOf(fact: Fact, kind: ClockSubject): string | null {
  if (fact.kind === kind) return fact.id;
  const member = NAMED[kind];
  return member ? textOf(fact.data?.[member]) : null;
}

function caseOf(fact: Fact): string | null {
  return fact.kind === 'case' ? fact.id : textOf(fact.data?.assistanceCaseId);
}

function applies(start: ClockStart, fact: Fact): boolean {
  const data = fact.data ?? {};
  if (start.on !== fact.type) return false;
  if (start.unlike && data[start.unlike[0]] === data[start.unlike[1]]) return false;
  return Object.entries(start.when ?? {}).every(([member, value]) => (data[member] ?? null) === value);
}

function snapshot(rule: RuleRow, dueOn: string | null): RuleSnapshot {
  const { name, nameEn, n, unit, basis, mark, stopFacts } = rule;
  return { name, nameEn, n, unit, basis, mark, stopFacts, dueOn };
}

/** Where the agency that is bound has its seat: there its rule counts. */
async function placeOf(tx: Tx, agencyId: string): Promise<string> {
  return (await requireAgencyMap(tx, [agencyId]))(agencyId).regionCode;
}

/** Who decides about the clock: the party, whoever started it, or the agency that the fact names. */
function stewardOf({ steward }: Clock, { tx, fact, party }: { tx: Tx; fact: Fact; party: string }): string {
  if (steward === 'party') return party;
  return (steward === 'actor' ? null : textOf(fact.data?.[steward])) ?? tx.ctx.actor.agency.id;
}

/** The clock that `fact` starts; undefined where the fact lacks the day it counts from. */
async function newDeadline(
  tx: Tx,
  book: Rulebook,
  clock: Clock,
  start: ClockStart,
  fact: Fact,
): Promise<DeadlineRow | undefined> {
  const { today, now } = tx.ctx;
  const subjectId = subjectOf(fact, clock.subject);
  const party = textOf(fact.data?.[clock.party]);
  const startedOn = start.from ? textOf(fact.data?.[start.from]) : today;
  if (!subjectId || !party || !startedOn) return undefined;
  const inForce = book.rule(clock.code, await placeOf(tx, party), startedOn);
  if (!inForce?.startFacts.includes(fact.type)) return undefined;
  const rule = snapshot(inForce, start.due ? textOf(fact.data?.[start.due]) : null);
  const terms = { rule, startedOn, pauses: [], extensionDays: 0 };
  const ended =
    clock.stops === 'atOnce'
      ? ({ state: 'ended', endedOn: today, endedBy: fact.type } as const)
      : ({ state: deadlineMachine.initial, endedOn: null, endedBy: null } as const);
  return {
    id: tx.newId(),
    code: clock.code,
    subjectKind: clock.subject,
    subjectId,
    caseId: caseOf(fact),
    partyAgencyId: party,
    stewardAgencyId: stewardOf(clock, { tx, fact, party }),
    ruleRef: `${clock.code}@${inForce.edition}`,
    ...terms,
    ...reckoned(book, terms),
    ...ended,
    ...{ notesSealed: null, escalatedTo: null, supervisedOn: null },
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** One insert for all clocks of the fact; only a start that asks what the case had before reads anything. */
async function startClocks(tx: Tx, fact: Fact, wanted: readonly Clock[]): Promise<void> {
  const rows: DeadlineRow[] = [];
  const book = await readRulebook(tx);
  for (const clock of wanted) {
    const start = clock.starts.find((candidate) => applies(candidate, fact));
    const caseId = caseOf(fact);
    if (start?.unlessCaseHas && caseId && (await caseHas(tx, caseId, start.unlessCaseHas))) continue;
    const row = start && (await newDeadline(tx, book, clock, start, fact));
    if (row) rows.push(row);
  }
  if (rows.length > 0) insertDeadlines(tx, rows);
}

const closed = (pauses: readonly Pause[], until: string): Pause[] =>
  pauses.map((pause) => (pause.until === null ? { ...pause, until } : pause));

type Change = (row: DeadlineRow, clock: Clock) => Partial<DeadlineRow> | undefined;

/** What a fact does to the open clocks of its subject. */
function changeOf(fact: Fact, today: string, book: Rulebook): Change {
  return (row, clock) => {
    const stops = clock.stops === 'atOnce' ? {} : clock.stops;
    const member = stops[fact.type];
    if (member !== undefined && (row.rule.stopFacts?.includes(fact.type) ?? true)) {
      const endedOn = (member && textOf(fact.data?.[member])) || today;
      const pauses = closed(row.pauses, today);
      return { state: 'ended', endedOn, endedBy: fact.type, pauses, ...reckoned(book, { ...row, pauses }) };
    }
    if (clock.pauses?.includes(fact.type) && row.state === 'running')
      return { state: 'paused', pauses: [...row.pauses, { from: today, until: null, cause: fact.type }] };
    if (clock.resumes?.includes(fact.type) && row.state === 'paused') {
      const pauses = closed(row.pauses, today);
      return { state: 'running', pauses, ...reckoned(book, { ...row, pauses }) };
    }
    const move = clock.moves?.find(({ on }) => on === fact.type);
    return move && moved(row, { clock, fact, move, book });
  };
}

type Move = { clock: Clock; fact: Fact; move: { party?: string; due?: string }; book: Rulebook };

function moved(row: DeadlineRow, { clock, fact, move, book }: Move) {
  const party = move.party ? textOf(fact.data?.[move.party]) : null;
  const due = move.due ? textOf(fact.data?.[move.due]) : null;
  const rule = due ? { ...row.rule, dueOn: due } : row.rule;
  const steward = party && clock.steward === 'party' ? { stewardAgencyId: party } : {};
  return {
    ...(party ? { partyAgencyId: party, ...steward } : {}),
    ...(due ? { rule, ...reckoned(book, { ...row, rule }) } : {}),
  };
}

/** Whom a breach was reported to hears that it is over; of others the fact that ended the clock says enough. */
function recordEnd(tx: Tx, { id, code, subjectKind, subjectId, partyAgencyId, dueOn, escalatedTo }: DeadlineRow): void {
  if (escalatedTo === null) return;
  const data = { code, subjectKind, subjectId, agencyId: partyAgencyId, dueOn, escalatedToId: escalatedTo };
  tx.record({ type: 'deadline.ended', kind: 'deadline', id, changed: ['state'], data });
}

async function changeClocks(tx: Tx, fact: Fact, wanted: readonly Clock[]): Promise<void> {
  const change = changeOf(fact, tx.ctx.today, await readRulebook(tx));
  for (const kind of new Set(wanted.map((clock) => clock.subject))) {
    const subjectId = subjectOf(fact, kind);
    if (!subjectId) continue;
    const byCode = new Map(wanted.flatMap((clock) => (clock.subject === kind ? [[clock.code, clock]] : [])));
    for (const row of await lockOpen(tx, kind, subjectId, [...byCode.keys()])) {
      const clock = byCode.get(row.code);
      const next = clock && change(row, clock);
      if (next) tx.later(saveDeadline(tx, row, next));
      if (next?.state === 'ended') recordEnd(tx, row);
    }
  }
}

/** Fact types that touch a running clock. */
const touching = (clock: Clock): string[] => [
  ...(clock.stops === 'atOnce' ? [] : Object.keys(clock.stops)),
  ...(clock.pauses ?? []),
  ...(clock.resumes ?? []),
  ...(clock.moves ?? []).map(({ on }) => on),
];

function index(typesOf: (clock: Clock) => readonly string[]): Map<string, Clock[]> {
  const found = new Map<string, Clock[]>();
  for (const clock of clocks) for (const type of typesOf(clock)) found.set(type, [...(found.get(type) ?? []), clock]);
  return found;
}
const started = index((clock) => clock.starts.map(({ on }) => on));
const touched = index(touching);

/** Ends before it starts: a fact that answers one clock may be what the next one counts from. */
async function onFact(tx: Tx, fact: Fact): Promise<void> {
  const changing = touched.get(fact.type);
  if (changing) await changeClocks(tx, fact, changing);
  const caseId = caseOf(fact);
  if (fact.type === 'clue.accepted' && caseId) tx.later(linkToCase(tx, 'clue', fact.id, caseId));
  const starting = started.get(fact.type);
  if (starting) await startClocks(tx, fact, starting);
}

export const deadlineHandlers: readonly FactHandler[] = [
  { on: [...new Set([...started.keys(), ...touched.keys()])], handle: onFact },
];
