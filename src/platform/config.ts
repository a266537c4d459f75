// Configuration from the environment: every problem is listed at once, any value may come from a *_FILE (S-47).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_SETTINGS, type AuditSettings, readAuditSettings } from './audit-settings.ts';
import { DEFAULT_SUITE, SUITES, type SuiteId } from './crypto/suite.ts';
import { FEED_SETTINGS, type FeedSettings, readFeedSettings } from './feed-settings.ts';
import { GATEWAY_SETTINGS, type GatewaySettings, readGateway } from './gateway-settings.ts';
import { type Issuer, parseIssuers } from './issuers.ts';
import { misspelt } from './misspelt.ts';
import type { S3Settings } from './objects/s3.ts';
import { type BulkReadSettings, QUOTA_SETTINGS, type QuotaSettings, readQuotas } from './quota-settings.ts';

type GroupSettings = AuditSettings & GatewaySettings;

export type Config = GroupSettings & {
  host: string;
  port: number;
  metricsPort: number;
  /** A taken metrics port is an error only where it was asked for. */
  metricsPortGiven: boolean;
  publicUrl: string;
  trustProxy: string[];
  /** Where a trusted proxy says which client certificate it has verified. */
  clientCertHeader: string | undefined;
  /** Whose access tokens are accepted besides our own. */
  issuers: readonly Issuer[];
  /** Roles take effect when a second person has confirmed them: always on a live database. */
  roleConfirmation: boolean;
  databaseUrl: string | undefined;
  ownerUrl: string | undefined;
  dataDir: string | undefined;
  sandbox: boolean;
  /** A new sandbox is filled with the sample province. */
  samples: boolean;
  production: boolean;
  logLevel: LogLevel;
  kekFile: string | undefined;
  /** Keys that only open, while a rotation of the master key is under way. */
  kekPreviousFile: string | undefined;
  /** Of new ciphertexts. */
  cryptoSuite: SuiteId;
  docs: 'public' | 'authenticated' | 'off';
  poolSize: number;
  drainDelayMs: number;
  /** Undefined: documents lie in `dataDir`. */
  s3: S3Settings | undefined;
  /** clamd, as `tcp://host:port`; undefined = documents are not scanned. */
  scannerUrl: string | undefined;
  /** Where a province keeps its own letter templates. */
  templatesDir: string | undefined;
  quota: QuotaSettings;
  bulkRead: BulkReadSettings;
} & FeedSettings;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/** Settings with a name of their own; a variable that only resembles one of them is a typing error worth a line. */
export const SETTINGS = [
  'HOST',
  'PORT',
  'METRICS_PORT',
  'PUBLIC_URL',
  'TRUST_PROXY',
  'CLIENT_CERT_HEADER',
  'ISSUERS_FILE',
  'ROLE_CONFIRMATION',
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'DATA_DIR',
  'SANDBOX',
  'SANDBOX_SAMPLES',
  'NODE_ENV',
  'LOG_LEVEL',
  'KEK_FILE',
  'KEK_PREVIOUS_FILE',
  'CRYPTO_SUITE',
  'DOCS',
  'POOL_SIZE',
  'DRAIN_DELAY_MS',
  'DOCUMENT_STORE',
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'SCANNER_URL',
  'TEMPLATES_DIR',
  ...FEED_SETTINGS,
  ...AUDIT_SETTINGS,
  ...GATEWAY_SETTINGS,
  ...QUOTA_SETTINGS,
] as const;
type Setting = (typeof SETTINGS)[number];

function reader(env: Env, problems: string[]) {
  return (name: Setting): string | undefined => {
    const direct = env[name]?.trim() || undefined;
    const file = name.endsWith('_FILE') ? undefined : env[`${name}_FILE`]?.trim() || undefined;
    if (direct && file) problems.push(`${name} and ${name}_FILE are both set: keep one of them.`);
    if (direct || !file) return direct;
    try {
      // An empty file is a setting that was not given, as an empty variable is.
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch {
      problems.push(`${name}_FILE names a file that cannot be read.`);
      return undefined;
    }
  };
}

const list = (text: string | undefined) =>
  (text ?? '')
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '');

