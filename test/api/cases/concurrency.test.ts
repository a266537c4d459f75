// Many at once: one decision wins, numbers run without gaps, and a dry run takes none.
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { createGiven, GRANT } from './given.ts';

const service = useService({ poolSize: 24 });

const seqOf = (number: unknown) => Number(/〕(\d+)号$/.exec(String(number))?.[1]);

/** Repeats a 503 under the same key, as its remedy says: a busy machine may make some of many requests wait too long. */
async function insist(path: string, etag: string, key: string | null): Promise<Answer> {
  const send = () => service.api.as('chief.heping', 'POST', path, { body: GRANT, etag, key });
  let answer = await send();
  while (answer.status === 503) answer = await send();
  return answer;
}

describe('concurrent approvals', () => {
  test('fifty approvals of one case give one 200', async () => {
    const { api } = service;
    const { proposed } = createGiven(api);
    const known = await proposed();
    const { etag } = await api.get('chief.heping', known.path);
    const path = `${known.path}/approval`;
    const once = (i: number) => api.as('chief.heping', 'POST', path, { body: GRANT, etag, key: `fifty-${i}` });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => once(i)));
    const statuses = answers.map((a) => a.status);
    expect(statuses.filter((s) => s === 200)).toHaveLength(1);
    expect(statuses.filter((s) => s === 409 || s === 412)).toHaveLength(49);
    const decisions = await api.get('chief.heping', `${known.path}/decisions`);
    expect(decisions.body.items).toHaveLength(1);
  });

  test('numbers of twenty decisions at once have no gap; dry runs and refused attempts take none', async () => {
    const { api } = service;
    const { proposed, granted } = createGiven(api);
    const before = seqOf(((await granted()).body.decision as { number: string }).number);
    const cases = [];
    for (let i = 0; i < 20; i++) cases.push(await proposed());
    const etags = await Promise.all(cases.map(async (c) => (await api.get('chief.heping', c.path)).etag));
    const dry = await Promise.all(cases.map((c, i) => insist(`${c.path}/approval?dryRun=true`, etags[i] ?? '', null)));
    expect(dry.map((a) => a.status)).toEqual(cases.map(() => 200));
    expect(dry[0]?.body).toMatchObject({ state: 'granted', decision: { outcome: 'granted' } });
    expect((await api.get('chief.heping', cases[0]?.path ?? '')).body).toMatchObject({ state: 'pending_approval' });
    const stale = await api.as('chief.heping', 'POST', `${cases[0]?.path}/approval`, { body: GRANT, etag: '"1.x"' });
    expect(stale.status).toBe(412);
    const answers = await Promise.all(cases.map((c, i) => insist(`${c.path}/approval`, etags[i] ?? '', `twenty-${i}`)));
    expect(answers.map((a) => a.status)).toEqual(cases.map(() => 200));
    const seqs = answers.map((a) => seqOf((a.body.decision as { number: string }).number)).sort((a, b) => a - b);
    expect(seqs).toEqual(cases.map((_, i) => before + 1 + i));
  });
});
