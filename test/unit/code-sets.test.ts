// Code sets: the contract's sets exist, every item is named twice and sourced, and nothing is invented for Liaoning.
import { describe, expect, test } from '@jest/globals';
import { type CodeSet, codeSets, validCode } from '../../src/reference/code-sets.ts';

const sets = new Map(codeSets().map((set) => [set.name, set]));
const codes = (name: string): string[] => (sets.get(name)?.items ?? []).map((item) => item.code);

test.each([
  'eligibility',
  'exclusions',
  'categories',
  'measures',
  'clue-sources',
  'clue-rejection-reasons',
  'referral-rejection-reasons',
  'visit-missed-reasons',
  'campaigns',
  'agency-kinds',
  'regions',
])('%s is there', (name) => expect(codes(name).length).toBeGreaterThan(1));

test('every item has two names and a marked basis', () => {
  for (const { name, items } of sets.values()) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const item of items) {
      expect(item.name).toMatch(/\p{Script=Han}/u);
      expect(item.nameEn).toMatch(/^[\p{Script=Latin}0-9]/u);
      expect(item.basis).toMatch(/\[[^\]]*(V|S|A|A-recall)\b/);
    }
  }
});

test('the codes of the domain', () => {
  expect(codes('eligibility')).toEqual(['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8']);
  expect(codes('exclusions')).toEqual(['X1', 'X2', 'X3', 'X4', 'X5', 'X6']);
  expect(codes('categories').join(' ')).toBe('W1 W2 W3 W4 W5 W6 W7 C1 C2 C3 C4 C5 C6 C7 C8 R1 V1 D1 H1 P1');
  expect(codes('regions')).toHaveLength(115);
  expect(codes('clue-sources').join('|')).toBe(
    'wf_patrol|wf_complaint|wf_visit|department|hotline|self|internal|other',
  );
  expect(codes('agency-kinds')).toHaveLength(13);
});

test('each measure names the kind of agency that delivers it', () => {
  const kinds = new Set(codes('agency-kinds'));
  const measures = sets.get('measures')?.items ?? [];
  expect(measures).toHaveLength(43);
  expect(measures.every((item) => kinds.has(item.agencyKind ?? ''))).toBe(true);
  expect(measures.find((item) => item.code === 'MCA3')?.agencyKind).toBe('civil_affairs');
});

describe('validity', () => {
  test('E8 is history, E1 is open', () => {
    const eligibility = sets.get('eligibility') as CodeSet;
    expect(validCode(eligibility, 'E1', '2026-11-23')).toBeDefined();
    expect(validCode(eligibility, 'E8', '2026-11-23')).toBeUndefined();
    expect(validCode(eligibility, 'E8', '2016-08-15')).toBeDefined();
    expect(validCode(eligibility, 'E9', '2026-11-23')).toBeUndefined();
  });
});

test('extra sets are added, repeated names and codes refused', () => {
  const item = { code: 'a', name: '甲', nameEn: 'A', validFrom: null, validTo: null, basis: '[A]' };
  const set: CodeSet = { name: 'clue-states', title: '线索状态', titleEn: 'States of clues', items: [item] };
  expect(codeSets([set]).at(-1)).toBe(set);
  expect(() => codeSets([{ ...set, name: 'sexes' }])).toThrow(RangeError);
  expect(() => codeSets([{ ...set, items: [item, item] }])).toThrow(RangeError);
});
