// Which data of a person a department is shown: what its measures need and nothing else (PIPL arts 6, 28; P-11). Data, not code.
import type { AgencyKind } from '../kernel/actor.ts';

export const PACKAGE_FIELDS = [
  'name',
  'birthDate',
  'idNumber',
  'phone',
  'address',
  'householdRegionCode',
  'grantedAmount',
] as const;
export type PackageField = (typeof PACKAGE_FIELDS)[number];

const all: readonly PackageField[] = PACKAGE_FIELDS;
const identity = ['name', 'birthDate', 'idNumber'] as const;

/** The id number is masked in every case; the proposal is written for the recipient and shown to each. */
export const FIELDS_BY_KIND: Readonly<Record<AgencyKind, readonly PackageField[]>> = {
  // Means test and living allowance: household, place and what was granted.
  civil_affairs: all,
  rural_revitalization: ['name', 'idNumber', 'phone', 'address', 'householdRegionCode', 'grantedAmount'],
  // Keeps the account of women and children together with the procuratorate.
  womens_federation: [...identity, 'phone', 'address', 'householdRegionCode', 'grantedAmount'],
  // School place by residence; a pupil's family is told nothing of money.
  education: [...identity, 'phone', 'address', 'householdRegionCode'],
  disabled_federation: [...identity, 'phone', 'address', 'householdRegionCode'],
  human_resources: [...identity, 'phone', 'householdRegionCode'],
  medical_security: [...identity, 'phone', 'householdRegionCode'],
  veterans_affairs: [...identity, 'phone', 'householdRegionCode'],
  youth_league: ['name', 'birthDate', 'phone', 'householdRegionCode'],
  trade_union: ['name', 'idNumber', 'phone', 'householdRegionCode'],
  finance: ['name'],
  other: ['name', 'phone'],
  procuratorate: all,
};

type Shown = Partial<Record<PackageField, unknown>>;

/** The person with null for everything that a department of that kind is not shown. */
export function onlyFields<P extends Shown>(person: P, kind: AgencyKind): P {
  const kept = new Set<string>(FIELDS_BY_KIND[kind]);
  const covered = PACKAGE_FIELDS.filter((field) => field in person && !kept.has(field)).map((field) => [field, null]);
  return { ...person, ...Object.fromEntries(covered) };
}
