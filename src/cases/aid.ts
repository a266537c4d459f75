// One time only: looked for before a case is opened and proposed, and claimed with the money; other agencies show as agency and day.
import { agencyRefs } from '../agencies/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FieldError } from '../kernel/problem.ts';
import { flagForReview } from '../persons/service.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { aidedAlready, aidProblems } from './aid-domain.ts';
import {
  casesAidedTwice,
  type FormerAid,
  findFormerAid,
  freeAid,
  holdPersons,
  insertAid,
  saveAid,
  standingAid,
} from './aid-repository.ts';
import { type AssistanceCase, type Beneficiary, findCase } from './repository.ts';

/** Names the agency and the day of each former aid, at the place of the input that asked for another. */
async function refusal(tx: Tx, former: readonly FormerAid[], pointerOf: (personId: string) => string) {
  const refOf = await agencyRefs(
    tx,
    former.map((one) => one.agencyId),
  );
  const errors = former.map(({ personId, agencyId, aidedOn }): FieldError => {
    const { name } = refOf(agencyId);
    const detail = [`${name} ${aidedOn}`, `${name}, ${aidedOn}`] as const;
    return { pointer: pointerOf(personId), code: 'aid.given_already', detail };
  });
  return aidProblems['aid.given_already']({}, errors.slice(0, 50));
}

/** A case in which everybody was aided already is not opened, unless its reason is given; the level above decides on that later. */
export async function ensureNotAllAided(
  tx: Tx,
  personIds: readonly string[],
  linkedKey: string | null,
  reason: string | null,
): Promise<void> {
  if (linkedKey === null || reason !== null) return;
  const former = await findFormerAid(tx, personIds, { linkedKey, butCase: null });
  const aided = aidedAlready(personIds, former);
  if (aided.length < new Set(personIds).size || aided.length === 0) return;
  const same = former.filter((one) => one.sameCase);
  throw await refusal(tx, same, (personId) => `/subjects/${personIds.indexOf(personId)}`);
}

/** Whether the awards aid somebody a second time: 409 without a reason for the level above. */
export async function decideOnce(
  tx: Tx,
  c: AssistanceCase,
  awarded: readonly Beneficiary[],
  override: boolean,
): Promise<boolean> {
  const personIds = awarded.map((b) => b.personId);
  const former = await findFormerAid(tx, personIds, { linkedKey: c.linkedKey, butCase: c.id });
  const same = former.filter((one) => one.sameCase);
  if (same.length === 0) return false;
  if (!override) throw await refusal(tx, same, (personId) => `/awards/${personIds.indexOf(personId)}`);
  return true;
}

type Claim = { kind: 'advance' | 'award'; override: boolean };

/** Held first, then looked for, then written: whoever comes later finds it, and the unique index refuses who comes at once. */
async function claim(tx: Tx, c: AssistanceCase, claimed: readonly Beneficiary[], { kind, override }: Claim) {
  const survivorOf = await holdPersons(
    tx,
    claimed.map((b) => b.personId),
  );
  const second = await decideOnce(tx, c, claimed, override);
  const standing = await standingAid(tx, c.id);
  const former = second
    ? await findFormerAid(
        tx,
        claimed.map((b) => b.personId),
        { linkedKey: c.linkedKey, butCase: c.id },
      )
    : [];
  const aided = new Set(
    aidedAlready(
      claimed.map((b) => b.personId),
      former,
    ),
  );
  for (const b of claimed) {
    const overridden = aided.has(b.personId);
    const known = standing.find((row) => row.beneficiaryId === b.id);
    const plain = { kind, overridden, linkedKey: c.linkedKey, aidedOn: tx.ctx.today };
    if (known) await saveAid(tx, known.id, plain);
    else {
      const place = { caseId: c.id, beneficiaryId: b.id, agencyId: c.handlingAgencyId };
      const personId = survivorOf.get(b.personId) ?? b.personId;
      await insertAid(tx, { id: tx.newId(), personId, ...place, ...plain, freedOn: null, createdAt: tx.ctx.now });
    }
  }
}

/** With the grant: all who are awarded something; an advance of somebody who is not stands no longer. */
export async function claimAwards(tx: Tx, c: AssistanceCase): Promise<void> {
  const awarded = c.beneficiaries.filter((b) => b.proposedFen !== null);
  const others = c.beneficiaries.filter((b) => b.proposedFen === null).map((b) => b.id);
  if (others.length > 0) await freeAid(tx, c.id, others);
  await claim(tx, c, awarded, { kind: 'award', override: c.superiorReasons.includes('once_override') });
}

/** An advance is aid as well: money goes out, and no level above is asked in that hour. */
export function claimAdvance(tx: Tx, c: AssistanceCase, beneficiary: Beneficiary): Promise<void> {
  return claim(tx, c, [beneficiary], { kind: 'advance', override: false });
}

/** What its people were given elsewhere, for those who decide the case: agency and day, never a person. */
export async function viewFormerAid(tx: Tx, c: AssistanceCase) {
  const personIds = c.beneficiaries.map((b) => b.personId);
  const former = await findFormerAid(tx, personIds, { linkedKey: c.linkedKey, butCase: c.id });
  const refOf = await agencyRefs(
    tx,
    former.map((one) => one.agencyId),
  );
  return former
    .slice(0, 200)
    .flatMap(({ personId, sameCase, agencyId, aidedOn, kind }) =>
      c.beneficiaries
        .filter((b) => b.personId === personId)
        .map((b) => ({ beneficiaryId: b.id, sameCase, agency: refOf(agencyId), aidedOn, kind })),
    );
}

/** A corrected original case is another one: its aid stands under the new key, or collides with one that is there. */
async function onCorrected(tx: Tx, fact: Fact): Promise<void> {
  const c = await findCase(tx, fact.id);
  for (const row of await standingAid(tx, fact.id)) {
    if (!c || row.linkedKey === c.linkedKey) continue;
    const former = await findFormerAid(tx, [row.personId], { linkedKey: c.linkedKey, butCase: c.id });
    const same = former.filter((one) => one.sameCase);
    if (same.length > 0 && !row.overridden) throw await refusal(tx, same, () => '/value');
    await saveAid(tx, row.id, { linkedKey: c.linkedKey });
  }
}

/** Two records that turn out to be one person may have been aided twice: no error of the merge, but somebody looks at it. */
async function onMerged(tx: Tx, fact: Fact): Promise<void> {
  const { intoPersonId } = fact.data ?? {};
  const personId = typeof intoPersonId === 'string' ? intoPersonId : fact.id;
  if ((await casesAidedTwice(tx, personId)).length > 0) await flagForReview(tx, personId, '/assistanceHistory');
}

export const aidHandlers: readonly FactHandler[] = [
  { on: ['case.refused', 'case.withdrawn', 'case.revoked'], handle: (tx, fact) => freeAid(tx, fact.id) },
  { on: ['case.corrected'], handle: onCorrected },
  { on: ['person.merged'], handle: onMerged },
];