type Get = (name: Setting) => string | undefined;
type GetUrl = (name: Setting, protocols: readonly string[]) => string | undefined;

/** All of the S3 settings or none of them matter, by the store that was chosen. */
function readS3(store: 'directory' | 's3', get: Get, url: GetUrl, problems: string[]): S3Settings | undefined {
  if (store === 'directory') return undefined;
  const needed = (name: Setting, value: string | undefined): string => {
    if (value === undefined) problems.push(`${name} is required when DOCUMENT_STORE=s3.`);
    return value ?? '';
  };
  const bucket = needed('S3_BUCKET', get('S3_BUCKET'));
  if (bucket && !/^[a-z0-9][a-z0-9.-]{2,62}$/.test(bucket)) problems.push('S3_BUCKET must be the name of a bucket.');
  return {
    endpoint: needed('S3_ENDPOINT', url('S3_ENDPOINT', ['http:', 'https:'])),
    bucket,
    region: get('S3_REGION') ?? 'us-east-1',
    accessKeyId: needed('S3_ACCESS_KEY_ID', get('S3_ACCESS_KEY_ID')),
    secretAccessKey: needed('S3_SECRET_ACCESS_KEY', get('S3_SECRET_ACCESS_KEY')),
  };
}

function readCertHeader(get: Get, trustProxy: readonly string[], problems: string[]): string | undefined {
  const header = get('CLIENT_CERT_HEADER');
  if (header !== undefined && !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(header))
    problems.push('CLIENT_CERT_HEADER must be the name of a header.');
  if (header !== undefined && trustProxy.length === 0)
    problems.push('CLIENT_CERT_HEADER needs TRUST_PROXY: the header is believed from those addresses only.');
  return header;
}

function readIssuers(get: Get, publicUrl: string, production: boolean, problems: string[]): readonly Issuer[] {
  const file = get('ISSUERS_FILE');
  if (file === undefined) return [];
  try {
    const found = parseIssuers(readFileSync(file, 'utf8'), publicUrl.replace(/\/+$/, ''), production);
    problems.push(...found.problems);
    return found.issuers;
  } catch {
    problems.push('ISSUERS_FILE names a file that cannot be read.');
    return [];
  }
}

