// Asserts what the container papers promise (trust.md X-02): no root, no writable root, no capability, no secret in a literal.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SETTINGS as ALL_SETTINGS, readConfig } from '../../src/platform/config.ts';
import { SETTINGS } from '../../src/platform/db/embedded/server-settings.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

type Instruction = { name: string; value: string };
type Service = {
  image?: string;
  user?: string;
  read_only?: boolean;
  privileged?: boolean;
  cap_add?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  tmpfs?: string[];
  pids_limit?: number;
  mem_limit?: string;
  cpus?: number;
  profiles?: string[];
  command?: unknown;
  ports?: string[];
  volumes?: string[];
  networks?: string[];
  environment?: Record<string, string>;
  secrets?: (string | { source: string; target: string })[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
};
type Compose = {
  services: Record<string, Service>;
  secrets: Record<string, { file?: string }>;
  networks: Record<string, { internal?: boolean } | null>;
};

/** The instructions of a Dockerfile: comments dropped, continued lines joined. */
function instructions(text: string): Instruction[] {
  const joined = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n/g, ' ');
  const lines = joined.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, name = '', value = ''] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
    return { name, value };
  });
}

const dockerfile = instructions(read('Dockerfile'));
const last = (name: string) => dockerfile.findLast((instruction) => instruction.name === name)?.value ?? '';
const all = (name: string) => dockerfile.filter((instruction) => instruction.name === name).map(({ value }) => value);

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const own = services.filter(([, service]) => service.image === 'judicial-assistance:local');
const live = services.filter(([, service]) => service.profiles === undefined);
const sandbox = services.filter(([, service]) => service.profiles?.includes('sandbox'));

/** Every name that the code asks the environment for. */
function settingsRead(): Set<string> {
  const asked = new Set<string>();
  const record = (_target: object, name: string | symbol) => {
    asked.add(String(name));
    return name === 'DOCUMENT_STORE' ? 's3' : undefined;
  };
  // The store's own settings are asked for where one was chosen; that they are missing is told after all were asked.
  expect(() => readConfig(new Proxy({}, { get: record }))).toThrow(/S3_ENDPOINT/);
  return asked;
}

describe('Dockerfile', () => {
  test('builds in stages on one slim Node 24 base that a build argument can pin by digest', () => {
    expect(all('ARG')).toContain('NODE_IMAGE=docker.io/library/node:24-bookworm-slim');
    expect(all('FROM').map((value) => value.replace(/\W/g, ' ').trim())).toEqual([
      'NODE_IMAGE  AS dependencies',
      'NODE_IMAGE  AS service',
    ]);
  });

  test('installs from the lock, without development or optional packages and without install scripts', () => {
    expect(all('RUN').join('\n')).toContain('npm ci --omit=dev --omit=optional --ignore-scripts');
  });

  test('ends as a numeric user that is not root', () => {
    expect(last('USER')).toBe('65532:65532');
  });

  test('starts Node itself, in exec form, and stops it with SIGTERM', () => {
    expect(JSON.parse(last('CMD'))).toEqual(['node', 'src/bin/server.ts']);
    expect(all('ENTRYPOINT')).toEqual([]);
    expect(last('STOPSIGNAL')).toBe('SIGTERM');
  });

  test('checks its health with Node, in exec form, against /readyz', () => {
    const command: unknown = JSON.parse(last('HEALTHCHECK').replace(/^.*?CMD\s+/, ''));
    expect(command).toEqual(['node', '-e', expect.stringContaining('/readyz')]);
    expect(last('HEALTHCHECK')).not.toMatch(/curl|wget/);
  });

  test('is production unless told otherwise and carries no secret', () => {
    expect(last('ENV')).toContain('NODE_ENV=production');
    expect([...all('ENV'), ...all('ARG')].join('\n')).not.toMatch(/SECRET|PASSWORD|TOKEN|KEK|DATABASE_URL/);
  });

  test('takes into its context only what .dockerignore names', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    const admitted = lines.slice(1).map((line) => line.replace(/^!/, ''));
    const copied = all('COPY')
      .filter((value) => !value.startsWith('--from'))
      .flatMap((value) => value.split(/\s+/).slice(0, -1));
    expect(new Set(copied)).toEqual(new Set(admitted));
  });
});

