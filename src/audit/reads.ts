// The access record of masked reads and lists (P-08): what is under way at the same moment is kept by one statement (ADR 0020).
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import type { Connection, Pool } from '../platform/db/client.ts';
import { isUnreachable, translateDbError } from '../platform/db/errors.ts';
import type { Looked, NoteRead } from '../platform/http/looked.ts';
import { keepReads } from './reads-repository.ts';

export type ReadLog = { note: NoteRead; stop(): Promise<void> };

type Entry = { looked: Looked; kept: () => void; failed: (error: unknown) => void };

/** Rows of one statement; a page has at most 200 ids. */
const MAX_ROWS = 100;

/** Whoever restarts the server loses at most the last 0.2 s of them: nothing else was written that they belong to. */
const SESSION = `select set_config('app.agency', '${SYSTEM_SCOPE}', false), set_config('synchronous_commit', 'off', false)`;

/** A connection of its own: reads never wait for each other twice. */
export function createReadLog(main: Pool): ReadLog {
  let pool: Pool | undefined;
  let waiting: Entry[] = [];
  let conn: Connection | undefined;
  let flying: Promise<void> | undefined;

  const open = async (): Promise<Connection> => {
    pool ??= main.aside();
    const opened = await pool.connect();
    try {
      await opened.client.query(SESSION);
    } catch (error) {
      // It is the only one: kept by nobody it would never come back.
      opened.release(true);
      throw error;
    }
    conn = opened;
    return opened;
  };
  const drop = () => {
    conn?.release(true);
    conn = undefined;
  };
  /** A connection that was lost while nothing happened is no reason to fail. */
  const send = async (batch: readonly Entry[]): Promise<void> => {
    const used = conn;
    const looked = batch.map((entry) => entry.looked);
    try {
      await keepReads(used ?? (await open()), looked);
    } catch (error) {
      drop();
      if (!used || !isUnreachable(error)) throw error;
      await keepReads(await open(), looked);
    }
  };
  const fly = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_ROWS);
      waiting = waiting.slice(MAX_ROWS);
      await send(batch).then(
        () => {
          for (const { kept } of batch) kept();
        },
        (error: unknown) => {
          for (const { failed } of batch) failed(translateDbError(error));
        },
      );
    }
    flying = undefined;
  };

  return {
    note: (looked) =>
      new Promise<void>((kept, failed) => {
        waiting.push({ looked, kept, failed });
        flying ??= fly();
      }),
    async stop() {
      await flying;
      drop();
      await pool?.end();
    },
  };
}
