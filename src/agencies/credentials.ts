// Verbs on what proves an officer in person: registered by one human being and confirmed by another, or by the officer alone in person.
import { actionProblems } from '../kernel/action.ts';
import { inPerson, may, samePerson } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { requireKey } from './client-keys.ts';
import {
  type CredentialRow,
  countCredentials,
  findCredential,
  insertCredential,
  listCredentials,
  saveCredential,
} from './credential-repository.ts';
import { findOfficerOf } from './directory-repository.ts';
import { keyProblems } from './identity-domain.ts';
import { algorithmOf, type PublicJwk, thumbprintOf } from './jws.ts';
import type { OfficerRow } from './repository.ts';
import { RESERVED_ROLES } from './roles.ts';
import { requireRoster } from './roster.ts';

export type CredentialInput =
  | { publicKey: PublicJwk; validDays?: number | undefined }
  | { issuer: string; subject: string; validDays?: number | undefined };

const MAX_CREDENTIALS = 5;
const DAY_MS = 86_400_000;

const notFound = () => httpProblems['resource.not_found']();

/** The same human being, through this or another officer. */
const isSelf = (tx: Tx, officer: OfficerRow): boolean => samePerson(tx.ctx.actor, officer.personKey);

/** The officer; who keeps the officers of the agency; of administrators and auditors the security administrator alone. */
function ensureMay(tx: Tx, officer: OfficerRow): void {
  const reserved = officer.roles.some((role) => RESERVED_ROLES.some((one) => one === role));
  const keeper = may(tx.ctx.actor, 'officer:secure') || (!reserved && may(tx.ctx.actor, 'officer:manage_own'));
  if (!isSelf(tx, officer) && !keeper) throw keyProblems['credential.not_yours']();
}

async function requireOfficer(tx: Tx, agencyId: string, officerId: string, lock = false): Promise<OfficerRow> {
  await requireRoster(tx, agencyId);
  const officer = await findOfficerOf(tx, agencyId, officerId, lock);
  if (!officer) throw notFound();
  return officer;
}

export async function credentialsOf(
  tx: Tx,
  agencyId: string,
  officerId: string,
  page: PageRequest,
): Promise<Page<CredentialRow>> {
  const officer = await requireOfficer(tx, agencyId, officerId);
  ensureMay(tx, officer);
  return listCredentials(tx, officer.id, page);
}

export async function readCredential(tx: Tx, agencyId: string, officerId: string, id: string): Promise<CredentialRow> {
  const officer = await requireOfficer(tx, agencyId, officerId);
  ensureMay(tx, officer);
  const found = await findCredential(tx, officer.id, id);
  if (!found) throw notFound();
  return found;
}

function record(tx: Tx, officer: OfficerRow, credential: CredentialRow, type: string): void {
  const { id: credentialId, kind, state } = credential;
  const data = { officerId: officer.id, credentialId, kind, state };
  tx.record({ type, kind: 'agency', id: officer.agencyId, changed: ['credentials'], data });
}

const kindOf = (input: CredentialInput) =>
  'publicKey' in input
    ? {
        ...{ kind: 'key' as const, issuer: null, subject: null, publicJwk: input.publicKey },
        ...{ thumbprint: thumbprintOf(input.publicKey), algorithm: algorithmOf(input.publicKey) },
      }
    : {
        ...{ kind: 'external_subject' as const, issuer: input.issuer, subject: input.subject },
        ...{ publicJwk: null, thumbprint: null, algorithm: null },
      };

/** In force at once only where the officer is there in person; anybody else's word needs a second person. */
export async function addCredential(
  tx: Tx,
  agencyId: string,
  officerId: string,
  input: CredentialInput,
  issuers: readonly string[],
): Promise<CredentialRow> {
  const officer = await requireOfficer(tx, agencyId, officerId, true);
  ensureMay(tx, officer);
  if ('publicKey' in input) await requireKey(input.publicKey);
  else if (!issuers.includes(input.issuer))
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/issuer', code: 'issuer.unknown', detail: ['未配置的认证服务', 'no configured issuer'] },
    ]);
  if ((await countCredentials(tx, officer.id)) >= MAX_CREDENTIALS)
    throw keyProblems['key.too_many']({ limit: MAX_CREDENTIALS });
  const { actor, now, systemNow } = tx.ctx;
  const self = isSelf(tx, officer) && inPerson(actor);
  const row: CredentialRow = {
    ...{ id: tx.newId(), officerId: officer.id, state: self ? 'active' : 'proposed', ...kindOf(input) },
    proposedByOfficerId: actor.officer?.id ?? null,
    proposedByPersonKey: actor.officer?.personKey ?? null,
    confirmedByOfficerId: self ? (actor.officer?.id ?? null) : null,
    expiresAt: new Date(systemNow.getTime() + (input.validDays ?? 365) * DAY_MS),
    ...{ version: 1, createdAt: now, updatedAt: now },
  };
  await insertCredential(tx, row);
  record(tx, officer, row, 'agency.credential_added');
  return row;
}

export type Target = { agencyId: string; officerId: string; id: string; expected: ExpectedVersion };

async function lockCredential(tx: Tx, target: Target): Promise<{ officer: OfficerRow; credential: CredentialRow }> {
  const officer = await requireOfficer(tx, target.agencyId, target.officerId, true);
  ensureMay(tx, officer);
  const credential = await findCredential(tx, officer.id, target.id, true);
  if (!credential) throw notFound();
  ensureVersion(credential, target.expected);
  if (credential.state === 'removed') throw keyProblems['key.removed']();
  return { officer, credential };
}

/** By the officer in person, or by another human being than who registered it. */
export async function confirmCredential(tx: Tx, target: Target): Promise<CredentialRow> {
  const { officer, credential } = await lockCredential(tx, target);
  if (credential.state === 'active') throw keyProblems['credential.confirmed']();
  if (samePerson(tx.ctx.actor, credential.proposedByPersonKey))
    throw actionProblems['decision.four_eyes']({
      who: '登记与确认',
      whoEn: 'who registers a credential and who confirms it',
    });
  const confirmedByOfficerId = tx.ctx.actor.officer?.id ?? null;
  const saved = await saveCredential(tx, credential, { state: 'active', confirmedByOfficerId });
  record(tx, officer, saved, 'agency.credential_confirmed');
  return saved;
}

/** By any of them alone: what is lost must end at once, with the tokens that rest on it. */
export async function removeCredential(tx: Tx, target: Target): Promise<CredentialRow> {
  const { officer, credential } = await lockCredential(tx, target);
  const saved = await saveCredential(tx, credential, { state: 'removed' });
  record(tx, officer, saved, 'agency.credential_removed');
  return saved;
}
