// Short names of procuratorates in decision numbers (辽, 辽沈, 辽沈和): a rule of ours until the real ones are known (domain §10.4 [A]).
import { liaoningRegionRows } from './regions-data.ts';

const PROVINCE_SHORT = '辽';
const names: ReadonlyMap<string, string> = new Map(liaoningRegionRows.map(([code, name]) => [code, name]));

/**
 * The province's character, then one character for the city and one for the county. Two characters are taken by each of
 * several siblings with the same first one (辽沈沈河, 辽沈沈北), and where one would read as the region above (辽辽阳 for
 * Liaoyang, 辽抚顺城 for Shuncheng in 抚顺).
 */
export function orgShortOf(regionCode: string): string {
  if (regionCode.endsWith('0000')) return PROVINCE_SHORT;
  const city = `${regionCode.slice(0, 4)}00`;
  const isCity = (code: string): boolean => code.endsWith('00') && !code.endsWith('0000');
  const cityShort = PROVINCE_SHORT + initials(city, isCity, PROVINCE_SHORT);
  if (regionCode === city) return cityShort;
  const inCity = (code: string): boolean => code !== city && code.startsWith(city.slice(0, 4));
  return cityShort + initials(regionCode, inCity, nameOf(city).charAt(1));
}

function initials(code: string, isSibling: (code: string) => boolean, misleading: string): string {
  const name = nameOf(code);
  const first = name.charAt(0);
  const sharers = [...names].filter(([other, otherName]) => isSibling(other) && otherName.startsWith(first));
  return sharers.length > 1 || first === misleading ? name.slice(0, 2) : first;
}

function nameOf(code: string): string {
  const name = names.get(code);
  if (!name) throw new RangeError(`no region of Liaoning: ${code}`);
  return name;
}
