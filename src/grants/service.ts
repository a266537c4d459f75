// Break-glass: an officer opens one resource to themselves for some hours; the home agency is told at once and reviews it (ADR 0017).
import { findSuperiors } from '../agencies/service.ts';
import { readRulebook } from '../deadlines/service.ts';
import { actionProblems, ensureAction } from '../kernel/action.ts';
import { addWorkingDays } from '../kernel/working-days.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { BREAK_GLASS } from '../reference/break-glass.ts';
import type { EnumValue } from '../reference/enums.ts';
import { grantActions, grantMachine, grantProblems, homeOf } from './domain.ts';
import {
  closeSubject,
  findGrant,
  findOpenGrant,
  type GrantRow,
  insertGrant,
  openSubject,
  relationsOf,
  type Subject,
  saveGrant,
  sealGrantText,
  wasRefuted,
} from './repository.ts';

export type GrantInput = { subject: Subject; reasonCode: EnumValue<'break-glass-reasons'>; reason: string };

const HOUR = 3_600_000;

function asker(tx: Tx) {
  const { officer, agency } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  if (agency.kind !== 'procuratorate') throw grantProblems['break_glass.not_procuratorate']();
  return { officer, agency };
}

/** Those who learn of it at once: the home agency, and the top of its tree, where security and audit are kept. */
async function told(tx: Tx, row: GrantRow) {
  const superiors = await findSuperiors(tx, row.homeAgencyId);
  const top = superiors.at(-1) ?? row.homeAgencyId;
  return [
    ...(top === row.homeAgencyId || top === row.agencyId ? [] : [{ agencyId: top, relation: 'partner' as const }]),
    { agencyId: row.homeAgencyId, relation: 'handler' as const },
    { agencyId: row.agencyId, relation: 'owner' as const },
  ];
}

async function newGrant(tx: Tx, { subject, reasonCode, reason }: GrantInput, homeAgencyId: string): Promise<GrantRow> {
  const { officer, agency } = asker(tx);
  const { isWorkday } = await readRulebook(tx);
  const id = tx.newId();
  return {
    id,
    number: await allotRecordNumber(tx, 'BG', agency.code),
    state: grantMachine.initial,
    subjectKind: subject.kind,
    subjectId: subject.id,
    agencyId: agency.id,
    officerId: officer.id,
    officerPersonKey: officer.personKey,
    homeAgencyId,
    reasonCode,
    reasonSealed: await sealGrantText(tx, id, 'reason', reason),
    expiresAt: new Date(tx.ctx.systemNow.getTime() + BREAK_GLASS.hours * HOUR),
    reviewDueOn: addWorkingDays(tx.ctx.today, BREAK_GLASS.reviewWorkingDays, isWorkday).dueOn,
    reviewedAt: null,
    reviewedBy: null,
    reviewAgencyId: null,
    opinionSealed: null,
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
}

const dataOf = (grant: GrantRow) => ({
  subjectKind: grant.subjectKind,
  subjectId: grant.subjectId,
  homeAgencyId: grant.homeAgencyId,
  officerId: grant.officerId,
  reasonCode: grant.reasonCode,
  reviewDueOn: grant.reviewDueOn,
});

/** For a resource that is there and that the own agency does not see. */
export async function askForSight(tx: Tx, input: GrantInput): Promise<GrantRow> {
  const { officer, agency } = asker(tx);
  const { actor } = tx.ctx;
  const subject = { kind: input.subject.kind, id: input.subject.id.toLowerCase() };
  const relations = await relationsOf(tx, subject);
  const home = homeOf(relations);
  if (home === undefined || actor.keptFrom?.has(subject.id))
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/subject/id', code: `${subject.kind}.unknown`, detail: subject.id },
    ]);
  const own = relations.find((row) => row.agencyId === agency.id)?.relation;
  const sees = own !== undefined && (own !== 'oversight' || tx.ctx.oversight);
  if (sees || (await findOpenGrant(tx, officer.id, subject))) throw grantProblems['break_glass.not_needed']();
  if (await wasRefuted(tx, officer.personKey, subject)) throw grantProblems['break_glass.refuted']();
  const row = await newGrant(tx, { ...input, subject }, home);
  await insertGrant(tx, row);
  await openSubject(tx, row);
  tx.record({
    type: 'break_glass.granted',
    kind: 'break_glass_grant',
    id: row.id,
    data: dataOf(row),
    access: await told(tx, row),
  });
  return row;
}

export { findGrant };

export type ReviewInput = { outcome: EnumValue<'break-glass-outcomes'>; opinion: string };

/** What was not justified ends at once. */
export async function reviewGrant(
  tx: Tx,
  id: string,
  input: ReviewInput,
  expected: ExpectedVersion,
): Promise<GrantRow> {
  const grant = await findGrant(tx, id, true);
  if (!grant) throw httpProblems['resource.not_found']();
  ensureVersion(grant, expected);
  const { actor } = tx.ctx;
  ensureAction(grantMachine, grantActions, 'review', grant, actor);
  if (!actor.officer) throw actionProblems['actor.officer_required']();
  const unjustified = input.outcome === 'unjustified';
  const saved = await saveGrant(tx, grant, {
    state: grantMachine.next(grant.state, unjustified ? 'refute' : 'justify'),
    reviewedAt: tx.ctx.now,
    reviewedBy: actor.officer.id,
    reviewAgencyId: actor.agency.id,
    opinionSealed: await sealGrantText(tx, id, 'opinion', input.opinion),
  });
  if (unjustified) await closeSubject(tx, grant);
  const data = { ...dataOf(grant), outcome: input.outcome };
  tx.record({ type: 'break_glass.reviewed', kind: 'break_glass_grant', id, changed: ['state'], data });
  return saved;
}

/** The grant under which the caller may read what the own agency does not see; the platform asks where a read found nothing. */
export async function grantFor(tx: Tx, subject: { kind: string; id: string }): Promise<string | undefined> {
  const { officer } = tx.ctx.actor;
  if (!officer) return undefined;
  return (await findOpenGrant(tx, officer.id, subject as Subject))?.id;
}
