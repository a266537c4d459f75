// Secrets for machines: 256 random bits (S-07), with a prefix that scanners of repositories and logs can look for.
import { randomBytes } from 'node:crypto';

/** Raw bytes of a data key. */
export const newKeyBytes = (): Buffer => randomBytes(32);

export const newSecret = (): string => `jas_${randomBytes(32).toString('base64url')}`;
