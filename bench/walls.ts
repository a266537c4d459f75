// npm run bench -- walls: what each wall costs, by leaving it out: the same verbs in this process with fewer parts around them.

import { actorSource, findOfficerByCode } from '../src/agencies/service.ts';
import { createAuthenticator, openSigner, toActor } from '../src/agencies/tokens.ts';
import { handlers } from '../src/app.ts';
import { auditSink } from '../src/audit/repository.ts';
import { findClueToShow } from '../src/clues/show-repository.ts';
import { submitClue } from '../src/clues/submission.ts';
import { eventSink } from '../src/events/repository.ts';
import { createIdGenerator } from '../src/kernel/ids.ts';
import { createPool, type Pool } from '../src/platform/db/client.ts';
import { claimKey, storeReply } from '../src/platform/db/idempotency.ts';
import { readTx, type TxDeps, type TxRequest, writeTx } from '../src/platform/db/tx.ts';
import { workItemHandler } from '../src/work-items/keeping.ts';
import { quantile } from './measure.ts';
import { clueBody } from './shots.ts';
import type { Stage } from './stage.ts';

const ROUNDS = 5;

async function median(count: number, run: (n: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const begun = process.hrtime.bigint();
    await run(n);
    times.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
  return quantile(times, 0.5);
}

type Step = { name: string; run: (n: number) => Promise<unknown> };

/** Rounds go through all steps in turn, so that what else the machine does falls on all of them. */
async function measureSteps(title: string, steps: readonly Step[], count: number): Promise<void> {
  const times = steps.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, step] of steps.entries()) {
      const time = await median(count, (n) => step.run(round * count + n));
      if (round > 0) times[i]?.push(time);
    }
  console.log(`\n| ${title} | ms | adds |\n| --- | --- | --- |`);
  let former = 0;
  for (const [i, step] of steps.entries()) {
    const time = quantile(times[i] ?? [], 0.5);
    console.log(
      `| ${step.name} | ${time.toFixed(2)} | ${i === 0 ? '' : `${time >= former ? '+' : ''}${(time - former).toFixed(2)}`} |`,
    );
    former = time;
  }
}

async function requestOf(deps: TxDeps, code: string): Promise<TxRequest> {
  const found = await findOfficerByCode(deps, code);
  if (!found) throw new Error(`no officer ${code}`);
  const actor = toActor(found.agency, found.officer, null);
  const oversight = actor.permissions.has('oversight:read');
  return { actor, requestId: 'bench', language: 'zh', dryRun: false, oversight };
}

async function measureReads(stage: Stage, deps: TxDeps, owner: Pool): Promise<void> {
  const ids = stage.service.busy;
  const id = (n: number) => ids[(n * 7919) % ids.length] ?? '';
  const [supervisor, intake] = [await requestOf(deps, 'supervisor.liaoning'), await requestOf(deps, 'intake.heping')];
  const plain = { ...deps, pool: owner };
  const signer = await openSigner(deps.pool, deps.keyring, stage.service.origin, Date.now);
  const token = await stage.token('intake.heping');
  const cached = createAuthenticator(signer, actorSource(deps, { sandbox: true }), Date.now);
  await measureSteps(
    'Read of one clue, median',
    [
      {
        name: 'one named statement, nothing else',
        run: (n) => deps.pool.query('select id from clues where id = $1', [id(n)]),
      },
      {
        name: 'transaction with agency, oversight and clock',
        run: () => readTx(deps, supervisor, async () => undefined),
      },
      {
        name: 'clue, subjects and routings as owner of the tables, masked',
        run: (n) => readTx(plain, supervisor, (tx) => findClueToShow(tx, id(n))),
      },
      { name: 'row security', run: (n) => readTx(deps, supervisor, (tx) => findClueToShow(tx, id(n))) },
      {
        name: 'keys looked up, narrative and names opened',
        run: (n) => readTx(deps, intake, (tx) => findClueToShow(tx, id(n))),
      },
      {
        name: 'read audit, durable before the answer',
        run: (n) =>
          readTx(deps, intake, async (tx) => {
            const found = await findClueToShow(tx, id(n));
            for (const row of found?.clue.subjectRows ?? []) tx.viewed(row.personId, ['narrative'], 'clue.receiver');
          }),
      },
    ],
    200,
  );
  await measureSteps(
    'Token, median',
    [
      { name: 'verified within the last five seconds', run: () => cached.authenticate(token) },
      { name: 'signature verified', run: () => signer.verify(token) },
    ],
    200,
  );
}

async function measureWrites(deps: TxDeps): Promise<void> {
  const source = await requestOf(deps, 'wf.heping');
  let serial = 500_000;
  const submit =
    (parts: Partial<TxDeps>, keyed = false) =>
    () => {
      const n = serial++;
      const { source: from, regionCode, urgency, facts, hardship, linkedCase, subjects } = clueBody('heping', n);
      const input = { source: from, regionCode, facts, hardship, linkedCase, subjects, urgency };
      const use = { scope: 'bench', key: `walls-${n}`, fingerprint: Buffer.from(String(n)) };
      const given = { ...deps, handlers: [], sinks: [], ...parts };
      const reply = { status: 201, headers: {}, body: JSON.stringify(input) };
      return writeTx(given, source, {
        ...(keyed ? { before: async (tx) => void (await claimKey(tx, deps.keyring, use)) as undefined } : {}),
        // The benchmark's bodies are those of the contract.
        verb: (tx) => submitClue(tx, input as Parameters<typeof submitClue>[1], null),
        finish: async () => undefined,
        store: (tx) => (keyed ? storeReply(tx, deps.keyring, use, reply) : undefined),
      });
    };
  const sinks = [auditSink, eventSink];
  const others = handlers.filter((handler) => handler !== workItemHandler);
  await measureSteps(
    'Submission of a clue, median',
    [
      { name: 'the verb: routed, matched, sealed, numbered, access written, durable', run: submit({}) },
      { name: 'audit', run: submit({ sinks: sinks.slice(0, 1) }) },
      { name: 'event', run: submit({ sinks }) },
      { name: 'fact handlers: clocks on every party', run: submit({ sinks, handlers: others }) },
      { name: 'work items', run: submit({ sinks, handlers }) },
      { name: 'idempotency key and sealed reply', run: submit({ sinks, handlers }, true) },
    ],
    60,
  );
}

export async function measureWalls(stage: Stage): Promise<void> {
  const pool = createPool({ url: stage.database.appUrl, max: 2 });
  const owner = createPool({ url: stage.database.ownerUrl, max: 2 });
  const newId = createIdGenerator((bytes) => crypto.getRandomValues(bytes));
  const deps: TxDeps = { pool, newId, keyring: stage.keyring, sinks: [auditSink], handlers: [] };
  await measureReads(stage, deps, owner);
  await measureWrites(deps);
  await Promise.all([pool.end(), owner.end()]);
}
