// The commands of bin/admin that change keys: over the owner's connection, one at a time, beside a running service (ADR 0018).
import { serviceActor } from '../agencies/service.ts';
import { rotateCheckpointKey } from '../audit/sealing.ts';
import { type Checked, checkSealed } from '../keys/check.ts';
import { rotateKek, rotateServiceKeys } from '../keys/kek.ts';
import { allowLongStatements, type Client, takeTurn, USED_KEYS, type UsedKey } from '../keys/repository.ts';
import { rotateDataKeys } from '../keys/rotation.ts';
import { sealedColumns } from '../keys/sealed.ts';
import { recordRotation } from '../keys/service.ts';
import type { Config } from '../platform/config.ts';
import { localKek } from '../platform/crypto/kek.ts';
import { ALARM_USES, LAST_USES } from '../platform/crypto/uses.ts';
import { createPool } from '../platform/db/client.ts';
import { keksOf, type Opened, openDatabase } from './database.ts';
import { logTo, StartError, type Started } from './startup.ts';

export const KEY_COMMANDS = [
  'rotate-kek',
  'rotate-data-keys',
  'rotate-service-keys',
  'rotate-checkpoint-key',
  'check-keys',
] as const;
export type KeyCommand = (typeof KEY_COMMANDS)[number];

type Opening = { opened: Opened; client: Client; config: Config };

async function rotateMaster({ opened, client, config }: Opening): Promise<void> {
  const { keyring } = opened.tx;
  const done = await rotateKek(client, keyring, keksOf(config, opened.dataDir).map(localKek));
  console.log(`Wrapped anew: ${done.dataKeys} data keys, ${done.serviceKeys} service keys.`);
  console.log(`Keys that a former master key still wraps: ${done.left}.`);
  if (done.dataKeys + done.serviceKeys > 0)
    await recordRotation(opened.tx, serviceActor(), 'keys.master_rotated', done);
  if (done.left > 0)
    throw new StartError(
      'A service still runs with the former KEK_FILE: restart it with the new one, and run this again.',
    );
}

async function rotateData({ opened, client }: Opening, kind: string | null): Promise<void> {
  const kinds = [...new Set(sealedColumns.map((column) => column.owner))];
  if (kind !== null && !kinds.includes(kind)) throw new StartError(`--kind must be one of ${kinds.join(', ')}.`);
  const newId = () => opened.newId(Date.now());
  const work = { client, keyring: opened.tx.keyring, newId, say: (line: string) => console.log(line) };
  const done = await rotateDataKeys(work, kind);
  const { resumed: _resumed, ...counts } = done;
  await recordRotation(opened.tx, serviceActor(), 'keys.data_rotated', { kind, ...counts });
  console.log(
    `Sealed anew: ${done.sealed} texts. Former keys removed: ${done.removed}, kept for evidence: ${done.kept}.`,
  );
}

async function rotateService({ opened, client, config }: Opening): Promise<void> {
  const [kek] = keksOf(config, opened.dataDir).map(localKek);
  if (!kek) throw new StartError('KEK_FILE is missing.');
  const names = await rotateServiceKeys(client, kek, opened.tx.keyring);
  await recordRotation(opened.tx, serviceActor(), 'keys.service_rotated', { names: names.join(' ') });
  console.log(`New generations of: ${names.join(', ')}. They are used after a minute.`);
}

/** Both are printed whole: whoever keeps checkpoints is told the new one by another way than the export. */
async function rotateCheckpoint({ opened }: Opening): Promise<void> {
  const done = await rotateCheckpointKey(opened.tx);
  if (!done) throw new StartError('Nothing was sealed yet: the first checkpoint makes the first key.');
  const { former = 'none', next } = done;
  await recordRotation(opened.tx, serviceActor(), 'keys.checkpoint_rotated', { former, next });
  console.log(
    `Checkpoints are signed by a new key from now on; the next one by the former key too.\nformer ${former}\nnew ${next}`,
  );
}

/** What has been counted of the keys most in use, so that a rotation is planned before the alarm. */
async function reportUses(client: Client): Promise<void> {
  const { rows } = await client.query<UsedKey>(USED_KEYS, [ALARM_USES / 16]);
  for (const { key, used } of rows)
    console.log(`Encryptions of ${key}: ${used} of ${LAST_USES}${used >= ALARM_USES ? ', rotate it' : ''}.`);
}

function report({ total, erased, lost, unreadable, suites }: Checked): void {
  const by = Object.entries(suites).map(([suite, n]) => `${suite} ${n}`);
  console.log(
    `Opened: ${total} (${by.join(', ') || 'none'}). Erased: ${erased}. Lost: ${lost.length}. Unreadable: ${unreadable.length}.`,
  );
  for (const where of lost.slice(0, 20)) console.log(`  lost ${where}`);
  for (const where of unreadable.slice(0, 20)) console.log(`  unreadable ${where}`);
  if (lost.length > 0) throw new StartError('Some texts have no key, and no erasure is on record for them.');
  if (unreadable.length > 0) throw new StartError('Some texts do not open.');
}

export async function runKeyCommand(
  command: KeyCommand,
  kind: string | null,
  config: Config,
  started: Started,
): Promise<void> {
  const opened = await openDatabase(config, logTo(config.logLevel === 'info' ? 'warn' : config.logLevel), started);
  const url = opened.ownerUrl ?? config.ownerUrl;
  if (!url) throw new StartError(`${command} needs DATABASE_OWNER_URL: the role of the service cannot change keys.`);
  const pool = createPool({ url, max: 1 });
  started.onStop(() => pool.end());
  const { client, release } = await pool.connect();
  started.onStop(async () => release(true));
  await allowLongStatements(client);
  if (!(await takeTurn(client))) throw new StartError('Another command changes keys just now: wait for its end.');
  const opening = { opened, client, config };
  if (command === 'rotate-kek') await rotateMaster(opening);
  else if (command === 'rotate-data-keys') await rotateData(opening, kind);
  else if (command === 'rotate-service-keys') await rotateService(opening);
  else if (command === 'rotate-checkpoint-key') await rotateCheckpoint(opening);
  else {
    await reportUses(client);
    report(await checkSealed(client, opened.tx.keyring));
  }
}
