// Configuration lists every problem at once and reads secrets from files; the log lets nothing out that is not listed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { DrizzleQueryError } from 'drizzle-orm';
import { ConfigError, readConfig } from '../../src/platform/config.ts';
import { createLog, errorFields, type LogFields } from '../../src/platform/log.ts';

const directory = mkdtempSync(join(tmpdir(), 'frame-settings-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('configuration', () => {
  test('an empty environment is a sandbox on this machine', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      metricsPort: 9464,
      publicUrl: 'http://127.0.0.1:3000',
      sandbox: true,
      production: false,
      docs: 'public',
    });
  });

  test('every problem is listed at once', () => {
    const found = problemsOf({
      PORT: '70000',
      METRICS_PORT: 'x',
      LOG_LEVEL: 'loud',
      DOCS: 'maybe',
      PUBLIC_URL: 'service.example',
      DATABASE_URL: 'mysql://x',
      POOL_SIZE: '1.5',
      SANDBOX: 'yes',
    });
    const names = [
      'PORT',
      'METRICS_PORT',
      'LOG_LEVEL',
      'DOCS',
      'PUBLIC_URL',
      'DATABASE_URL',
      'POOL_SIZE',
      'SANDBOX',
      'KEK_FILE',
    ];
    for (const name of names) expect(found.some((line) => line.startsWith(`${name} `))).toBe(true);
    expect(found).toHaveLength(names.length);
  });

  test('production needs a database, a public address, a master key, and is never a sandbox', () => {
    const found = problemsOf({ NODE_ENV: 'production', SANDBOX: 'true' }).join('\n');
    expect(found).toMatch(/DATABASE_URL is required/);
    expect(found).toMatch(/PUBLIC_URL is required/);
    expect(found).toMatch(/SANDBOX=true is not allowed/);
    expect(problemsOf({ NODE_ENV: 'production' }).join('\n')).toMatch(/KEK_FILE is required/);
    expect(problemsOf({ NODE_ENV: 'production' }).join('\n')).toMatch(/DATA_DIR is required .* DOCUMENT_STORE=s3/);
    const live = {
      DATABASE_URL: 'postgres://u:p@db/x',
      PUBLIC_URL: 'https://aid.example/api/',
      KEK_FILE: '/run/kek',
      DATA_DIR: '/data',
    };
    expect(readConfig({ NODE_ENV: 'production', ...live })).toMatchObject({
      sandbox: false,
      docs: 'off',
      publicUrl: 'https://aid.example/api',
      kekFile: '/run/kek',
    });
  });

  test('an S3 store needs its address, bucket and both keys; the secret may come from a file', () => {
    expect(problemsOf({ DOCUMENT_STORE: 's3' })).toEqual(
      ['S3_BUCKET', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'].map(
        (name) => `${name} is required when DOCUMENT_STORE=s3.`,
      ),
    );
    const file = join(directory, 's3-secret');
    writeFileSync(file, 'kept-in-a-file\n');
    const s3 = {
      S3_ENDPOINT: 'http://store:9000',
      S3_BUCKET: 'aid',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY_FILE: file,
    };
    expect(readConfig({ DOCUMENT_STORE: 's3', ...s3 }).s3).toEqual({
      endpoint: 'http://store:9000',
      bucket: 'aid',
      region: 'us-east-1',
      accessKeyId: 'id',
      secretAccessKey: 'kept-in-a-file',
    });
    expect(readConfig(s3).s3).toBeUndefined();
    expect(problemsOf({ SCANNER_URL: 'http://clamd:3310' })).toEqual([
      'SCANNER_URL must be a URL that starts with tcp://.',
    ]);
  });

  test('any value may come from a file; both at once or an unreadable file is a problem', () => {
    const file = join(directory, 'url');
    writeFileSync(file, 'postgres://u:secret@db/x\n');
    const kek = { KEK_FILE: '/run/kek' };
    expect(readConfig({ DATABASE_URL_FILE: file, ...kek }).databaseUrl).toBe('postgres://u:secret@db/x');
    expect(problemsOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://a/b', ...kek })).toEqual([
      'DATABASE_URL and DATABASE_URL_FILE are both set: keep one of them.',
    ]);
    expect(problemsOf({ DATABASE_URL_FILE: join(directory, 'absent') })).toEqual([
      'DATABASE_URL_FILE names a file that cannot be read.',
    ]);
  });

  test('a problem never repeats the value, which may be a secret', () => {
    const found = problemsOf({ DATABASE_URL: 'hunter2://canary', PORT: 'canary', LOG_LEVEL: 'canary' });
    expect(found).toHaveLength(4);
    expect(found.join()).not.toMatch(/canary|hunter2/);
  });
});

describe('the log', () => {
  const lines: string[] = [];
  const log = createLog(
    'info',
    (line) => void lines.push(line),
    () => new Date('2026-03-02T01:00:00Z'),
  );
  const written = () => lines.splice(0).join('');

  test('drops what is not on the list', () => {
    const fields = { status: 500, idNumber: '210102198503154321', body: 'canary', name: 'canary' } as LogFields;
    log.info('request failed', fields);
    expect(JSON.parse(written())).toEqual({
      time: '2026-03-02T01:00:00.000Z',
      level: 'info',
      message: 'request failed',
      status: 500,
    });
  });

  test('is one JSON object a line, whatever is in the values', () => {
    log.warn('a\nb\r\u2028', { route: '/x\n{"level":"error"}', code: '\u001b[31m"', method: 'GET' });
    const text = written();
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ level: 'warn', route: '/x\n{"level":"error"}' });
    expect(text).not.toContain('\u001b');
  });

  test('keeps silent below its level', () => {
    log.debug('quiet');
    expect(written()).toBe('');
  });

  test('of an error only class, code and place in our own source leave, never its message or parameters', () => {
    const cause = Object.assign(new Error('duplicate key value (canary)'), { code: '23505', detail: 'canary' });
    for (const error of [
      new Error('canary 210102198503154321'),
      new DrizzleQueryError('insert into x values ($1) canary', ['canary'], cause),
      Object.assign(new TypeError('canary'), { code: 42 }),
      'canary',
      { message: 'canary' },
      null,
    ]) {
      log.error('failed', errorFields(error));
    }
    const text = written();
    expect(text).not.toMatch(/canary|2101021985/);
    expect(text.trim().split('\n')).toHaveLength(6);
  });
});

describe('the place of an error', () => {
  test('is never taken from its message', () => {
    const forged = new Error('李秀兰\n    at 李秀兰 (/src/李秀兰.ts:1:1)');
    expect(JSON.stringify(errorFields(forged))).not.toContain('李秀兰');
    const changed = Object.assign(new Error('a\n    at b (/src/李秀兰.ts:1:1)'), { message: 'else' });
    expect(JSON.stringify(errorFields(changed))).not.toContain('李秀兰');
  });
});
