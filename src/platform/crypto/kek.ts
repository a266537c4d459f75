// Key-encryption keys from KEK_FILE and KEK_PREVIOUS_FILE (39786, P-05): the first wraps, all of them open.
import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { decrypt, encrypt, type SuiteId } from './suite.ts';

/**
 * What wraps keys. That of a file does it here; a hardware module of the installation that can do it within microseconds takes its
 * place. A key service in the network does not: it hands out the content of KEK_FILE at the start instead (ADR 0018).
 */
export type KekProvider = {
  /** Stands beside every key it has wrapped. */
  id: string;
  wrap(keyId: string, place: string, key: Buffer, suite: SuiteId): Buffer;
  /** Throws where it is not what was wrapped. */
  unwrap(place: string, wrapped: Buffer): Buffer;
};

export class KekError extends Error {
  override readonly name = 'KekError';
}

export function localKek(bytes: Buffer): KekProvider {
  const id = createHash('sha256').update('kek-id').update(bytes).digest('hex').slice(0, 16);
  const key: KeyObject = createSecretKey(bytes);
  return {
    id,
    wrap: (keyId, place, wanted, suite) => encrypt(keyId, key, place, wanted, suite),
    unwrap: (place, wrapped) => decrypt(key, place, wrapped),
  };
}

function parse(setting: string, file: string, text: string): Buffer {
  const kek = Buffer.from(text, 'base64');
  if (kek.length === 32) return kek;
  throw new KekError(
    `${setting} ${file} does not hold 32 bytes in base64: restore it, or make one for a new database with openssl rand -base64 32.`,
  );
}

/** Reads 32 bytes in base64; makes the file (mode 0600) when `create` and it is absent. Throws KekError in one sentence. */
export function loadKek(file: string, create: boolean): Buffer {
  let text: string | undefined;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !create) {
      throw new KekError(
        `KEK_FILE ${file} cannot be read: give the path of a file with 32 random bytes in base64 (openssl rand -base64 32).`,
      );
    }
  }
  if (text === undefined) {
    store(file, randomBytes(32).toString('base64'));
    // A server and a worker that start together both read what the first of them stored.
    text = readFileSync(file, 'utf8').trim();
  }
  return parse('KEK_FILE', file, text);
}

/** The keys that only open: one a line. */
export function loadPreviousKeks(file: string): Buffer[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new KekError(`KEK_PREVIOUS_FILE ${file} cannot be read: give the path of the former KEK_FILE, or unset it.`);
  }
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').map((line) => parse('KEK_PREVIOUS_FILE', file, line));
}

/** Whole or not at all, never over another one, and on the disk before anything is encrypted with it. */
function store(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}
