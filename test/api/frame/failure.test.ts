// When the database is busy, slow or gone: 503 with Retry-After, never a 500, and full recovery (R-2, R-4, R-5, S-37).
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { startService, useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';
import { headerFaults } from '../../support/sweep.ts';

const service = useService({ poolSize: 3 });

function expectBusy(answer: Answer): void {
  expect(answer.status).toBe(503);
  expect(['service.busy', 'service.unavailable']).toContain(answer.body.code);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(headerFaults(answer)).toEqual([]);
  expect(answer.text).not.toMatch(/select|insert|postgres|127\.0\.0\.1|\/src\/|node_modules|ECONN|pg_/i);
}

describe('pool exhaustion', () => {
  test('answers 503 within the time to get a connection, stays alive, and recovers at once', async () => {
    await service.api.token('wf.heping');
    await service.api.get('wf.heping', '/v1/me');
    const held = await Promise.all(Array.from({ length: 3 }, () => service.pool.connect()));
    const started = performance.now();
    const answers = await Promise.all([
      service.api.get('wf.heping', '/v1/clues'),
      service.api.create('wf.heping', '/v1/clues', sampleClue()),
      service.api.request('GET', '/readyz'),
    ]);
    expect(performance.now() - started).toBeLessThan(10_000);
    for (const answer of answers) expectBusy(answer);
    expect((await service.api.request('GET', '/livez')).status).toBe(200);
    for (const connection of held) connection.release();
    expect((await service.api.get('wf.heping', '/v1/clues')).status).toBe(200);
    expect((await service.api.request('GET', '/readyz')).status).toBe(200);
  });

  test('the log names the place and the code of the error, and no value of the request', async () => {
    const lines = service.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every((line) => line.status === 503 && typeof line.requestId === 'string')).toBe(true);
    expect(service.logLines.join('')).not.toMatch(/李秀兰|2101021985|13812345678/);
  });
});

describe('a record that somebody else is changing', () => {
  test('is 503 after the lock time-out, and nothing is written', async () => {
    const made = await service.api.create('wf.heping', '/v1/clues', sampleClue());
    const path = `/v1/clues/${String(made.body.id)}`;
    await withClient(service.database.ownerUrl, async (client) => {
      await client.query('begin');
      await client.query('select 1 from clues where id = $1 for update', [made.body.id]);
      expectBusy(await service.api.decide('wf.heping', path, 'withdrawal'));
      await client.query('rollback');
    });
    expect((await service.api.get('wf.heping', path)).body).toMatchObject({ state: 'submitted', version: 1 });
    expect((await service.api.decide('wf.heping', path, 'withdrawal')).status).toBe(200);
  });
});

describe('limits of every connection', () => {
  test('statement, lock and idle time-outs are set', async () => {
    const [row] = await service.pool.query(
      `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle, current_setting('timezone') as zone`,
    );
    expect(row).toEqual({ statement: '5s', lock: '2s', idle: '10s', zone: 'UTC' });
  });

  test('a statement that takes too long is 503, not 500', async () => {
    const slow = await startService({ database: service.database, poolSize: 2 });
    try {
      await withClient(service.database.ownerUrl, async (client) => {
        await client
          .query(`alter role ja_app in database ${service.database.name} set statement_timeout = '1ms'`)
          .catch(() => undefined);
        await client.query('begin');
        await client.query('lock table clues in access exclusive mode');
        expectBusy(await slow.api.get('wf.heping', '/v1/clues'));
        await client.query('rollback');
      });
    } finally {
      await slow.stop();
    }
  });
});

describe('the database goes away', () => {
  test('connections that are cut are 503 or served anew; no request is a 500 and the process lives', async () => {
    const cut = () =>
      withClient(service.database.superUrl, (client) =>
        client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
          [service.database.name],
        ),
      );
    const work = async (i: number) => {
      const answer =
        i % 3 === 0
          ? await service.api.create('wf.heping', '/v1/clues', sampleClue())
          : await service.api.get('wf.heping', '/v1/clues?limit=1');
      return answer;
    };
    const running = Array.from({ length: 30 }, (_, i) => work(i));
    await cut();
    await cut();
    for (const answer of await Promise.all(running)) {
      if (answer.status >= 300) expectBusy(answer);
    }
    expect((await service.api.get('wf.heping', '/v1/clues')).status).toBe(200);
  });

  test('no connection at all is 503 everywhere that needs one, and recovery needs no restart', async () => {
    const { superUrl, name } = service.database;
    await withClient(superUrl.replace(`/${name}`, '/postgres'), async (client) => {
      await client.query(`alter database ${name} allow_connections false`);
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [name]);
    });
    expectBusy(await service.api.get('wf.heping', '/v1/clues'));
    expectBusy(await service.api.create('wf.heping', '/v1/clues', sampleClue()));
    expectBusy(await service.api.request('GET', '/readyz'));
    expectBusy(await service.api.request('POST', '/v1/sandbox/tokens', { body: { officer: 'wf.heping' } }));
    expect((await service.api.request('GET', '/livez')).status).toBe(200);
    await withClient(superUrl.replace(`/${name}`, '/postgres'), async (client) => {
      await client.query(`alter database ${name} allow_connections true`);
    });
    expect((await service.api.get('wf.heping', '/v1/clues')).status).toBe(200);
  });
});
