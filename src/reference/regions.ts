// Regions of Liaoning with level and parent (GB/T 2260). Names repeat (two Tiexi districts): look up by code only.
import { liaoningRegionRows } from './regions-data.ts';

export type RegionLevel = 'province' | 'city' | 'county';
export type Region = { code: string; name: string; nameEn: string; level: RegionLevel; parentCode: string | null };

export const PROVINCE_CODE = '210000';

/** 115 rows by code: one province, 14 cities, 100 counties. */
export const regions: readonly Region[] = liaoningRegionRows.map(([code, name, nameEn]) => ({
  code,
  name,
  nameEn,
  level: levelOf(code),
  parentCode: parentOf(code),
}));

const byCode: ReadonlyMap<string, Region> = new Map(regions.map((region) => [region.code, region]));

export function findRegion(code: string): Region | undefined {
  return byCode.get(code);
}

/** A row of this file, for code that holds a code from here; throws RangeError otherwise. */
export function regionOf(code: string): Region {
  const region = byCode.get(code);
  if (!region) throw new RangeError(`no region of Liaoning: ${code}`);
  return region;
}

/** The region and everything above it, nearest first. */
export function regionChain(code: string): Region[] {
  const region = byCode.get(code);
  if (!region) return [];
  return [region, ...(region.parentCode ? regionChain(region.parentCode) : [])];
}

/** 辽宁省沈阳市和平区: the name as an address begins. */
export function fullRegionName(code: string): string {
  return regionChain(code)
    .map((region) => region.name)
    .reverse()
    .join('');
}

function levelOf(code: string): RegionLevel {
  if (code === PROVINCE_CODE) return 'province';
  return code.endsWith('00') ? 'city' : 'county';
}

function parentOf(code: string): string | null {
  if (code === PROVINCE_CODE) return null;
  return code.endsWith('00') ? PROVINCE_CODE : `${code.slice(0, 4)}00`;
}
