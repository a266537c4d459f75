// Every enum of the contract is a code set or a part of one, with both names (contract §1 Enums).
import { expect, test } from '@jest/globals';
import { loadContract } from '../../support/contract.ts';
import { useService } from '../../support/service.ts';

const service = useService();

/** Words of other standards, and the names of members. */
const TECHNICAL = [
  ['en', 'zh'],
  ['Bearer'],
  ['1.0'],
  ['application/json'],
  ['EC'],
  ['P-256'],
  ['OKP'],
  ['Ed25519'],
  ['RSA'],
  ['AQAB'],
  ['ES256'],
  ['sig'],
  ['CNY'],
  ['ok'],
];
const MEMBERS = [['birthDate', 'idNumber', 'name']];

function enumsOf(node: unknown, at = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof node !== 'object' || node === null) return found;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'example' || key === 'examples') continue;
    if (key === 'enum' && Array.isArray(value)) found.set(JSON.stringify(value.toSorted()), at);
    else enumsOf(value, `${at}/${key}`, found);
  }
  return found;
}

test('no enum without its names', async () => {
  const { api } = service;
  const list = await api.get('wf.heping', '/v1/code-sets?limit=200');
  const sets: Set<unknown>[] = [];
  for (const { name } of list.body.items ?? []) {
    const { body } = await api.get('wf.heping', `/v1/code-sets/${String(name)}`);
    sets.push(new Set(body.items?.map(({ code }) => code)));
  }
  const other = new Set([...TECHNICAL, ...MEMBERS].map((values) => JSON.stringify(values)));
  const nameless = [...enumsOf((await loadContract()).document)].filter(([values]) => {
    const codes = JSON.parse(values) as string[];
    return !other.has(values) && !sets.some((set) => codes.every((code) => set.has(code)));
  });
  expect(nameless).toEqual([]);
});
