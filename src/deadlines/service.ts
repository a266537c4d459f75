// Verbs on deadlines: pause, resume, extend, waive; and what other features may ask about them.
import { agencyRefs, requireColleague } from '../agencies/service.ts';
import { actionProblems, ensureAction } from '../kernel/action.ts';
import { samePerson } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import type { ClockSubject } from '../reference/deadline-clocks.ts';
import { deadlineRule } from '../reference/deadline-rules.ts';
import { type DeadlineAction, deadlineActions, deadlineMachine, deadlineProblems, MAX_EXTENSION } from './domain.ts';
import { reckoned } from './reckoned.ts';
import {
  type Deadline,
  type DeadlineRow,
  deadlinesNested,
  findDeadline,
  findDue,
  findOfCase,
  findOfSubject,
  madeDeadlines,
  openNotes,
  saveDeadline,
  sealNotes,
  subjectGrants,
} from './repository.ts';
import type { Rulebook } from './rulebook.ts';
import { readRulebook } from './rulebook-repository.ts';
import { toDeadlineItem } from './schema.ts';

export type { Deadline };
export { type DeadlineRow, deadlinesNested, madeDeadlines };

/** Clocks that stand in the view of a resource, newest first. */
export const DEADLINE_PART_LIMIT = 50;

/** The latest clocks about a resource that the caller sees, as its view shows them. */
export async function deadlinesOf(tx: Tx, kind: ClockSubject, id: string) {
  const found = await findOfSubject(tx, kind, id, DEADLINE_PART_LIMIT);
  return found.map((deadline) => toDeadlineItem(tx, deadline));
}

/** The same about a resource that this transaction has made: they are known without a look. */
export async function deadlinesOfMade(tx: Tx, kind: ClockSubject, id: string) {
  const made = madeDeadlines(tx, kind, id);
  return made ? foundDeadlines(tx, made) : deadlinesOf(tx, kind, id);
}

/** Clocks that came with their resource, oldest first, as its view shows them. */
export async function foundDeadlines(tx: Tx, rows: readonly DeadlineRow[]) {
  const latest = rows.slice(-DEADLINE_PART_LIMIT);
  const partyOf = await agencyRefs(
    tx,
    latest.map((row) => row.partyAgencyId),
  );
  return latest.map((row) => toDeadlineItem(tx, { ...row, party: partyOf(row.partyAgencyId) })).reverse();
}

/** The latest clocks of a case and of its clue, lines, referrals and visits, as far as the caller sees those. */
export async function deadlinesOfCase(tx: Tx, caseId: string) {
  const found = await findOfCase(tx, caseId, DEADLINE_PART_LIMIT);
  return found.map((deadline) => toDeadlineItem(tx, deadline));
}

/** Due day of a rule that counts from `from` for an agency at `regionCode`; undefined where no such rule is in force there. */
export async function dueByRule(tx: Tx, code: string, regionCode: string, from: string): Promise<string | undefined> {
  const inForce = (await readRulebook(tx)).rule(code, regionCode, from);
  return inForce && (await dueByRules(tx, regionCode))(code, from);
}

export type DueBy = (code: string, from: string) => string;

/** Due days by the rules and the calendar in force for an agency at `regionCode`; where none is, by the one the service began with. */
export async function dueByRules(tx: Tx, regionCode: string): Promise<DueBy> {
  const book = await readRulebook(tx);
  return (code, from) => {
    const rule = book.rule(code, regionCode, from) ?? deadlineRule(code);
    return reckoned(book, { rule: { ...rule, dueOn: null }, startedOn: from, pauses: [], extensionDays: 0 }).dueOn;
  };
}

export type { Rulebook };
export { readRulebook };

/** The earliest running due day of each of these resources that binds the agency. */
export function dueOf(tx: Tx, kind: ClockSubject, ids: readonly string[], agencyId: string) {
  return findDue(tx, kind, ids, agencyId);
}

type Target = { id: string; expected: ExpectedVersion };

/** Locks a deadline whose subject the caller sees at the version the caller has seen; 404, 412. */
async function begin(tx: Tx, { id, expected }: Target, action: DeadlineAction): Promise<Deadline> {
  const deadline = await findDeadline(tx, id, true);
  if (!deadline) throw httpProblems['resource.not_found']();
  ensureVersion(deadline, expected);
  ensureAction(deadlineMachine, deadlineActions, action, deadline, tx.ctx.actor);
  return deadline;
}

