// Placing and releasing a legal hold on a person, a clue or a case that the caller's agency sees.
import { findSuperiors } from '../agencies/service.ts';
import { ensureAction } from '../kernel/action.ts';
import type { ResourceKind } from '../kernel/fact.ts';
import { actingOfficer } from '../persons/merge.ts';
import { relationTo } from '../platform/db/access.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import type { EnumValue } from '../reference/enums.ts';
import { holdActions, holdMachine } from './domain.ts';
import { findHold, type Hold, insertHold, saveHold } from './repository.ts';

export type HoldInput = {
  subject: { kind: EnumValue<'legal-hold-subjects'>; id: string };
  reasonCode: EnumValue<'legal-hold-reasons'>;
  reason: string;
};

async function requireSubject(tx: Tx, { kind, id }: HoldInput['subject']): Promise<void> {
  const kinds: Record<typeof kind, ResourceKind> = { person: 'person', clue: 'clue', case: 'case' };
  const relation = await relationTo(tx, kinds[kind], id);
  const { actor, oversight } = tx.ctx;
  if (relation === undefined || (relation === 'oversight' && !oversight) || actor.keptFrom?.has(id))
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/subject/id', code: 'resource.unknown', detail: id },
    ]);
}

export async function placeHold(tx: Tx, input: HoldInput): Promise<Hold> {
  const officer = actingOfficer(tx);
  const subject = { ...input.subject, id: input.subject.id.toLowerCase() };
  await requireSubject(tx, subject);
  const { agency } = tx.ctx.actor;
  const id = tx.newId();
  const nobody = { releaseProposedBy: null, releaseProposedByPersonKey: null, releaseSealed: null };
  const row = {
    id,
    number: await allotRecordNumber(tx, 'LH', agency.code),
    state: holdMachine.initial,
    subjectKind: subject.kind,
    subjectId: subject.id,
    reasonCode: input.reasonCode,
    agencyId: agency.id,
    placedBy: officer.id,
    placedByPersonKey: officer.personKey,
    ...nobody,
    ...{ releasedBy: null, releasedByPersonKey: null, releasedAt: null },
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
  const superiors = await findSuperiors(tx, agency.id);
  tx.record({
    type: 'legal_hold.placed',
    kind: 'legal_hold',
    id,
    data: { subjectKind: subject.kind, subjectId: subject.id, reasonCode: input.reasonCode },
    access: [
      ...superiors.map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
      { agencyId: agency.id, relation: 'handler' },
    ],
  });
  return insertHold(tx, row, input.reason);
}

/** The first call proposes, the same call by another person ends the hold. */
export async function releaseHold(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<Hold> {
  const hold = await findHold(tx, id, true);
  if (!hold) throw httpProblems['resource.not_found']();
  ensureVersion(hold, expected);
  ensureAction(holdMachine, holdActions, 'release', hold, tx.ctx.actor);
  const officer = actingOfficer(tx);
  if (hold.state === 'active') {
    const proposed = {
      state: holdMachine.next(hold.state, 'propose-release'),
      releaseProposedBy: officer.id,
      releaseProposedByPersonKey: officer.personKey,
    };
    const saved = await saveHold(tx, hold, proposed, input.reason);
    tx.record({ type: 'legal_hold.release_proposed', kind: 'legal_hold', id, changed: ['state'] });
    return saved;
  }
  const saved = await saveHold(tx, hold, {
    state: holdMachine.next(hold.state, 'release'),
    releasedBy: officer.id,
    releasedByPersonKey: officer.personKey,
    releasedAt: tx.ctx.now,
  });
  const data = { subjectKind: hold.subjectKind, subjectId: hold.subjectId };
  tx.record({ type: 'legal_hold.released', kind: 'legal_hold', id, changed: ['state'], data });
  return saved;
}
