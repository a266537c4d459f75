// Reset of the sandbox (contract.md §2): empties the business data, keeps agencies and officers, and seeds again; writes wait outside.
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { defineProblems } from '../kernel/problem.ts';
import { createPool, type Db } from '../platform/db/client.ts';
import { isRetryable, translateDbError } from '../platform/db/errors.ts';
import { alone } from '../platform/db/gate.ts';
import { type Tx, type TxDeps, type TxRequest, writeTx } from '../platform/db/tx.ts';
import { emptyBusiness } from './reset-repository.ts';
import { seedProvince } from './seeding.ts';

const problems = defineProblems({
  'sandbox.owner_required': {
    status: 503,
    zh: ['沙箱不能重置', '服务没有数据库属主的连接', '以 DATABASE_OWNER_URL 启动沙箱'],
    en: [
      'The sandbox cannot be reset',
      'the service has no connection of the database owner',
      'start the sandbox with DATABASE_OWNER_URL',
    ],
  },
});

const MAX_TRIES = 3;

/** A reader that holds one table and waits for another can deadlock with the emptying: one of the two runs again. */
async function emptied(db: Db): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await emptyBusiness(db);
    } catch (error) {
      if (attempt === MAX_TRIES || !isRetryable(error)) throw error;
    }
  }
}

export type ResetDeps = { tx: TxDeps; ownerUrl: string | undefined };
export type Reset = { feedEpoch: number; now: Date };

/** Over the owner's connection, alone: other writes wait outside until the work is done. */
async function asOwner<T>(ownerUrl: string | undefined, work: (db: Db) => Promise<T>): Promise<T> {
  if (ownerUrl === undefined) throw problems['sandbox.owner_required']();
  const owner = createPool({ url: ownerUrl, max: 1, onError: () => undefined });
  try {
    const conn = await owner.connect();
    try {
      return await alone(conn, () => work(conn.db));
    } finally {
      // Its time-outs were lengthened: it is closed, not kept.
      conn.release(true);
    }
  } catch (error) {
    throw translateDbError(error);
  } finally {
    await owner.end();
  }
}

/** What a new sandbox holds: agencies, officers, funds, and the sample province, whole; what is there already is left as it is. */
export function seedSandbox({ tx: deps, ownerUrl }: ResetDeps, samples = true): Promise<void> {
  return seedProvince(deps, () => asOwner(ownerUrl, emptied), samples);
}

export function resetSandbox({ tx: deps, ownerUrl }: ResetDeps, request: TxRequest): Promise<Reset> {
  const inside: TxDeps = { ...deps, gated: false };
  return asOwner(ownerUrl, async (db) => {
    const feedEpoch = await emptied(db);
    const verb = async (tx: Tx) =>
      tx.record({ type: 'sandbox.reset', kind: 'sandbox', id: SYSTEM_SCOPE, data: { feedEpoch } });
    const now = await writeTx(inside, request, { verb, finish: async (tx) => tx.ctx.now });
    await seedProvince(inside, () => emptied(db));
    return { feedEpoch, now };
  });
}