type Step = { action: DeadlineAction; fact: string; reason: string; change: Partial<DeadlineRow> };

/** Saves with the reason beside the earlier ones; whoever sees the subject sees the fact. */
async function finish(tx: Tx, deadline: Deadline, step: Step): Promise<Deadline> {
  const note = { action: step.action, on: tx.ctx.today, reason: step.reason };
  const notesSealed = await sealNotes(tx, deadline.id, [...(await openNotes(tx, deadline)), note]);
  const saved = await saveDeadline(tx, deadline, { ...step.change, notesSealed });
  const { code, subjectKind, subjectId, partyAgencyId, dueOn } = saved;
  tx.record({
    type: step.fact,
    kind: 'deadline',
    id: deadline.id,
    changed: Object.keys(step.change),
    data: { code, subjectKind, subjectId, agencyId: partyAgencyId, dueOn },
    access: await subjectGrants(tx, deadline),
  });
  return saved;
}

/** The change with what follows from it. */
async function counted(tx: Tx, deadline: DeadlineRow, change: Partial<DeadlineRow>) {
  return { ...change, ...reckoned(await readRulebook(tx), { ...deadline, ...change }) };
}

type Reasoned = { reason: string };

export async function pauseDeadline(tx: Tx, target: Target, { reason }: Reasoned): Promise<Deadline> {
  const deadline = await begin(tx, target, 'pause');
  const fact = 'deadline.paused';
  const pauses = [...deadline.pauses, { from: tx.ctx.today, until: null, cause: fact }];
  const change = { state: deadlineMachine.next(deadline.state, 'pause'), pauses };
  return finish(tx, deadline, { action: 'pause', fact, reason, change });
}

/** It runs on from tomorrow; what was left of it is left still. */
export async function resumeDeadline(tx: Tx, target: Target, { reason }: Reasoned): Promise<Deadline> {
  const deadline = await begin(tx, target, 'resumption');
  const pauses = deadline.pauses.map((pause) => (pause.until === null ? { ...pause, until: tx.ctx.today } : pause));
  const change = await counted(tx, deadline, { state: deadlineMachine.next(deadline.state, 'resume'), pauses });
  return finish(tx, deadline, { action: 'resumption', fact: 'deadline.resumed', reason, change });
}

export type ExtensionInput = Reasoned & { workingDays: number; requestedByOfficerId: string };

/** The chief grants what a colleague has asked for: nobody gives time to themselves. */
export async function extendDeadline(tx: Tx, target: Target, input: ExtensionInput): Promise<Deadline> {
  const deadline = await begin(tx, target, 'extension');
  const asking = await requireColleague(tx, input.requestedByOfficerId, '/requestedByOfficerId');
  if (samePerson(tx.ctx.actor, asking.personKey))
    throw actionProblems['decision.four_eyes']({ who: '申请延长与批准延长', whoEn: 'who asks and who extends' });
  const extensionDays = deadline.extensionDays + input.workingDays;
  if (extensionDays > MAX_EXTENSION) throw deadlineProblems['deadline.extension_limit']({ limit: MAX_EXTENSION });
  const change = await counted(tx, deadline, { extensionDays });
  return finish(tx, deadline, { action: 'extension', fact: 'deadline.extended', reason: input.reason, change });
}

export async function waiveDeadline(tx: Tx, target: Target, { reason }: Reasoned): Promise<Deadline> {
  const deadline = await begin(tx, target, 'waiver');
  const fact = 'deadline.waived';
  const change = {
    state: deadlineMachine.next(deadline.state, 'waive'),
    endedOn: tx.ctx.today,
    endedBy: fact,
    pauses: deadline.pauses.map((pause) => (pause.until === null ? { ...pause, until: tx.ctx.today } : pause)),
  };
  return finish(tx, deadline, { action: 'waiver', fact, reason, change });
}

/** The superior agency has taken the breach up with the party; what it did stands in the notes. */
export async function superviseDeadline(tx: Tx, target: Target, { reason }: Reasoned): Promise<Deadline> {
  const deadline = await begin(tx, target, 'supervision');
  const change = { supervisedOn: tx.ctx.today };
  return finish(tx, deadline, { action: 'supervision', fact: 'deadline.supervised', reason, change });
}

export { findDeadline };
