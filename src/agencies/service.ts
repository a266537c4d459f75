// Who the caller is: officers and clients become actors; agencies are found for routing and references.
import type { Actor } from '../kernel/actor.ts';
import { readTx, type Tx, type TxDeps } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { findActiveClient } from './client-repository.ts';
import { isCredentialGood } from './credential-repository.ts';
import {
  type AgencyRow,
  findActiveOfficer,
  findAgencies,
  findAgencyFor,
  findColleague,
  findOfficers,
  findStanding,
  findSuperiors,
  type OfficerRow,
} from './repository.ts';
import { asService, serviceActor } from './system-actor.ts';
import { type ActorSource, type Subject, toActor } from './tokens.ts';

export type { AgencyRow, OfficerRow };
export { asService, findAgencyFor, findStanding, findSuperiors, serviceActor };

type Asking = { clientId?: string | undefined; generation?: number | undefined; certificate?: string | undefined };

/** The client behind a token, as it was when the token was given: active, of that generation, bound to that certificate. */
async function standing(tx: Tx, { clientId = '', generation, certificate }: Asking) {
  const found = await findActiveClient(tx, clientId);
  if (!found || found.client.generation !== generation) return undefined;
  return (found.client.certificateThumbprint ?? undefined) === certificate ? found : undefined;
}

async function officerActor(tx: Tx, subject: Subject): Promise<Actor | undefined> {
  const { sub, clientId, credentialId, factor } = subject;
  const found = await findActiveOfficer(tx, { id: sub });
  if (!found || (credentialId !== undefined && !(await isCredentialGood(tx, credentialId, sub)))) return undefined;
  if (clientId === undefined) return toActor(found.agency, found.officer, null, factor);
  const by = await standing(tx, subject);
  return by?.agency.id === found.agency.id ? toActor(found.agency, found.officer, by.client, factor) : undefined;
}

/** `sandbox`: its tokens without a password are good on such a database, and on no other. */
export function actorSource(deps: TxDeps, { sandbox }: { sandbox: boolean }): ActorSource {
  return (subject) =>
    readTx(deps, asService, async (tx) => {
      if (subject.factor === 'sandbox' && !sandbox) return undefined;
      if (subject.kind === 'officer') return officerActor(tx, subject);
      const found = subject.clientId === subject.sub ? await standing(tx, subject) : undefined;
      return found && toActor(found.agency, null, found.client, 'client');
    });
}

/** Of a credential that stands on record: the client or officer as they are now, or undefined where they are suspended. */
export async function holderOf(
  tx: Tx,
  { clientId, officerId }: { clientId: string | null; officerId: string | null },
): Promise<Actor | undefined> {
  if (clientId !== null) {
    const found = await findActiveClient(tx, clientId);
    return found && toActor(found.agency, null, found.client, 'client');
  }
  const found = officerId === null ? undefined : await findActiveOfficer(tx, { id: officerId });
  return found && toActor(found.agency, found.officer, null, 'client');
}

export function findOfficerByCode(deps: TxDeps, code: string) {
  return readTx(deps, asService, (tx) => findActiveOfficer(tx, { code }));
}

/** An active colleague named in a body, else the 422 that is the same for absent and foreign officers. */
export async function requireColleague(tx: Tx, officerId: string, pointer: string): Promise<OfficerRow> {
  const officer = await findColleague(tx, officerId);
  if (!officer)
    throw httpProblems['request.reference_unknown']({}, [{ pointer, code: 'officer.unknown', detail: officerId }]);
  return officer;
}

/** Active agencies named in a body, in the order asked, else a 422 at `pointer`. */
export async function requireAgencies(
  tx: Tx,
  ids: readonly string[],
  pointer: (index: number) => string,
): Promise<AgencyRow[]> {
  const found = new Map((await findAgencies(tx, ids)).map((row) => [row.id, row]));
  return ids.map((id, index) => {
    const agency = found.get(id);
    if (agency?.state !== 'active') {
      throw httpProblems['request.reference_unknown']({}, [
        { pointer: pointer(index), code: 'agency.unknown', detail: id },
      ]);
    }
    return agency;
  });
}

/** Agencies by id, as they are now. */
export async function requireAgencyMap(tx: Tx, ids: readonly string[]): Promise<(id: string) => AgencyRow> {
  const rows = new Map((await findAgencies(tx, ids)).map((row) => [row.id, row]));
  return (id) => {
    const row = rows.get(id);
    if (!row) throw new Error(`agency ${id} is missing`);
    return row;
  };
}

export type AgencyRefView = { id: string; code: string; name: string };

/** Names of agencies as a view shows them. */
export async function agencyRefs(tx: Tx, ids: readonly string[]): Promise<(id: string) => AgencyRefView> {
  const rowOf = await requireAgencyMap(tx, ids);
  return (id) => {
    const { code, name } = rowOf(id);
    return { id, code, name };
  };
}

export type OfficerRefView = { id: string; code: string; name: string };

/** Officers that stand in a view, by id: who acted is part of the record, seen by all who see the record. */
export async function requireOfficerMap(
  tx: Tx,
  ids: readonly (string | null)[],
): Promise<(id: string) => OfficerRefView> {
  const wanted = ids.filter((id) => id !== null);
  const rows = new Map((await findOfficers(tx, wanted)).map(({ id, code, name }) => [id, { id, code, name }]));
  return (id) => {
    const row = rows.get(id);
    if (!row) throw new Error(`officer ${id} is missing`);
    return row;
  };
}
