// Wire shapes of tokens and of what is published about them (RFC 6749, RFC 7517, RFC 8414).
import { Type } from 'typebox';
import { Closed, Literals, named } from '../platform/http/schema.ts';

export const TokenView = named(
  'AccessToken',
  Closed({
    access_token: Type.String({ maxLength: 4096 }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ minimum: 1, description: 'seconds' }),
  }),
);

export const TokenRequest = named(
  'TokenRequest',
  Closed({
    grant_type: Type.String({ minLength: 1, maxLength: 100, examples: ['client_credentials'] }),
    client_id: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'or HTTP Basic' })),
    client_secret: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'or HTTP Basic' })),
    scope: Type.Optional(Type.String({ maxLength: 1000, description: 'ignored: permissions follow the client' })),
    audience: Type.Optional(Type.String({ maxLength: 2048, description: 'ignored' })),
    resource: Type.Optional(Type.String({ maxLength: 2048, description: 'ignored' })),
  }),
);

export const KeySetView = named(
  'JsonWebKeySet',
  Closed({
    keys: Type.Array(
      Closed({
        kid: Type.String({ maxLength: 64 }),
        kty: Literals(['EC']),
        crv: Literals(['P-256']),
        x: Type.String({ maxLength: 64 }),
        y: Type.String({ maxLength: 64 }),
        alg: Literals(['ES256']),
        use: Literals(['sig']),
      }),
      { maxItems: 20 },
    ),
  }),
);

const names = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 10 });

export const ServerMetadataView = named(
  'AuthorizationServerMetadata',
  Closed({
    issuer: Type.String({ format: 'uri', maxLength: 2048 }),
    token_endpoint: Type.String({ format: 'uri', maxLength: 2048 }),
    jwks_uri: Type.String({ format: 'uri', maxLength: 2048 }),
    grant_types_supported: names,
    token_endpoint_auth_methods_supported: names,
    response_types_supported: names,
  }),
);
