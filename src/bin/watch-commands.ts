// The command of bin/admin about bulk reading: a credential whose reading is explained is released (S-49, ADR 0021).
import { releaseCredential } from '../audit/bulk-read.ts';
import type { Config } from '../platform/config.ts';
import { openDatabase } from './database.ts';
import { logTo, StartError, type Started } from './startup.ts';

export const WATCH_USAGE = 'release --credential client:ID|officer:ID';
export type WatchCommand = { release: string };

export async function runRelease({ release }: WatchCommand, config: Config, started: Started): Promise<void> {
  const { tx } = await openDatabase(config, logTo(config.logLevel === 'info' ? 'warn' : config.logLevel), started);
  if (!(await releaseCredential(tx, release))) throw new StartError(`There is no open alert about ${release}.`);
  console.log(`Released: ${release}. It is good again within a second.`);
}
