// P-13: people are erased; afterwards neither the database nor a backup from before, restored beside today's keys, tells who they were.

import { randomUUID } from 'node:crypto';
import { allowLongStatements, pageOf, primaryKeyOf, repliesOf } from '../src/keys/repository.ts';
import { rotateDataKeys } from '../src/keys/rotation.ts';
import { sealedColumns } from '../src/keys/sealed.ts';
import { decrypt, keyIdOf } from '../src/platform/crypto/suite.ts';
import { createPool } from '../src/platform/db/client.ts';
import { endLife, type Life, liveCase, worldOf } from '../test/api/retention/life.ts';
import { formsOf } from '../test/support/disk-scan.ts';
import { rowsOf } from '../test/support/rows.ts';
import { sealEverything } from '../test/support/sealed.ts';
import { withClient } from '../test/support/sql.ts';
import type { Service } from '../test/support/start.ts';
import { readExport, recordsOf, verifyRecords } from '../test/support/tamper.ts';
import { withService } from './outside/stage.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

const PERSONS = 12;
const WISH = { ground: 'unlawful_collection', reason: '当事人要求，收集无法定依据' };

type Sealed = { keyId: string; place: string; bytes: Buffer };
/** What a backup of the main schema holds: every row as it stands, and the ciphertexts in it. */
type Backup = { rows: string; sealed: Sealed[]; replies: Sealed[] };

async function backUp(service: Service): Promise<Backup> {
  const pool = createPool({ url: service.database.ownerUrl, max: 1 });
  const { client, release } = await pool.connect();
  try {
    const sealed: Sealed[] = [];
    for (const column of sealedColumns) {
      const pk = await primaryKeyOf(client, column.table);
      for (let after: string[] | undefined; ; ) {
        const pages = await pageOf(client, column, pk, after, false);
        for (const { sealed: bytes, key_id: keyId, row_id } of pages)
          if (bytes) sealed.push({ keyId, bytes, place: `${column.table}|${column.place}|${row_id}` });
        after = pages.at(-1)?.key;
        if (!after) break;
      }
    }
    const replies = (await repliesOf(client)).map(({ scope, key, reply }) => ({
      keyId: keyIdOf(reply),
      place: `idempotency_keys|reply|${scope}|${key}`,
      bytes: reply,
    }));
    return { rows: await rowsOf(service), sealed, replies };
  } finally {
    release(true);
    await pool.end();
  }
}

/** What follows an erasure in records that others share: their keys change, so that their former texts do not open either. */
async function changeKeys(service: Service): Promise<void> {
  const pool = createPool({ url: service.database.ownerUrl, max: 1 });
  const { client, release } = await pool.connect();
  try {
    await allowLongStatements(client);
    await rotateDataKeys(
      { client, keyring: service.tx.keyring, newId: () => randomUUID(), say: () => undefined },
      null,
    );
  } finally {
    release(true);
    await pool.end();
  }
}

/** Seventeen days of the worker: the key of stored replies is replaced, and the former one dropped. */
async function passWeeks(service: Service): Promise<void> {
  for (const days of [8, 11]) {
    await service.owner.query(
      `update keyring.service_keys set created_at = created_at - interval '${days} days' where name = 'reply'`,
    );
    await service.tx.keyring.renewReplies(service.pool);
  }
}

/** Identity, contact and account; of whose records nobody shares also the mark of every text. */
const IDENTITY = 5;
const lookedFor = ({ childId, truth }: Life) => (childId ? truth.slice(0, IDENTITY) : truth);

/** Everything in it that today's keys still open. */
async function open(service: Service, { sealed, replies }: Backup): Promise<string> {
  const { keyring } = service.tx;
  const kept = await service.owner.query<{ id: string; wrapped: Buffer }>('select id, wrapped from keyring.data_keys');
  const wrapped = new Map(kept.map(({ id, wrapped: bytes }) => [id, bytes]));
  const dataKey = (id: string) => {
    const bytes = wrapped.get(id);
    return bytes && keyring.unwrap(bytes);
  };
  await keyring.refresh(service.pool);
  const replyKey = (id: string) => keyring.generations('reply').find((generation) => generation.id === id)?.key;
  const texts = (all: readonly Sealed[], keyOf: (id: string) => ReturnType<typeof dataKey>) =>
    all.flatMap(({ keyId, place, bytes }) => {
      const key = keyOf(keyId);
      return key ? [decrypt(key, place, bytes).toString('utf8')] : [];
    });
  return [...texts(sealed, dataKey), ...texts(replies, replyKey)].join('\n');
}

const count = (where: string, wanted: readonly string[]) => {
  const bytes = Buffer.from(where);
  return wanted.filter((text) => formsOf(text).some((form) => bytes.includes(form)));
};

async function erase(service: Service, { personId }: Life): Promise<void> {
  for (const officer of ['handler.heping', 'head.heping']) {
    const { status, text } = await service.api.decide(officer, `/v1/persons/${personId}`, 'erasure', WISH);
    if (status !== 200) throw new Error(`${officer}: ${status} ${text.slice(0, 300)}`);
  }
}

const MONEY = `select md5(coalesce(string_agg(d::text, '|' order by d.id), '')) as sum from
  (select id, amount_fen, state, paid_on from disbursements) d`;

async function measure(service: Service, { say }: ProbeContext): Promise<Reading> {
  const world = worldOf(service.api);
  const lives: Life[] = [];
  for (let n = 0; n < PERSONS; n++) lives.push(await liveCase(world, { alone: n % 3 !== 0 }));
  const staying = await liveCase(world, { alone: true });
  for (const life of lives) await endLife(world, life);
  const wanted = [...new Set(lives.flatMap(lookedFor))].filter(
    (text) => !staying.truth.some((other) => other.includes(text)),
  );
  const before = await backUp(service);
  const control = count(await open(service, before), wanted).length;
  say(
    `${wanted.length} texts of ${lives.length} persons, ${control} of them open in the backup while the keys are there`,
  );
  const money = await service.owner.query(MONEY);
  for (const life of lives) await erase(service, life);
  const after = await backUp(service);
  const live = [...count(after.rows, wanted), ...count(await open(service, after), wanted)];
  const early = count(await open(service, before), wanted).length;
  await changeKeys(service);
  await passWeeks(service);
  const restored = [...count(before.rows, wanted), ...count(await open(service, before), wanted)];
  const present = count(await open(service, await backUp(service)), staying.truth);
  const lost = staying.truth.length - present.length;
  say(`${early} open in the backup before keys of shared records and of replies have changed`);
  const same = JSON.stringify(await service.owner.query(MONEY)) === JSON.stringify(money);
  await sealEverything(service);
  const fault = verifyRecords(await withClient(service.database.ownerUrl, recordsOf), await readExport(service));
  return {
    figure: `${lives.length} persons, ${wanted.length} texts: ${control} open before; after the erasure ${live.length} in the database, ${restored.length} in the restored backup; ${lost} of ${staying.truth.length} texts of another person lost; money ${same ? 'unchanged' : 'CHANGED'}, audit ${fault ? 'BROKEN' : 'verified'}`,
    met: control === wanted.length && live.length + restored.length + lost === 0 && same && !fault,
    detail: [
      'The backup opens no more once `rotate-data-keys` has given shared records new keys and the key of stored replies has changed twice (17 days).',
      ...[...live, ...restored].slice(0, 10),
    ],
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'P-13',
    name: 'erasure, in the database and in a backup restored beside the keys of today',
    target: '0 texts of the erased; money and audit verify',
    run: (context) => withService((service) => measure(service, context)),
  },
];
