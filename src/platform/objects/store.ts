// Where sealed content lies: objects by name, whole or not at all; the store never sees clear text or a key.
import type { Readable } from 'node:stream';

/** Ciphertext on this disk, ready to be kept. */
export type SealedFile = { path: string; bytes: number; sha256: string };

export type StoredObject = { name: string; modifiedAt: Date };

export type ObjectStore = {
  /** Once it answers, the object is there for good; the file may be gone. */
  put(name: string, file: SealedFile): Promise<void>;
  /** Throws ObjectMissingError where there is none. */
  get(name: string): Promise<Readable>;
  /** An object that is absent is removed. */
  remove(name: string): Promise<void>;
  list(): AsyncIterable<StoredObject>;
};

export class ObjectMissingError extends Error {
  override readonly name = 'ObjectMissingError';
  readonly code = 'OBJECT_MISSING';
}

const NAME = /^[0-9a-f-]{36}$/;

/** Names are ids of this service: whatever else came here would be an address of somebody's making. */
export function checkName(name: string): string {
  if (!NAME.test(name)) throw new Error('not the name of an object');
  return name;
}
