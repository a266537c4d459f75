// Checkpoints as signed notes (C2SP signed-note and tlog-checkpoint): origin, size, root and time, signed with Ed25519. Pure.
import { createPublicKey, hash as digestOf, type KeyObject, sign, verify } from 'node:crypto';

export type Checkpoint = { origin: string; treeSize: number; rootHash: Buffer; sealedAt: Date };

const ED25519 = 0x01;
/** RFC 8410 §4: what stands before the 32 bytes of a raw Ed25519 public key. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

export const rawPublicKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-32);

function keyHash(name: string, raw: Buffer): Buffer {
  return digestOf('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), raw]), 'buffer').subarray(
    0,
    4,
  );
}

/** `<name>+<key hash>+<key>`: what a verifier is given beforehand. */
export function verifierKey(name: string, raw: Buffer): string {
  return `${name}+${keyHash(name, raw).toString('hex')}+${Buffer.concat([Buffer.of(ED25519), raw]).toString('base64')}`;
}

export type VerifierKey = { name: string; hash: Buffer; raw: Buffer };

/** Undefined where it is no Ed25519 verifier key, or its hash is not that of its name and key. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text.trim());
  const name = found?.[1] ?? '';
  const bytes = Buffer.from(found?.[3] ?? '', 'base64');
  if (!found || bytes.length !== 33 || bytes[0] !== ED25519) return undefined;
  const raw = bytes.subarray(1);
  const hash = keyHash(name, raw);
  return hash.toString('hex') === found[2] ? { name, hash, raw } : undefined;
}

const bodyOf = ({ origin, treeSize, rootHash, sealedAt }: Checkpoint) =>
  `${origin}\n${treeSize}\n${rootHash.toString('base64')}\ntime ${sealedAt.toISOString()}\n`;

/** By one key, or where the keys change by the former one too: whoever knows that one is told the new one by it. */
export function signCheckpoint(checkpoint: Checkpoint, ...keys: readonly KeyObject[]): string {
  const body = bodyOf(checkpoint);
  const signatures = keys.map((key) => {
    const raw = rawPublicKey(createPublicKey(key));
    const signature = Buffer.concat([keyHash(checkpoint.origin, raw), sign(null, Buffer.from(body), key)]);
    return `\u2014 ${checkpoint.origin} ${signature.toString('base64')}\n`;
  });
  return `${body}\n${signatures.join('')}`;
}

export type SignedCheckpoint = Checkpoint & { body: string; signatures: readonly { name: string; bytes: Buffer }[] };

const NOTE = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\ntime (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n$/;

/** Undefined where the text is not a checkpoint of this kind; nothing is verified yet. */
export function parseCheckpoint(note: string): SignedCheckpoint | undefined {
  const at = note.indexOf('\n\n');
  const body = note.slice(0, at + 1);
  const [, origin = '', size, root = '', time = ''] = NOTE.exec(body) ?? [];
  if (at < 0 || size === undefined) return undefined;
  const lines = note
    .slice(at + 2)
    .split('\n')
    .filter((line) => line !== '');
  const signatures = lines.flatMap((line) => {
    const [, name, base64] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
    return name && base64 ? [{ name, bytes: Buffer.from(base64, 'base64') }] : [];
  });
  const rootHash = Buffer.from(root, 'base64');
  return { origin, treeSize: Number(size), rootHash, sealedAt: new Date(time), body, signatures };
}

/** True where the key, which must bear the origin's name, has signed the body. */
export function isSignedBy({ origin, body, signatures }: SignedCheckpoint, key: VerifierKey): boolean {
  if (key.name !== origin) return false;
  return signatures.some(
    ({ name, bytes }) =>
      name === key.name &&
      bytes.length === 68 &&
      bytes.subarray(0, 4).equals(key.hash) &&
      verify(null, Buffer.from(body), publicKeyOf(key.raw), bytes.subarray(4)),
  );
}

const NOTES = /[^\n]+\n\d+\n[^\n]+\ntime [^\n]+\n\n(?:\u2014 [^\n]+\n)+/g;

/** Notes one after the other, each with an empty line behind it, as they are exported; what is no note is left out. */
export function splitNotes(text: string): string[] {
  return text.match(NOTES) ?? [];
}

/** Whether anything but notes stands before the last whole one; behind it a crash may have left a piece. */
export function hasForeign(text: string): boolean {
  let end = 0;
  for (const { 0: note, index } of text.matchAll(NOTES)) {
    if (text.slice(end, index).trim() !== '') return true;
    end = index + note.length;
  }
  return false;
}
