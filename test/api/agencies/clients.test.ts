// Clients: the secret is shown once, two are good while systems change over, suspension ends at once (S-07, S-09, S-18).
import { expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';

const service = useService();

async function agencyOf(officer: string): Promise<string> {
  return String(((await service.api.get(officer, '/v1/me')).body.agency as Json).id);
}

async function added(over: Json = {}) {
  const input = { agencyId: await agencyOf('wf.heping'), name: '妇联业务系统', roles: ['wf_officer'], ...over };
  return service.api.create('admin', '/v1/clients', input);
}

async function token(id: unknown, secret: unknown): Promise<{ status: number; token: string }> {
  const raw = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: String(id),
    client_secret: String(secret),
  }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, body } = await service.api.request('POST', '/v1/oauth/token', { raw, headers });
  return { status, token: String(body.access_token) };
}

const me = (bearer: string) => service.api.request('GET', '/v1/me', { headers: { authorization: `Bearer ${bearer}` } });

test('a client is added with a secret that is never shown again', async () => {
  const { api, owner } = service;
  const made = await added();
  expect(made).toMatchObject({ status: 201, body: { state: 'active', version: 1, previousSecretExpiresAt: null } });
  const { id, secret } = made.body;
  const issued = await token(id, secret);
  expect((await me(issued.token)).body).toMatchObject({ officer: null, client: { id } });
  const one = await api.get('admin', `/v1/clients/${String(id)}`);
  const list = await api.get('admin', `/v1/clients?agencyId=${await agencyOf('wf.heping')}`);
  const facts = await owner.query('select data from audit_records where type = $1', ['agency.client_created']);
  for (const text of [one.text, list.text, JSON.stringify(facts)]) expect(text).not.toContain(String(secret));
});

test('two secrets are good while the systems change over', async () => {
  const { api } = service;
  const { body: first } = await added();
  const path = `/v1/clients/${String(first.id)}`;
  const second = await api.decide('admin', path, 'secret-rotation', {});
  expect(second.status).toBe(200);
  expect(second.body.previousSecretExpiresAt).not.toBeNull();
  const third = await api.decide('admin', path, 'secret-rotation', { overlapHours: 12 });
  const status = async (secret: unknown) => (await token(first.id, secret)).status;
  expect(await status(first.secret)).toBe(401);
  expect(await status(second.body.secret)).toBe(200);
  expect(await status(third.body.secret)).toBe(200);
  const last = await api.decide('admin', path, 'secret-rotation', { overlapHours: 0 });
  expect(last.body.previousSecretExpiresAt).toBeNull();
  expect(await status(third.body.secret)).toBe(401);
  expect(await status(last.body.secret)).toBe(200);
});

test('a former secret ends when its time is over', async () => {
  const { body: first } = await added();
  await service.api.decide('admin', `/v1/clients/${String(first.id)}`, 'secret-rotation', {});
  expect((await token(first.id, first.secret)).status).toBe(200);
  await service.owner.query(
    `update clients set previous_secret_expires_at = now() - interval '1 second' where id = $1`,
    [first.id],
  );
  expect((await token(first.id, first.secret)).status).toBe(401);
});

test('a suspended client is nobody at once, and comes back', async () => {
  const { api } = service;
  const { body } = await added();
  const path = `/v1/clients/${String(body.id)}`;
  const bearer = (await token(body.id, body.secret)).token;
  expect((await me(bearer)).status).toBe(200);
  expect((await api.decide('admin', path, 'suspension')).body.state).toBe('suspended');
  expect((await me(bearer)).status).toBe(401);
  expect((await token(body.id, body.secret)).status).toBe(401);
  expect(await api.decide('admin', path, 'secret-rotation', {})).toMatchObject({
    status: 409,
    body: { code: 'client.suspended' },
  });
  expect((await api.decide('admin', path, 'reinstatement')).body.state).toBe('active');
  expect((await me(bearer)).status).toBe(200);
});

test('roles must fit the kind of agency; others than administrators see no clients', async () => {
  const { api } = service;
  expect(await added({ roles: ['chief'] })).toMatchObject({ status: 422, body: { errors: [{ code: 'role.unfit' }] } });
  expect((await added({ agencyId: '0198c2a4-7f00-7000-8000-000000000001' })).status).toBe(422);
  for (const officer of ['wf.heping', 'head.heping', 'auditor.liaoning'])
    expect((await api.get(officer, '/v1/clients')).status).toBe(403);
});
