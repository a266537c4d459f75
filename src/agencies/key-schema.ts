// Wire shapes of keys, credentials and grants of roles; only public halves ever come here (RFC 7517).
import { type Static, Type } from 'typebox';
import { Closed, Id, Instant, Literals, Nullable, named, pageOf, pageQuery } from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import type { ClientKeyRow } from './client-key-repository.ts';
import { versionOf } from './client-keys.ts';
import type { CredentialRow } from './credential-repository.ts';
import type { PublicJwk } from './jws.ts';
import type { RoleGrantRow } from './role-grant-repository.ts';

const coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', maxLength: 43 });
const Jwk = named(
  'PublicJwk',
  Type.Unsafe<PublicJwk>({
    anyOf: [
      Closed({ kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: coordinate, y: coordinate }),
      Closed({ kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: coordinate }),
      Closed({
        kty: Type.Literal('RSA'),
        n: Type.String({ pattern: '^[A-Za-z0-9_-]{342,683}$', maxLength: 683 }),
        e: Type.Literal('AQAB'),
      }),
    ],
    description: 'public half only: P-256 (ES256), Ed25519 (EdDSA) or RSA of 2048 to 4096 bits (PS256)',
  }),
);
const Algorithm = Type.String({ maxLength: 10, examples: ['ES256'], description: 'of its assertions' });
const validDays = Type.Optional(Type.Integer({ minimum: 1, maximum: 730, default: 365 }));
const Kid = Type.String({ maxLength: 43, description: 'RFC 7638 thumbprint: the `kid` of assertions' });

export const KeyParams = Closed({ id: Id, keyId: Id });
export const KeyInputSchema = named('KeyInput', Closed({ publicKey: Jwk, validDays }));
export const ClientKeyView = named(
  'ClientKey',
  Closed({
    id: Id,
    kid: Kid,
    algorithm: Algorithm,
    publicKey: Jwk,
    expiresAt: Instant,
    removedAt: Nullable(Instant),
    confirmedAt: Nullable(Instant),
    version: Type.Integer({ minimum: 1 }),
    createdAt: Instant,
  }),
);
export const ClientKeyPage = pageOf('ClientKeyPage', ClientKeyView);
export const KeyQuery = Type.Object(pageQuery);
export const CertificateBody = named(
  'ClientCertificateBinding',
  Closed({
    thumbprint: Nullable(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{43}$',
        maxLength: 43,
        description: 'x5t#S256 (RFC 8705); null ends the binding',
      }),
    ),
  }),
);

export function toClientKeyView(key: ClientKeyRow): Static<typeof ClientKeyView> {
  const { id, algorithm, publicJwk: publicKey, thumbprint: kid } = key;
  const times = { expiresAt: key.expiresAt.toISOString(), createdAt: key.createdAt.toISOString() };
  return {
    id,
    kid,
    algorithm,
    publicKey,
    ...times,
    removedAt: key.removedAt?.toISOString() ?? null,
    confirmedAt: key.confirmedAt?.toISOString() ?? null,
    version: versionOf(key),
  };
}

export const CredentialParams = Closed({ id: Id, officerId: Id, credentialId: Id });
const subject = Type.String({ minLength: 1, maxLength: 500 });
const issuer = Type.String({ format: 'uri', maxLength: 500 });
export const CredentialInputSchema = named(
  'OfficerCredentialInput',
  Type.Unsafe<{ publicKey: PublicJwk; validDays?: number } | { issuer: string; subject: string; validDays?: number }>({
    anyOf: [Closed({ publicKey: Jwk, validDays }), Closed({ issuer, subject, validDays })],
    description: 'a key of the officer, or who the officer is to a configured outside issuer',
  }),
);
export const CredentialView = named(
  'OfficerCredential',
  Closed({
    id: Id,
    officerId: Id,
    kind: Literals(enumValues('credential-kinds')),
    state: Literals(enumValues('credential-states')),
    kid: Nullable(Kid),
    algorithm: Nullable(Algorithm),
    publicKey: Nullable(Jwk),
    issuer: Nullable(issuer),
    subject: Nullable(subject),
    expiresAt: Instant,
    version: Type.Integer({ minimum: 1 }),
    createdAt: Instant,
    updatedAt: Instant,
  }),
);
export const CredentialPage = pageOf('OfficerCredentialPage', CredentialView);

export function toCredentialView(row: CredentialRow): Static<typeof CredentialView> {
  const { id, officerId, kind, state, algorithm, publicJwk: publicKey, thumbprint: kid, version } = row;
  return {
    ...{ id, officerId, kind, state, kid, algorithm, publicKey, issuer: row.issuer, subject: row.subject, version },
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

const Role = Literals(enumValues('officer-roles'));
export const RoleGrantParams = Closed({ id: Id });
export const RoleGrantInput = named(
  'RoleGrantInput',
  Closed({ roles: Type.Array(Role, { minItems: 1, maxItems: 10, uniqueItems: true }) }),
);
export const RoleGrantView = named(
  'RoleGrant',
  Closed({
    id: Id,
    agencyId: Id,
    officerId: Nullable(Id),
    clientId: Nullable(Id),
    clientKeyId: Nullable(Id),
    roles: Type.Array(Role, { maxItems: 20 }),
    state: Literals(enumValues('role-grant-states')),
    proposedByOfficerId: Id,
    decidedByOfficerId: Nullable(Id),
    version: Type.Integer({ minimum: 1 }),
    createdAt: Instant,
    updatedAt: Instant,
  }),
);
export const RoleGrantPage = pageOf('RoleGrantPage', RoleGrantView);
export const RoleGrantQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(enumValues('role-grant-states'))),
  agencyId: Type.Optional(Id),
  officerId: Type.Optional(Id),
  clientId: Type.Optional(Id),
});

export function toRoleGrantView(row: RoleGrantRow): Static<typeof RoleGrantView> {
  const { id, agencyId, officerId, clientId, clientKeyId, state, proposedByOfficerId, decidedByOfficerId, version } =
    row;
  return {
    ...{ id, agencyId, officerId, clientId, clientKeyId, state, proposedByOfficerId, decidedByOfficerId, version },
    roles: row.roles as Static<typeof RoleGrantView>['roles'],
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
