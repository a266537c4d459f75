// No tracked file holds a secret: credentials of this service, private keys, passwords in addresses, keys of clouds (S-46).
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Gate } from '../check.ts';
import { ROOT } from './files.ts';

const MAX_BYTES = 3_000_000;
/** Public test vectors: what they hold has been published to be tried. */
const PUBLIC = /^test\/vectors\//;
const SECRETS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a client secret', /jas_[A-Za-z0-9_-]{43}/],
  ['a webhook secret', /whsec_[A-Za-z0-9+/=_-]{24,}/],
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
  ['the private half of a JWK', /"d"\s*:\s*"[A-Za-z0-9_-]{40,}"/],
  ['an access token', /eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}/],
  ['a key of a cloud', /\b(?:AKIA|LTAI)[A-Za-z0-9]{16,}\b/],
  ['a token of a forge', /\b(?:ghp|gho|ghs|github_pat|glpat)[_-][A-Za-z0-9_]{20,}/],
];

function tracked(): string[] {
  return execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !PUBLIC.test(path));
}

const textOf = (path: string): string => {
  const file = join(ROOT, path);
  try {
    return statSync(file).size > MAX_BYTES ? '' : readFileSync(file, 'utf8');
  } catch {
    // Deleted and not yet committed.
    return '';
  }
};

export const secretsGate: Gate = {
  name: 'no tracked file holds a secret',
  run: async () => {
    const files = tracked();
    const problems = files.flatMap((path) => {
      const text = textOf(path);
      return SECRETS.filter(([, pattern]) => pattern.test(text)).map(([name]) => `${path} holds ${name}`);
    });
    return { problems, detail: `${files.length} files, ${SECRETS.length} patterns` };
  },
};
