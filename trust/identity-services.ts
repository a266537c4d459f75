// Services, clients and requests of the identity probes.
import startDatabase from '../test/support/global-setup.ts';
import { type Service, type ServiceOptions, startService } from '../test/support/start.ts';

export const FORM = 'application/x-www-form-urlencoded';
export type Client = { id: string; secret: string };

export async function withServices<T>(
  options: ServiceOptions[],
  run: (first: Service, ...others: Service[]) => Promise<T>,
): Promise<T> {
  const stopDatabase = await startDatabase();
  const services: Service[] = [];
  try {
    for (const one of options) {
      const database = services[0]?.database;
      services.push(await startService({ ...one, ...(database ? { database } : {}) }));
    }
    const [first, ...others] = services;
    if (!first) throw new Error('no service');
    return await run(first, ...others);
  } finally {
    for (const service of services.reverse()) await service.stop();
    await stopDatabase();
  }
}

export async function makeClient(service: Service, name: string): Promise<Client> {
  const agencyId = String(((await service.api.get('wf.heping', '/v1/me')).body.agency as { id: string }).id);
  const made = await service.api.create('admin', '/v1/clients', { agencyId, name, roles: ['wf_officer'] });
  if (made.status !== 201) throw new Error(made.text);
  return { id: String(made.body.id), secret: String(made.body.secret) };
}

/** Over a socket, as from `source` behind a trusted proxy. */
export async function ask(service: Service, { id, secret }: Client, source: string): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  return fetch(`${service.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': FORM, 'x-forwarded-for': source },
    body: body.toString(),
  });
}
export const me = (service: Service, token: string, source = '192.0.2.1') =>
  fetch(`${service.url}/v1/me`, { headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': source } });

export const proxied = { env: { TRUST_PROXY: '127.0.0.1' } };
