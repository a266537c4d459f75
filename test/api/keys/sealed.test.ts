// Ciphertexts in the database that somebody with access to its files has moved, exchanged or changed: none of them opens (P-03).
import type { KeyObject } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { sealedColumns } from '../../../src/keys/sealed.ts';
import { decrypt, keyIdOf } from '../../../src/platform/crypto/suite.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
let heping = '';
let tiexi = '';

beforeAll(async () => {
  world = createWorld(service.api, () => addClient(service));
  heping = (await world.clue('heping')).id;
  tiexi = (await world.clue('tiexi')).id;
  await world.line();
}, 60_000);

const narrativeOf = async (id: string) => {
  const sql = 'select narrative_sealed as sealed from clues where id = $1';
  const [row] = await service.owner.query<{ sealed: Buffer }>(sql, [id]);
  return row?.sealed ?? Buffer.alloc(0);
};
const put = (id: string, sealed: Buffer) =>
  service.owner.query('update clues set narrative_sealed = $2 where id = $1', [id, sealed]);
const statusOf = async () => (await service.api.get('wf.heping', `/v1/clues/${heping}`)).status;

test('a text of another agency, of another column or with a bit changed is an error, never a text', async () => {
  const own = await narrativeOf(heping);
  const [line] = await service.owner.query<{ sealed: Buffer }>(
    'select payee_sealed as sealed from disbursements limit 1',
  );
  const flipped = Buffer.from(own);
  flipped[40] = (flipped[40] ?? 0) ^ 1;
  expect(await statusOf()).toBe(200);
  for (const foreign of [await narrativeOf(tiexi), line?.sealed ?? own, flipped, own.subarray(0, -1)]) {
    await put(heping, foreign);
    expect(await statusOf()).toBe(500);
  }
  await put(heping, own);
  expect(await statusOf()).toBe(200);
  expect(service.logLines.join('')).not.toMatch(/重伤|李秀兰/);
});

test('every ciphertext opens at its place and at no other, whatever key is tried', async () => {
  const keys = new Map<string, KeyObject>();
  for (const row of await service.owner.query<{ id: string; wrapped: Buffer }>(
    'select id, wrapped from keyring.data_keys',
  ))
    keys.set(row.id, service.tx.keyring.unwrap(row.wrapped));
  const all: { place: string; sealed: Buffer }[] = [];
  for (const { table, column, place, row } of sealedColumns) {
    const sql = `select ${row} as id, ${column} as sealed from ${table} where ${column} is not null`;
    for (const found of await service.owner.query<{ id: string; sealed: Buffer }>(sql))
      all.push({ place: `${table}|${place}|${found.id}`, sealed: found.sealed });
  }
  const opens = (place: string, sealed: Buffer, key: KeyObject | undefined) => {
    try {
      return key !== undefined && decrypt(key, place, sealed).length >= 0;
    } catch {
      return false;
    }
  };
  let wrong = 0;
  for (const { place, sealed } of all) {
    expect(opens(place, sealed, keys.get(keyIdOf(sealed)))).toBe(true);
    for (const other of all)
      if (other.place !== place && opens(other.place, sealed, keys.get(keyIdOf(sealed)))) wrong += 1;
    for (const [id, key] of keys) if (id !== keyIdOf(sealed) && opens(place, sealed, key)) wrong += 1;
  }
  expect(wrong).toBe(0);
  expect(all.length).toBeGreaterThan(15);
});

test('persons are found by number along the blind index', async () => {
  const [row] = await service.owner.query<{ index: Buffer }>(
    'select id_number_index as index from persons where id_number_index is not null limit 1',
  );
  await service.owner.query('set enable_seqscan = off');
  const plan = await service.owner.query<{ 'QUERY PLAN': string }>(
    `explain select id from persons where id_number_index = '\\x${row?.index.toString('hex')}'`,
  );
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/Index Scan using persons_identity/);
  expect(row?.index.length).toBe(32);
});
