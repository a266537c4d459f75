// The beginning of a live database: its agency tree and the first administrator client, each added once and audited.
import { type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import type { AgencyRow } from '../reference/agencies.ts';
import { hasStandard, loadAgencies } from './bootstrap-repository.ts';
import { requireKey } from './client-keys.ts';
import { findAgencyByCode, findClientWithRole } from './client-repository.ts';
import { createClient, type NewClient } from './clients.ts';
import { hasActingHolder, insertCredential } from './credential-repository.ts';
import { findTakenCodes, insertOfficers } from './directory-repository.ts';
import { algorithmOf, type PublicJwk, thumbprintOf } from './jws.ts';
import { ensureSeparate } from './role-grants.ts';
import { serviceActor } from './service.ts';

export type Bootstrap = { tree: readonly AgencyRow[]; decisionNumberTemplate: string; rootCode: string };
export type Bootstrapped = { agencies: number; client: NewClient | undefined; standard: boolean };

const asOperator = {
  actor: serviceActor(),
  requestId: 'bootstrap',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;

/** `client` is undefined when an administrator client exists already: its secret is never shown again. */
export function bootstrapAdministrator(deps: TxDeps, input: Bootstrap): Promise<Bootstrapped> {
  const verb = async (tx: Tx): Promise<Bootstrapped> => {
    const agencies = await loadAgencies(tx, input.tree, input.decisionNumberTemplate);
    const root = await findAgencyByCode(tx, input.rootCode);
    if (!root) throw new Error(`no agency ${input.rootCode}`);
    const known = await findClientWithRole(tx, 'admin');
    const wanted = { agencyId: root.id, name: 'Administrator', roles: ['admin'] } as const;
    const client = known ? undefined : await createClient(tx, deps.keyring, wanted);
    if (agencies === 0 && !client) tx.unchanged();
    return { agencies, client, standard: await hasStandard(tx) };
  };
  return writeTx<Bootstrapped>(deps, asOperator, { verb, finish: async (_tx, value) => value as Bootstrapped });
}

export type FirstAdministrator = {
  role: 'admin' | 'security_admin';
  code: string;
  name: string;
  personKey: string;
  publicJwk: PublicJwk;
  rootCode: string;
  /** There is somebody in the role, who cannot act any more: said by the operator, and on the record. */
  recover: boolean;
};
export type Refusal = 'no_root' | 'role_held' | 'code_taken';

const LIFE_MS = 365 * 86_400_000;

/**
 * The first holder of each of the two roles, with a key that only that person has: afterwards one proposes and the other confirms.
 * It needs the machine, its settings and its master key; over HTTP nobody can do it.
 */
export function addAdministrator(deps: TxDeps, given: FirstAdministrator): Promise<{ officerId: string } | Refusal> {
  type Done = { officerId: string } | Refusal;
  const { role, code, name, publicJwk, rootCode, recover } = given;
  const personKey = given.personKey.toLowerCase();
  const refuse = (tx: Tx, why: Refusal): Refusal => {
    tx.unchanged();
    return why;
  };
  const verb = async (tx: Tx): Promise<Done> => {
    const root = await findAgencyByCode(tx, rootCode);
    if (!root) return refuse(tx, 'no_root');
    if (!recover && (await hasActingHolder(tx, role))) return refuse(tx, 'role_held');
    if ((await findTakenCodes(tx, [code])).size > 0) return refuse(tx, 'code_taken');
    await requireKey(publicJwk);
    const id = tx.newId();
    await ensureSeparate(tx, personKey, [role], id);
    const times = { version: 1, createdAt: tx.ctx.now, updatedAt: tx.ctx.now };
    const absence = { absentFrom: null, absentUntil: null, substituteOfficerId: null };
    const officer = { id, agencyId: root.id, code, name, personKey, roles: [role], state: 'active' as const };
    await insertOfficers(tx, [{ ...officer, ...absence, ...times }]);
    const key = { publicJwk, thumbprint: thumbprintOf(publicJwk), algorithm: algorithmOf(publicJwk) };
    const nobody = { proposedByOfficerId: null, proposedByPersonKey: null, confirmedByOfficerId: null };
    const expiresAt = new Date(tx.ctx.systemNow.getTime() + LIFE_MS);
    const credential = {
      id: tx.newId(),
      officerId: id,
      kind: 'key' as const,
      state: 'active' as const,
      ...key,
      ...nobody,
    };
    await insertCredential(tx, { ...credential, issuer: null, subject: null, expiresAt, ...times });
    const data = { officerId: id, role, recovered: recover };
    tx.record({ type: 'agency.administrator_added', kind: 'agency', id: root.id, changed: ['officers'], data });
    return { officerId: id };
  };
  return writeTx<Done>(deps, asOperator, { verb, finish: async (_tx, value) => value as Done });
}