export function readConfig(env: Env): Config {
  const problems: string[] = [];
  const get = reader(env, problems);
  const integer = (name: Setting, fallback: number, min: number, max: number): number => {
    const text = get(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max)
      problems.push(`${name} must be a whole number from ${min} to ${max}.`);
    return value;
  };
  const choice = <T extends string>(name: Setting, values: readonly T[], fallback: T): T => {
    const text = get(name);
    if (text === undefined) return fallback;
    if (!values.includes(text as T)) problems.push(`${name} must be one of ${values.join(', ')}.`);
    return text as T;
  };
  const url = (name: Setting, protocols: readonly string[]): string | undefined => {
    const text = get(name);
    if (text !== undefined && !(URL.canParse(text) && protocols.includes(new URL(text).protocol))) {
      problems.push(`${name} must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}.`);
    }
    return text;
  };
  const production = get('NODE_ENV') === 'production';
  const host = get('HOST') ?? '127.0.0.1';
  const port = integer('PORT', 3000, 0, 65_535);
  const databaseUrl = url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const sandboxDefault = databaseUrl === undefined && !production ? 'true' : 'false';
  const sandbox = choice('SANDBOX', ['true', 'false'], sandboxDefault) === 'true';
  const kekFile = get('KEK_FILE');
  if (!sandbox && get('ROLE_CONFIRMATION') === 'false')
    problems.push('ROLE_CONFIRMATION=false is for a sandbox: a live database gives no role by one person alone.');
  if (production && databaseUrl === undefined)
    problems.push(
      'DATABASE_URL is required when NODE_ENV=production: the embedded database is for development and the sandbox.',
    );
  if (production && sandbox)
    problems.push('SANDBOX=true is not allowed when NODE_ENV=production: sandbox tokens need no password.');
  if (!sandbox && kekFile === undefined)
    problems.push(
      'KEK_FILE is required outside the sandbox: a file with 32 random bytes in base64 (openssl rand -base64 32).',
    );
  const publicUrl =
    url('PUBLIC_URL', ['http:', 'https:']) ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (production && get('PUBLIC_URL') === undefined)
    problems.push('PUBLIC_URL is required when NODE_ENV=production: it stands in links and as token issuer.');
  if (production && get('DATA_DIR') === undefined && get('DOCUMENT_STORE') !== 's3')
    problems.push('DATA_DIR is required when NODE_ENV=production, unless DOCUMENT_STORE=s3: documents are kept there.');
  if (production && get('DATA_DIR') === undefined && get('AUDIT_EXPORT_DIR') === undefined)
    problems.push(
      'AUDIT_EXPORT_DIR is required when there is no DATA_DIR: checkpoints of the audit log are kept there.',
    );
  const trustProxy = list(get('TRUST_PROXY'));
  problems.push(...misspelt(env, SETTINGS));
  const config: Config = {
    host,
    port,
    metricsPort: integer('METRICS_PORT', 9464, 0, 65_535),
    metricsPortGiven: get('METRICS_PORT') !== undefined,
    publicUrl: publicUrl.replace(/\/+$/, ''),
    trustProxy,
    clientCertHeader: readCertHeader(get, trustProxy, problems),
    issuers: readIssuers(get, publicUrl, production, problems),
    roleConfirmation: choice('ROLE_CONFIRMATION', ['true', 'false'], sandbox ? 'false' : 'true') === 'true',
    databaseUrl,
    ownerUrl: url('DATABASE_OWNER_URL', ['postgres:', 'postgresql:']),
    dataDir: get('DATA_DIR'),
    sandbox,
    samples: choice('SANDBOX_SAMPLES', ['true', 'false'], 'true') === 'true',
    production,
    logLevel: choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    kekFile,
    kekPreviousFile: get('KEK_PREVIOUS_FILE'),
    cryptoSuite: choice('CRYPTO_SUITE', SUITES, DEFAULT_SUITE),
    docs: choice('DOCS', ['public', 'authenticated', 'off'], production ? 'off' : 'public'),
    poolSize: integer('POOL_SIZE', 10, 2, 200),
    drainDelayMs: integer('DRAIN_DELAY_MS', production ? 5000 : 0, 0, 60_000),
    s3: readS3(choice('DOCUMENT_STORE', ['directory', 's3'], 'directory'), get, url, problems),
    scannerUrl: url('SCANNER_URL', ['tcp:']),
    templatesDir: get('TEMPLATES_DIR'),
    ...readFeedSettings({ get, integer, list }, problems),
    ...readGateway({ list: (name) => list(get(name)), choice }, problems),
    ...readAuditSettings({ get, integer }),
    ...readQuotas({ integer, choice }, sandbox),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** What a migration needs: the owner's connection and the stamp; none of the settings of a server. */
export function readMigrationConfig(env: Env): { ownerUrl: string; setting: string; sandbox: boolean } {
  const problems: string[] = [];
  const get = reader(env, problems);
  const [owner, app] = [get('DATABASE_OWNER_URL'), get('DATABASE_URL')];
  const sandbox = get('SANDBOX') ?? 'false';
  for (const [name, text] of [
    ['DATABASE_OWNER_URL', owner],
    ['DATABASE_URL', app],
  ] as const) {
    if (text !== undefined && !/^postgres(?:ql)?:\/\/./.test(text))
      problems.push(`${name} must start with postgres://.`);
  }
  if (!['true', 'false'].includes(sandbox)) problems.push('SANDBOX must be one of true, false.');
  const ownerUrl = owner ?? app;
  if (ownerUrl === undefined) {
    problems.push(
      'DATABASE_OWNER_URL (or DATABASE_URL) must name the database to migrate; the embedded one is migrated by `npm start`.',
    );
  }
  if (problems.length > 0 || ownerUrl === undefined) throw new ConfigError(problems);
  return { ownerUrl, setting: owner ? 'DATABASE_OWNER_URL' : 'DATABASE_URL', sandbox: sandbox === 'true' };
}

export const kekFileIn = (dataDir: string) => join(dataDir, 'kek');
