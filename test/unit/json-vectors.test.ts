// JSONTestSuite, whole, through the body parser (S-26).
import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../src/kernel/problem.ts';
import { parseJsonBody } from '../../src/platform/http/json.ts';
import { ACCEPTED_ON_PURPOSE, type JsonVector, jsonVectors, REFUSED_ON_PURPOSE } from '../support/vectors.ts';

function outcome({ bytes }: JsonVector): 'accepted' | 400 {
  try {
    parseJsonBody(bytes);
    return 'accepted';
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return 400;
    throw error;
  }
}
const names = (vectors: readonly JsonVector[], wanted: 'accepted' | 400) =>
  vectors.filter((vector) => outcome(vector) === wanted).map(({ name }) => name);

describe('JSONTestSuite', () => {
  test('is whole', () => {
    expect([jsonVectors('y').length, jsonVectors('n').length, jsonVectors('i').length]).toEqual([95, 188, 35]);
  });

  test('what is no JSON is a 400, but for no body at all', () => {
    expect(names(jsonVectors('n'), 'accepted').sort()).toEqual([...ACCEPTED_ON_PURPOSE].sort());
  });

  test('what is JSON is parsed, but for keys named twice and U+0000', () => {
    expect(names(jsonVectors('y'), 400).sort()).toEqual([...REFUSED_ON_PURPOSE].sort());
  });

  test('what may be either is a value or a 400, and nothing else', () => {
    const loose = jsonVectors('i');
    expect(names(loose, 'accepted').length + names(loose, 400).length).toBe(loose.length);
  });
});
