// Who acts: an officer of an agency, or a client of it; and the scope that decides what it can see.

export type AgencyKind =
  | 'procuratorate'
  | 'womens_federation'
  | 'education'
  | 'civil_affairs'
  | 'human_resources'
  | 'rural_revitalization'
  | 'medical_security'
  | 'trade_union'
  | 'youth_league'
  | 'disabled_federation'
  | 'veterans_affairs'
  | 'finance'
  | 'other';

export type AgencyLevel = 'province' | 'city' | 'county' | 'township';

/** `noun:verb`, declared on every route and granted to roles. */
export type Permission = `${string}:${string}`;

export type ActorAgency = {
  id: string;
  code: string;
  name: string;
  kind: AgencyKind;
  level: AgencyLevel;
  regionCode: string;
};

export type Actor = {
  /** `personKey` is the human being: four-eyes rules compare it, never the officer id. */
  officer: { id: string; code: string; name: string; roles: readonly string[]; personKey: string } | null;
  client: { id: string } | null;
  agency: ActorAgency;
  permissions: ReadonlySet<string>;
  /** What stands behind the token (`acr`): `client`, `vouched`, `officer_key`, `sandbox`, or the word of an outside issuer. */
  factor: string;
  /** Ids of records of people who are kept from this officer: for them they are not there (ADR 0023). */
  keptFrom?: ReadonlySet<string>;
  /** SHA-256 of the certificate the token is bound to (RFC 8705). */
  certificate?: string;
};

/** What a system can make by itself for any officer of its agency: no decision rests on it (S-21). */
const FORGEABLE: readonly string[] = ['client', 'vouched'];

/** True when the person was there, as far as the service can know. */
export const inPerson = (actor: Actor): boolean => actor.officer !== null && !FORGEABLE.includes(actor.factor);

/** The agency id under which fact handlers and the worker see everything; every resource has an access row for it. */
export const SYSTEM_SCOPE = '00000000-0000-0000-0000-000000000000';

export function may(actor: Actor, permission: Permission): boolean {
  return actor.permissions.has(permission);
}

/** True when both acts were done by the same human, whatever the credential. */
export function samePerson(actor: Actor, personKey: string | null): boolean {
  return actor.officer !== null && personKey !== null && actor.officer.personKey === personKey;
}
