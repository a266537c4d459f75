// The gate of a sandbox: every write holds it in common, a reset holds it alone; meanwhile writes get 503 and Retry-After (contract.md §2).
import { defineProblems } from '../../kernel/problem.ts';
import type { Connection } from './client.ts';

export const gateProblems = defineProblems({
  'sandbox.resetting': {
    status: 503,
    zh: ['沙箱正在重置', '沙箱数据正在清空并重新生成，暂不接受写入', '按 Retry-After 稍后重试'],
    en: [
      'The sandbox is being reset',
      'the data of the sandbox is being replaced; no write is accepted meanwhile',
      'retry after Retry-After',
    ],
  },
});

/** Of writes (shared) and of a reset (exclusive). */
const GATE = 727_210_001;
/** Of a reset from its first to its last step, so that two never queue up behind each other. */
const RESET = 727_210_002;

/** Column of the statement that opens a write; a try, so that nobody waits for a reset. */
export const ENTER_GATE = `pg_try_advisory_xact_lock_shared(${GATE}) as entered`;

export const gateClosed = () => gateProblems['sandbox.resetting']({ retryAfter: 5 });

/** Waits until the writes under way have ended, keeps new ones out, and opens again whatever happens inside. */
export async function alone<T>(conn: Connection, work: () => Promise<T>): Promise<T> {
  const first = await conn.client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${RESET}) as mine`);
  if (!first.rows[0]?.mine) throw gateClosed();
  try {
    await conn.client.query(`set lock_timeout = '6s'`);
    await conn.client.query(`set statement_timeout = '7s'`);
    await conn.client.query(`select pg_advisory_lock(${GATE})`);
    return await work();
  } finally {
    // A connection that broke has given its locks back already.
    await conn.client.query('select pg_advisory_unlock_all()').catch(() => undefined);
  }
}
