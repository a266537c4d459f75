// Verbs on agencies: administrators keep the directory that everyone routes and refers by.
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { findRegion } from '../reference/regions.ts';
import { insertAgency, lockAgencyRow, lockDirectory, saveAgency } from './directory-repository.ts';
import { agencyErrors, differences, rosterProblems, successorErrors } from './domain.ts';
import { type AgencyRow, findSuccession } from './repository.ts';
import { requireAgencies } from './service.ts';

type Descriptive = Pick<
  AgencyRow,
  'name' | 'nameEn' | 'parentId' | 'successorId' | 'orgShort' | 'decisionNumberTemplate' | 'validFrom' | 'validTo'
>;
type Optional<T> = { [K in keyof T]?: T[K] | undefined };
export type AgencyInput = Pick<AgencyRow, 'code' | 'name' | 'nameEn' | 'kind' | 'level' | 'regionCode'> &
  Optional<Omit<Descriptive, 'name' | 'nameEn'>>;
export type AgencyChange = Optional<Descriptive>;

async function checkAgency(tx: Tx, agency: AgencyRow): Promise<void> {
  const named = async (id: string | null, pointer: string) =>
    id ? ((await requireAgencies(tx, [id], () => pointer))[0] ?? null) : null;
  const errors = agencyErrors(agency, await named(agency.parentId, '/parentId'));
  if (!findRegion(agency.regionCode))
    errors.push({
      pointer: '/regionCode',
      code: 'region.unknown',
      detail: ['本省没有此区划', 'no such region in the province'],
    });
  const { successorId } = agency;
  if (successorId && successorId !== agency.id) await named(successorId, '/successorId');
  errors.push(...successorErrors(agency, successorId ? await findSuccession(tx, successorId) : [], tx.ctx.today));
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

async function lockAgency(tx: Tx, id: string, expected: ExpectedVersion): Promise<AgencyRow> {
  const agency = await lockAgencyRow(tx, id);
  if (!agency) throw httpProblems['resource.not_found']();
  ensureVersion(agency, expected);
  return agency;
}

export async function createAgency(tx: Tx, input: AgencyInput): Promise<AgencyRow> {
  const { code, name, nameEn, kind, level, regionCode } = input;
  const agency: AgencyRow = {
    ...{ id: tx.newId(), code, name, nameEn, kind, level, regionCode },
    parentId: input.parentId ?? null,
    successorId: input.successorId ?? null,
    orgShort: input.orgShort ?? null,
    decisionNumberTemplate: input.decisionNumberTemplate ?? null,
    validFrom: input.validFrom ?? null,
    validTo: input.validTo ?? null,
    state: 'active',
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
  await checkAgency(tx, agency);
  await insertAgency(tx, agency);
  const data = { code, agencyKind: kind, level, regionCode };
  tx.record({ type: 'agency.created', kind: 'agency', id: agency.id, data });
  return agency;
}

/** PATCH: kind, level, region and code are for life; an agency that changes them gets a successor. */
export async function editAgency(
  tx: Tx,
  id: string,
  change: AgencyChange,
  expected: ExpectedVersion,
): Promise<AgencyRow> {
  // Two agencies that name each other at the same moment would close a circle.
  if (change.successorId) await lockDirectory(tx);
  const agency = await lockAgency(tx, id, expected);
  const changed = differences(agency, change);
  if (Object.keys(changed).length === 0) {
    tx.unchanged();
    return agency;
  }
  await checkAgency(tx, { ...agency, ...changed });
  const saved = await saveAgency(tx, agency, changed);
  tx.record({ type: 'agency.edited', kind: 'agency', id, changed: Object.keys(changed) });
  return saved;
}

/** Its officers and clients are nobody from now on, and nothing new is sent to it; what it did stays. */
export async function setAgencyState(
  tx: Tx,
  id: string,
  state: AgencyRow['state'],
  expected: ExpectedVersion,
): Promise<AgencyRow> {
  const agency = await lockAgency(tx, id, expected);
  if (agency.id === tx.ctx.actor.agency.id) throw rosterProblems['agency.own']();
  if (agency.state === state) {
    tx.unchanged();
    return agency;
  }
  const saved = await saveAgency(tx, agency, { state });
  const type = state === 'suspended' ? 'agency.suspended' : 'agency.reinstated';
  tx.record({ type, kind: 'agency', id, changed: ['state'] });
  return saved;
}
