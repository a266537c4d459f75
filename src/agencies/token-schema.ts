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
    grant_type: Type.String({
      minLength: 1,
      maxLength: 100,
      examples: ['client_credentials'],
      description: 'client_credentials, or urn:ietf:params:oauth:grant-type:jwt-bearer with `assertion`',
    }),
    assertion: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4096,
        description: 'JWT for an officer: by a key of the client (iss = client id) or of the officer (iss = sub)',
      }),
    ),
    client_assertion_type: Type.Optional(
      Type.String({ maxLength: 100, examples: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'] }),
    ),
    client_assertion: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: 'JWT by a key of the client: iss = sub = client id' }),
    ),
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
    token_endpoint_auth_signing_alg_values_supported: names,
    acr_values_supported: names,
    tls_client_certificate_bound_access_tokens: Type.Boolean(),
    response_types_supported: names,
  }),
);