describe('docker-compose.yml', () => {
  test.each(services)('%s is confined', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.cap_add ?? []).toEqual([]);
    expect(service.privileged ?? false).toBe(false);
    expect(service.user).toMatch(/^(65532:65532|postgres)$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.cpus).toBeGreaterThan(0);
    expect(service.tmpfs?.some((mount) => mount.startsWith('/tmp:'))).toBe(true);
    for (const mount of service.tmpfs ?? []) expect(mount).toMatch(/noexec,nosuid,nodev/);
    expect(JSON.stringify(service.volumes ?? [])).not.toContain('docker.sock');
  });

  test.each(services)('%s keeps secrets out of its environment', (_name, service) => {
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      expect(`${name}=${value}`).not.toMatch(/postgres(ql)?:\/\/|BEGIN .*KEY/);
      if (/PASSWORD|SECRET|TOKEN|KEK|DATABASE.*URL/.test(name)) {
        expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)]);
      }
    }
  });

  test.each(services)('%s is known to be well by a check without curl, or is a job', (name, service) => {
    if (name.endsWith('migrate')) {
      expect(service).toMatchObject({ healthcheck: { disable: true } });
    } else if (name.endsWith('db')) {
      expect(service.healthcheck?.test?.slice(0, 2)).toEqual(['CMD', 'pg_isready']);
    } else if (name.endsWith('worker')) {
      expect(service.healthcheck?.test).toEqual(['CMD', 'node', '-e', expect.stringContaining('/readyz')]);
    } else {
      expect(service.healthcheck).toBeUndefined(); // the image's own check holds
    }
  });

  test.each(own)('%s starts Node after its database, and leaves the jobs to the worker', (name, service) => {
    const program = /(migrate|worker)$/.exec(name)?.[1];
    expect(service.command).toEqual(
      program ? ['node', `src/bin/${program}.ts`] : ['node', 'src/bin/server.ts', '--no-worker'],
    );
    const conditions = Object.values(service.depends_on ?? {}).map(({ condition }) => condition);
    expect(conditions).toContain('service_healthy');
  });

  test.each(own)('%s is given only settings that the code reads', (_name, service) => {
    expect([...settingsRead()]).toEqual(expect.arrayContaining(Object.keys(service.environment ?? {})));
  });

  test.each(own)('%s finds each file of its settings among its secrets', (_name, service) => {
    const mounted = (service.secrets ?? []).map((secret) => (typeof secret === 'string' ? secret : secret.target));
    const files = Object.entries(service.environment ?? {}).filter(
      // Issuers are no secret: their file lies in /config, where there is one.
      ([name]) => name.endsWith('_FILE') && name !== 'ISSUERS_FILE',
    );
    expect(mounted).toEqual(expect.arrayContaining(files.map(([, value]) => value.slice('/run/secrets/'.length))));
  });

  test('every setting of the README can be given to server and worker', () => {
    // The image says them: another port inside would be no other port outside.
    const ofImage = ['HOST', 'PORT', 'METRICS_PORT'];
    for (const name of ofImage) expect(last('ENV')).toContain(`${name}=`);
    const elsewhere: Readonly<Record<string, readonly string[]>> = {
      live: ['SANDBOX', 'SANDBOX_SAMPLES', 'DATABASE_OWNER_URL'],
      sandbox: ['DATABASE_OWNER_URL'],
    };
    const wanted = ALL_SETTINGS.filter((name) => !ofImage.includes(name));
    for (const [name, { environment = {} }] of own.filter(([service]) => /server|worker|sandbox$/.test(service))) {
      const shape = name.startsWith('sandbox') ? 'sandbox' : 'live';
      const given = (setting: string) => setting in environment || `${setting}_FILE` in environment;
      const absent = wanted.filter((setting) => !given(setting) && !elsewhere[shape]?.includes(setting));
      expect({ name, absent }).toEqual({ name, absent: [] });
      for (const [setting, value] of Object.entries(environment))
        if (value.startsWith('${')) expect(value).toMatch(new RegExp(`^\\$\\{(SANDBOX_)?${setting}:-`));
    }
    expect(compose.services.migrate?.environment).toHaveProperty('DATABASE_OWNER_URL_FILE');
    expect(read('README.md')).toContain('| `AUDIT_EXPORT_DIR` |');
  });

  test('every secret is a file, and every file is made by the script', () => {
    const script = read('scripts/container-secrets.sh');
    for (const { file } of Object.values(compose.secrets)) {
      const [, leaf] = /^\.\/secrets\/(?:live|sandbox)\/(\w+)$/.exec(file ?? '') ?? [];
      expect(script).toContain(`put "$dir/${leaf}"`);
    }
  });

  test('plain `up` is the live shape: production, never a sandbox; only the job holds the owner connection', () => {
    expect(live.map(([name]) => name)).toEqual(['db', 'migrate', 'server', 'worker']);
    for (const [name, { environment = {} }] of live.filter((entry) => own.includes(entry))) {
      expect(environment).toMatchObject({ NODE_ENV: 'production' });
      expect(environment).not.toHaveProperty('SANDBOX');
      expect('DATABASE_OWNER_URL_FILE' in environment).toBe(name === 'migrate');
    }
  });

  test('the sandbox profile says so, is not production and shares no volume or secret with the live shape', () => {
    expect(sandbox).toHaveLength(4);
    for (const [, { environment = {} }] of sandbox.filter((entry) => own.includes(entry))) {
      expect(environment).toMatchObject({ SANDBOX: 'true' });
      expect(environment.NODE_ENV).not.toBe('production');
    }
    const owners = sandbox.filter(([, { environment }]) => environment && 'DATABASE_OWNER_URL_FILE' in environment);
    expect(owners.map(([name]) => name)).toEqual(['sandbox-migrate', 'sandbox']);
    const held = (entries: typeof services) =>
      entries.flatMap(([, service]) => [
        ...(service.volumes ?? []).filter((volume) => !volume.startsWith('./')).map((volume) => volume.split(':')[0]),
        ...(service.secrets ?? []).map((secret) => (typeof secret === 'string' ? secret : secret.source)),
      ]);
    expect(held(live).filter((name) => held(sandbox).includes(name))).toEqual([]);
  });

  test('the database logs no statement, parameter or detail, as the embedded one', () => {
    const quiet = SETTINGS.filter((setting) => /^log_(?!timezone|destination|min_messages|checkpoints)/.test(setting));
    for (const name of ['db', 'sandbox-db']) {
      const given = ((compose.services[name]?.command ?? []) as string[])
        .slice(1)
        .map((text) => text.replace('-c', ''));
      expect(given.toSorted()).toEqual(quiet.toSorted());
    }
  });

  test('ports open on the own machine only, and the databases have no way out', () => {
    for (const [, { ports = [] }] of services) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const [, { networks = [] }] of services.filter(([name]) => name.endsWith('db'))) {
      expect(networks.map((name) => compose.networks[name]?.internal)).toEqual([true]);
    }
  });
});
