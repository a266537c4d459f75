// Wire shapes of clients: the secret is shown once, where it was made; nobody can read it again.
import { type Static, Type } from 'typebox';
import { Closed, Id, Instant, Literals, Nullable, named, pageOf, pageQuery, Text } from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import type { ClientRow } from './client-repository.ts';
import type { Issued } from './clients.ts';
import { DIRECTORY_STATES } from './schema.ts';

const ClientRole = Literals(enumValues('officer-roles'));
const shown = {
  id: { ...Id, description: 'client_id of the token request' },
  agencyId: Id,
  name: Text(100),
  roles: Type.Array(ClientRole, { maxItems: 20 }),
  state: Literals(DIRECTORY_STATES),
  secretExpiresAt: Instant,
  previousSecretExpiresAt: Nullable({ ...Instant, description: 'until then the former secret is good as well' }),
  secretUsedAt: Nullable({ ...Instant, description: 'last use, to the hour' }),
  certificateThumbprint: Nullable(
    Type.String({ maxLength: 43, description: 'x5t#S256 of the certificate its tokens are bound to' }),
  ),
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant,
};

export const ClientView = named('Client', Closed(shown));
export const ClientPage = pageOf('ClientPage', ClientView);
export const IssuedClientView = named(
  'ClientWithSecret',
  Closed({ ...shown, secret: Type.String({ maxLength: 100, description: 'client_secret; shown once' }) }),
);
export const ClientQuery = Type.Object({
  ...pageQuery,
  agencyId: Type.Optional(Id),
  state: Type.Optional(Literals(DIRECTORY_STATES)),
});
export const ClientInput = named(
  'ClientInput',
  Closed({
    agencyId: Id,
    name: Text(100),
    roles: Type.Array(ClientRole, { minItems: 1, maxItems: 10, uniqueItems: true }),
  }),
);
export const RotationBody = named(
  'ClientSecretRotation',
  Closed({
    overlapHours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 720,
        default: 24,
        description: 'how long the former secret stays good; 0 ends it at once',
      }),
    ),
  }),
);

export function toClientView(client: ClientRow): Static<typeof ClientView> {
  const { id, agencyId, name, state, version } = client;
  return {
    ...{ id, agencyId, name, state, version },
    roles: client.roles as Static<typeof ClientView>['roles'],
    secretExpiresAt: client.secretExpiresAt.toISOString(),
    previousSecretExpiresAt: client.previousSecretExpiresAt?.toISOString() ?? null,
    secretUsedAt: client.secretUsedAt?.toISOString() ?? null,
    certificateThumbprint: client.certificateThumbprint,
    createdAt: client.createdAt.toISOString(),
    updatedAt: client.updatedAt.toISOString(),
  };
}

export function toIssuedView({ client, secret }: Issued): Static<typeof IssuedClientView> {
  return { ...toClientView(client), secret };
}
