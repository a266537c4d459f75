// The agency tree of Liaoning: one agency of each kind in each of the 115 regions, names by official pattern (domain §2).
import { type AgencyKind, type AgencyPattern, agencyPatterns } from './agency-kinds.ts';
import { orgShortOf } from './org-short.ts';
import { PROVINCE_CODE, type Region, type RegionLevel, regionOf, regions } from './regions.ts';

export type AgencyRow = {
  /** Its own key (`proc-210102`): units without a county of their own may be added beside the tree. */
  code: string;
  name: string;
  nameEn: string;
  kind: AgencyKind;
  level: RegionLevel;
  regionCode: string;
  /** The agency of the same kind one level up. */
  parentCode: string | null;
  /** Short name in decision numbers; procuratorates only. */
  orgShort: string | null;
};

/** Configurable per agency: the real abbreviation for aid decisions is not public (domain §10.4 [A]). */
export const DECISION_NUMBER_TEMPLATE = '{orgShort}检司救〔{year}〕{seq}号';

/** 1,380 rows, parents before children. */
export function liaoningAgencies(): AgencyRow[] {
  return regions
    .toSorted((left, right) => depth(left) - depth(right))
    .flatMap((region) => agencyPatterns.map((pattern) => agencyRow(pattern, region)));
}

/** `agencyCode('procuratorate', '210102')` is `proc-210102`. */
export function agencyCode(kind: AgencyKind, regionCode: string): string {
  const pattern = agencyPatterns.find((candidate) => candidate.kind === kind);
  if (!pattern) throw new RangeError(`no such kind of agency: ${kind}`);
  return `${pattern.prefix}-${regionCode}`;
}

function agencyRow(pattern: AgencyPattern, region: Region): AgencyRow {
  const side = region.level === 'province' ? 'province' : 'local';
  return {
    code: `${pattern.prefix}-${region.code}`,
    name: `${pattern.name.before}${placeName(region)}${pattern.name[side]}`,
    nameEn: `${placeNameEn(region)} ${pattern.nameEn[side]}`,
    kind: pattern.kind,
    level: region.level,
    regionCode: region.code,
    parentCode: region.parentCode && `${pattern.prefix}-${region.parentCode}`,
    orgShort: pattern.kind === 'procuratorate' ? orgShortOf(region.code) : null,
  };
}

/** Districts are named after their city; counties and county-level cities stand alone (海城市人民检察院) [A-recall]. */
function placeName(region: Region): string {
  return isDistrict(region) ? regionOf(region.parentCode ?? PROVINCE_CODE).name + region.name : region.name;
}

function placeNameEn(region: Region): string {
  if (region.level === 'province') return 'Liaoning Provincial';
  if (region.level === 'city') return `${region.nameEn} Municipal`;
  return isDistrict(region) ? `${regionOf(region.parentCode ?? PROVINCE_CODE).nameEn} ${region.nameEn}` : region.nameEn;
}

function isDistrict(region: Region): boolean {
  return region.level === 'county' && region.name.endsWith('区');
}

function depth(region: Region): number {
  return ['province', 'city', 'county'].indexOf(region.level);
}
