// Absence of an officer: from day to day a colleague finds the work that waits for them; permissions stay each one's own.
import { may } from '../kernel/actor.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { findOfficerOf, saveOfficer } from './directory-repository.ts';
import { rosterProblems } from './domain.ts';
import type { OfficerRow } from './repository.ts';
import { requireRoster } from './roster.ts';

export type AbsenceInput = { from: string; until: string; substituteOfficerId: string };

/** The officer, a head of the same agency, or who keeps its officers. */
function ensureMayRecord(tx: Tx, officer: OfficerRow): void {
  const { officer: caller, agency } = tx.ctx.actor;
  const head = agency.id === officer.agencyId && caller?.roles.includes('head');
  if (caller?.id !== officer.id && !head && !may(tx.ctx.actor, 'officer:manage_own'))
    throw rosterProblems['officer.absence_not_yours']();
}

async function substituteErrors(tx: Tx, officer: OfficerRow, id: string): Promise<FieldError[]> {
  const pointer = '/substituteOfficerId';
  if (id === officer.id)
    return [{ pointer, code: 'substitute.self', detail: ['不能代理自己', 'nobody stands in for themselves'] }];
  const substitute = await findOfficerOf(tx, officer.agencyId, id);
  if (substitute?.state !== 'active')
    throw httpProblems['request.reference_unknown']({}, [{ pointer, code: 'officer.unknown', detail: id }]);
  return [];
}

/** Both days are included; a later record replaces the earlier, so that an officer who returns sooner ends it. */
export async function recordAbsence(
  tx: Tx,
  agencyId: string,
  id: string,
  input: AbsenceInput,
  expected: ExpectedVersion,
): Promise<OfficerRow> {
  await requireRoster(tx, agencyId);
  const officer = await findOfficerOf(tx, agencyId, id, true);
  if (!officer) throw httpProblems['resource.not_found']();
  ensureVersion(officer, expected);
  ensureMayRecord(tx, officer);
  const substituteOfficerId = input.substituteOfficerId.toLowerCase();
  const errors = await substituteErrors(tx, officer, substituteOfficerId);
  if (input.until < input.from)
    errors.push({ pointer: '/until', code: 'date.order', detail: ['早于 from', 'before from'] });
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const { from: absentFrom, until: absentUntil } = input;
  const saved = await saveOfficer(tx, officer, { absentFrom, absentUntil, substituteOfficerId });
  const data = { officerId: id, from: absentFrom, until: absentUntil, substituteOfficerId };
  tx.record({ type: 'agency.officer_absent', kind: 'agency', id: agencyId, changed: ['absence'], data });
  return saved;
}
