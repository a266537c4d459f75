// The store by default: a directory of this machine (or one that server and worker share), private to the service's user.
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkName, ObjectMissingError, type ObjectStore, type StoredObject } from './store.ts';

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** A renamed file survives a power cut only once its directory is on the disk too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* filesBelow(directory: string): AsyncGenerator<StoredObject> {
  const entries = await opendir(directory, { recursive: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!entries) return;
  for await (const entry of entries) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (found) yield { name: entry.name, modifiedAt: found.mtime };
  }
}

/** `root` is made at the first object; the files to keep lie on the same file system. */
export function directoryStore(root: string): ObjectStore {
  // The end of a UUIDv7 is random: directories fill evenly.
  const folderOf = (name: string) => join(root, checkName(name).slice(-2));
  const pathOf = (name: string) => join(folderOf(name), name);
  return {
    async put(name, file) {
      await mkdir(folderOf(name), { recursive: true, mode: 0o700 });
      await rename(file.path, pathOf(name));
      await syncDirectory(folderOf(name));
    },
    async get(name) {
      const handle = await open(pathOf(name), 'r').catch((error: unknown) => {
        throw codeOf(error) === 'ENOENT' ? new ObjectMissingError() : error;
      });
      return createReadStream('', { fd: handle });
    },
    remove: (name) => rm(pathOf(name), { force: true }),
    list: () => filesBelow(root),
  };
}
