// The store and the spool that the settings name; nothing is touched before the first object.
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { directoryStore } from './directory.ts';
import { s3Store } from './s3.ts';
import { createSpool, type Spool } from './spool.ts';
import type { ObjectStore } from './store.ts';

export type Storage = { store: ObjectStore; spool: Spool };

/** Without a data directory only sealed content on its way to the S3 store lies here, in the user's own temporary directory. */
export function openStorage({ s3, dataDir }: Pick<Config, 's3' | 'dataDir'>): Storage {
  const home = join(dataDir ?? join(tmpdir(), `judicial-assistance-${userInfo().uid}`), 'documents');
  const spool = createSpool(join(home, 'incoming'));
  return { spool, store: s3 ? s3Store(s3) : directoryStore(join(home, 'objects')) };
}
