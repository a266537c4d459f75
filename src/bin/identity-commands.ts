// The commands of bin/admin about identity: the first two administrators of a live database, and the rotation of the signing key (ADR 0016).
import { readFileSync } from 'node:fs';
import { addAdministrator, type Refusal } from '../agencies/bootstrap.ts';
import type { PublicJwk } from '../agencies/jws.ts';
import { serviceActor } from '../agencies/service.ts';
import { rotateSigningKey } from '../agencies/signing-keys.ts';
import { recordRotation } from '../keys/service.ts';
import type { Config } from '../platform/config.ts';
import { openDatabase } from './database.ts';
import { logTo, StartError, type Started } from './startup.ts';

export type AdministratorOptions = {
  role?: string | undefined;
  code?: string | undefined;
  name?: string | undefined;
  'person-key'?: string | undefined;
  'public-key'?: string | undefined;
  recover?: boolean | undefined;
};
export type IdentityCommand =
  | { identity: 'add-administrator'; options: AdministratorOptions }
  | { identity: 'rotate-signing-key'; compromised: boolean };

export const IDENTITY_USAGE = [
  'add-administrator --role admin|security_admin --code CODE --name NAME --person-key KEY --public-key FILE [--recover]',
  'rotate-signing-key [--compromised]',
];

const open = (config: Config, started: Started) =>
  openDatabase(config, logTo(config.logLevel === 'info' ? 'warn' : config.logLevel), started);

/** Only the public half: a file that holds the private one is refused, for it has been where it must not be. */
function readPublicKey(file: string): PublicJwk {
  let jwk: Record<string, unknown>;
  try {
    jwk = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    throw new StartError('--public-key must name a file with a public key as JSON (a JWK).');
  }
  if (Object.hasOwn(jwk, 'd')) throw new StartError('--public-key holds the private half: give the public one only.');
  const { kty, crv, x, y, n, e } = jwk;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  if (kty === 'EC' && crv === 'P-256') return { kty, crv, x: text(x), y: text(y) };
  if (kty === 'OKP' && crv === 'Ed25519') return { kty, crv, x: text(x) };
  if (kty === 'RSA') return { kty, n: text(n), e: text(e) };
  throw new StartError('--public-key must be a key on P-256 or Ed25519, or an RSA key.');
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  no_root: 'There is no agency to belong to: run bootstrap first.',
  role_held:
    'Somebody active holds this role and can act: roles are now proposed and confirmed over HTTP (--recover if nobody can).',
  code_taken: 'An officer has this code: choose another.',
};

async function addFirst(options: AdministratorOptions, rootCode: string, config: Config, started: Started) {
  const role = (['admin', 'security_admin'] as const).find((one) => one === options.role);
  const { code = '', name = '', 'person-key': personKey = '', 'public-key': file = '' } = options;
  if (!role) throw new StartError('--role must be admin or security_admin.');
  const said = [/^[a-z0-9]+([._-][a-z0-9]+)*$/.test(code), name.trim() !== '', /^[!-~]{1,100}$/.test(personKey)];
  if (said.includes(false)) throw new StartError('--code, --name and --person-key are needed.');
  const publicJwk = readPublicKey(file);
  const { tx } = await open(config, started);
  const input = { role, code, name, personKey, publicJwk, rootCode, recover: options.recover === true };
  const done = await addAdministrator(tx, input).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'Problem') throw new StartError(`Refused: ${error.message}.`);
    throw error;
  });
  if (typeof done === 'string') throw new StartError(REFUSALS[done]);
  console.log(`Added ${role}: officer_id=${done.officerId} code=${code}`);
}

export async function runIdentityCommand(
  command: IdentityCommand,
  rootCode: string,
  config: Config,
  started: Started,
): Promise<void> {
  if (command.identity === 'add-administrator') {
    if (config.sandbox) throw new StartError('add-administrator is for a live database: a sandbox has its officers.');
    return addFirst(command.options, rootCode, config, started);
  }
  const { tx } = await open(config, started);
  const done = await rotateSigningKey(tx.pool, tx.keyring, command.compromised);
  await recordRotation(tx, serviceActor(), 'keys.signing_rotated', { kid: done.kid, revoked: done.revoked });
  console.log(
    command.compromised
      ? `Key ${done.kid} signs from now on; ${done.revoked} former keys are good no longer, nor are their tokens.`
      : `Key ${done.kid} is published and signs in ${done.signsAfterSeconds / 60} minutes; the former verifies until its last token has expired.`,
  );
}
