// The signed acknowledgement: verifiable with the published keys, recomputable by the source from what it sent, silent to everyone else.
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();

async function verified(receipt: unknown) {
  const jwks = await service.api.as(null, 'GET', '/.well-known/jwks.json');
  const keys = createLocalJWKSet(jwks.body as unknown as JSONWebKeySet);
  return (await jwtVerify(String(receipt), keys, { issuer: 'http://service.test', typ: 'clue-receipt+jwt' })).payload;
}

/** Written once more, as a partner would from the documentation. */
const canonical = (value: unknown): string =>
  typeof value !== 'object' || value === null
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? `[${value.map(canonical).join(',')}]`
      : `{${Object.keys(value)
          .sort()
          .map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`)
          .join(',')}}`;

const sent = sampleClue();
const content = {
  ...sent,
  urgency: 'normal',
  campaignCode: null,
  subjects: [{ ...sent.subjects[0], birthDate: '1985-03-15', guardian: null }],
};
const digestOf = (said: unknown, salt: unknown) =>
  createHash('sha256')
    .update(canonical({ content: said, salt }))
    .digest('base64url');

test('says what came, when and to whom, under the published keys', async () => {
  const { api } = service;
  const before = Date.now();
  const made = await api.create('wf.heping', '/v1/clues', sent);
  const path = `/v1/clues/${String(made.body.id)}/receipt`;
  const { body, status } = await api.get('wf.heping', path);
  expect(status).toBe(200);
  const claims = await verified(body.receipt);
  expect(claims).toMatchObject({
    sub: made.body.id,
    number: made.body.number,
    digest: { alg: 'sha-256', value: body.digest },
    receivedAt: made.body.createdAt,
    source: 'wf-210102',
    recipient: 'proc-210102',
    presentRecipient: 'proc-210102',
  });
  expect(body.digest).toBe(digestOf(content, body.salt));
  const recorded = Date.parse(String(claims.recordedAt));
  expect(recorded).toBeGreaterThanOrEqual(before - 5);
  expect(recorded).toBeLessThanOrEqual(Date.now() + 5);
  const forged = `${String(body.receipt).slice(0, -6)}AAAAAA`;
  await expect(verified(forged)).rejects.toThrow();
  const asToken = await api.request('GET', '/v1/me', { headers: { authorization: `Bearer ${String(body.receipt)}` } });
  expect(asToken.status).toBe(401);
});

test('the receiver has the same statement without the salt; others have none', async () => {
  const { api } = service;
  const made = await api.create('wf.heping', '/v1/clues', sent);
  const path = `/v1/clues/${String(made.body.id)}/receipt`;
  const source = await api.get('wf.heping', path);
  const receiver = await api.get('intake.heping', path);
  expect([receiver.body.digest, receiver.body.salt]).toEqual([source.body.digest, null]);
  expect((await api.get('supervisor.liaoning', path)).body.code).toBe('clue.not_competent');
  expect((await api.get('intake.tiexi', path)).status).toBe(404);
});

test('after a supplement it names the new content and its time, and the first arrival stays', async () => {
  const { api } = service;
  const made = await api.create('wf.heping', '/v1/clues', sent);
  const path = `/v1/clues/${String(made.body.id)}`;
  const first = await verified((await api.get('wf.heping', `${path}/receipt`)).body.receipt);
  await api.decide('intake.heping', path, 'return', { reason: '请补充' });
  expect((await verified((await api.get('wf.heping', `${path}/receipt`)).body.receipt)).digest).toEqual(first.digest);
  const answer = await api.decide('wf.heping', path, 'supplement', { facts: '补充后的案情。' });
  const { body } = await api.get('wf.heping', `${path}/receipt`);
  const later = await verified(body.receipt);
  expect(body.digest).toBe(digestOf({ ...content, facts: '补充后的案情。' }, body.salt));
  expect(later).toMatchObject({ receivedAt: first.receivedAt, recordedAt: first.recordedAt });
  expect(later.contentReceivedAt).toBe(answer.body.updatedAt);
  expect(first.contentReceivedAt).toBe(first.receivedAt);
});
