// Sealed records (P-12, S-18, S-19, ADR 0022): decided by a chief, in force at once for all that hangs on the case, and reversible.
import { describe, expect, test } from '@jest/globals';
import type { Walls } from '../../../src/platform/db/context.ts';
import { Api } from '../../support/api.ts';
import { readEverything, SEAL, sealedRecords, wholeCase } from '../../support/sealed-case.ts';
import { startService, useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { createWorld, type World } from '../../support/world.ts';
import { addOfficer, codeOf, createGiven } from './given.ts';

const walls: Walls = {};
const service = useService({ walls });
let stories: World | undefined;
/** One for the suite: each story is about other people. */
const world = () => {
  stories ??= createWorld(service.api, () => Promise.reject(new Error('no client is needed')));
  return stories;
};
const given = () => createGiven(service.api);
const seal = (known: Known) => given().story.decide('chief.heping', known, 'sealing', SEAL);
const unseal = (known: Known) =>
  given().story.decide('chief.heping', known, 'unsealing', { reason: '复核后认定无需封存' });

describe('a sealed case', () => {
  test('is not there for whoever has no duty in it, whatever they read and whichever wall stands', async () => {
    await addOfficer(service.database.ownerUrl, {
      code: 'other.heping',
      like: 'handler.heping',
      roles: ['handler', 'intake'],
      personKey: 'other',
    });
    const both = { code: 'both.heping', like: 'handler.heping', roles: ['handler', 'chief'], personKey: 'both' };
    await addOfficer(service.database.ownerUrl, both);
    const whole = await wholeCase(world());
    await seal(whole.known);
    const hidden = await sealedRecords(service);
    expect(new Set(hidden.map(({ kind }) => kind))).toEqual(
      new Set('account case clue deadline disbursement document legal_hold person referral visit work_item'.split(' ')),
    );
    const attacks: [officer: string, closed: typeof hidden][] = [
      ['wf.heping', hidden],
      ['supervisor.liaoning', hidden],
      // That a person was looked at is no news of a case.
      ['auditor.liaoning', hidden.filter(({ kind }) => kind !== 'person')],
      ['civil.heping', hidden.filter(({ of }) => of !== 'referral')],
    ];
    for (const [officer, closed] of attacks) {
      const { asked, leaks } = await readEverything(service, officer, closed);
      expect([officer, asked > 40, leaks]).toEqual([officer, true, []]);
    }
    // Another district with the same woman and the same original case, and the fund that has paid.
    const subjects = [...(whole.clueBody.subjects as object[])];
    const twin = await world().clue('tiexi', { ...whole.clueBody, regionCode: '210106', subjects });
    // Aid once stays a rule: it refuses, and names no case.
    const refused = await service.api.decide('head.tiexi', twin.path, 'acceptance', {});
    expect([codeOf(refused), hidden.filter(({ id }) => refused.text.includes(id))]).toEqual([
      '409 aid.given_already',
      [],
    ]);
    const own = [{ kind: 'clue', id: twin.id }];
    const elsewhere = await readEverything(
      service,
      'handler.tiexi',
      hidden.filter(({ kind }) => kind !== 'person'),
      own,
    );
    expect(elsewhere.leaks).toEqual([]);
    const fund = await world().fund();
    const paid = await readEverything(service, 'other.heping', hidden, [{ kind: 'fund', id: fund.id }]);
    expect(paid.leaks).toEqual([]);
    walls.unfiltered = 'all';
    const alone = await readEverything(service, 'other.heping', hidden);
    delete walls.unfiltered;
    expect(alone.leaks).toEqual([]);
  }, 60_000);

  test('is open to those who have one, and to finance and treasury as long as a payment awaits them', async () => {
    const { api } = service;
    const { known, line, referral, clue } = await wholeCase(world());
    await seal(known);
    const status = async (officer: string, { path }: { path: string }) => (await api.get(officer, path)).status;
    for (const officer of ['handler.heping', 'head.heping', 'chief.heping'])
      for (const record of [known, line, referral, clue])
        expect([officer, await status(officer, record)]).toEqual([officer, 200]);
    expect((await api.get('handler.heping', '/v1/clues')).text).toContain(clue.id);
    expect((await api.get('handler.heping', '/v1/assistance-cases')).text).toContain(known.id);
    expect(await status('civil.heping', referral)).toBe(200);
    expect([await status('finance.heping', line), await status('bureau.heping', line)]).toEqual([200, 200]);
    const { story } = given();
    await story.decide('finance.heping', line, 'submission');
    const paid = { paidOn: '2026-11-16', bankReference: 'BOC-SEALED-1' };
    const settled = await api.decide('finance.heping', line.path, 'settlement', paid);
    expect([200, 404]).toContain(settled.status);
    expect([await status('finance.heping', line), await status('bureau.heping', line)]).toEqual([404, 404]);
    expect((await api.get('handler.heping', line.path)).body.state).toBe('settled');
    // The ledger keeps the money, and tells to whom it went by duty alone.
    const fund = await world().fund();
    const entries = async (officer: string, filter = '') =>
      (await api.get(officer, `${fund.path}/entries?limit=200${filter}`)).text;
    expect(await entries('handler.heping')).toContain(line.id);
    expect(await entries('finance.heping')).not.toContain(known.id);
    expect(await entries('finance.heping')).not.toContain(line.id);
    expect(JSON.parse(await entries('finance.heping', `&assistanceCaseId=${known.id}`)).items).toEqual([]);
  });

  test('goes with its handler, takes in what is added, and is told to those alone who still see it', async () => {
    const { api } = service;
    const { story, officerId } = given();
    const { known } = await wholeCase(world());
    const other = await officerId('other.heping');
    expect((await api.get('other.heping', known.path)).status).toBe(200);
    await seal(known);
    await service.eventsSettled();
    const told = async (officer: string) => {
      const { body } = await api.get(officer, '/v1/events?types=case.sealed&limit=200');
      return (body.items ?? []).filter((item) => JSON.stringify(item).includes(known.id)).length;
    };
    expect([await told('handler.heping'), await told('other.heping'), await told('wf.heping')]).toEqual([1, 0, 0]);
    const visit = await api.create('handler.heping', `${known.path}/visits`, { plannedOn: '2027-02-01', mode: 'home' });
    expect(visit.status).toBe(201);
    const path = `/v1/visits/${String(visit.body.id)}`;
    expect([(await api.get('handler.heping', path)).status, (await api.get('wf.heping', path)).status]).toEqual([
      200, 404,
    ]);
    const under = await seal(await world().underReview());
    await story.decide('head.heping', under, 'assignment', { handlerOfficerId: other });
    const handlers = ['other.heping', 'handler.heping'].map((officer) => api.get(officer, under.path));
    expect((await Promise.all(handlers)).map(({ status }) => status)).toEqual([200, 404]);
  });

  test('is closed on every replica with the commit, and open again with the next', async () => {
    const { api } = service;
    const { known, clue } = await wholeCase(world());
    const replica = await startService({ database: service.database });
    try {
      const ask = async () =>
        Promise.all(
          [api, new Api(replica.app)].flatMap((at) => [
            at.get('intake.heping', known.path),
            at.get('wf.heping', clue.path),
          ]),
        ).then((answers) => answers.map((answer) => answer.status));
      expect(await ask()).toEqual([200, 200, 200, 200]);
      const sealed = await seal(known);
      expect(await ask()).toEqual([404, 404, 404, 404]);
      await unseal(sealed);
      expect(await ask()).toEqual([200, 200, 200, 200]);
      expect((await sealedRecords(service)).filter(({ id }) => id === known.id)).toEqual([]);
    } finally {
      await replica.stop();
    }
  });

  test('is counted only among five people of sealed cases', async () => {
    const { story } = given();
    const counted = async () => {
      const path = '/v1/statistics/summary?from=2020-01-01&to=2030-12-31&regionCode=210106';
      const { body } = await service.api.get('head.tiexi', path);
      return [body.cases, body.persons, (body.byCategory as unknown[]).length > 0];
    };
    const cases: Known[] = [];
    for (let i = 0; i < 5; i++) cases.push(await world().granted('tiexi'));
    expect(await counted()).toEqual([5, 5, true]);
    const found: unknown[] = [];
    for (const known of cases) {
      await story.decide('chief.tiexi', known, 'sealing', SEAL);
      found.push(await counted());
    }
    expect(found).toEqual([...[4, 3, 2, 1].map((n) => [n, n, true]), [5, 5, true]]);
  });

  test('is sealed by the chief in person, by no other and not by who handles it, and once', async () => {
    const { api } = service;
    const { story } = given();
    const known = await world().underReview();
    const ask = async (officer: string, verb: string, body: object) =>
      codeOf(await api.decide(officer, known.path, verb, body));
    for (const officer of ['handler.heping', 'head.heping', 'intake.heping', 'supervisor.liaoning'])
      expect(await ask(officer, 'sealing', SEAL)).toBe('403 auth.forbidden');
    expect(await ask('chief.heping', 'unsealing', { reason: '无' })).toBe('409 case.not_sealed');
    expect(await ask('chief.heping', 'sealing', { ...SEAL, basis: 'nothing' })).toBe('422 request.rule_violated');
    const sealed = await seal(known);
    expect(sealed.body).toMatchObject({ sealed: true, sealing: { basis: SEAL.basis, reason: SEAL.reason } });
    expect(await ask('chief.heping', 'sealing', SEAL)).toBe('409 case.already_sealed');
    const own = await story.decide('head.heping', await world().opened(), 'assignment', {
      handlerOfficerId: await world().officerId('both.heping'),
    });
    const again = { code: 'again.heping', like: 'chief.heping', roles: ['chief'], personKey: 'both' };
    await addOfficer(service.database.ownerUrl, again);
    for (const officer of ['both.heping', 'again.heping'])
      expect(codeOf(await api.decide(officer, own.path, 'sealing', SEAL))).toBe('403 decision.four_eyes');
  });

  test('is told by no repeat, no emergency, no person and no figure', async () => {
    const { api } = service;
    const { caseInput, decide, officerId } = world();
    const body = caseInput();
    const key = 'sealed-repeat';
    const made = await api.as('intake.heping', 'POST', '/v1/assistance-cases', { body, key });
    const known = { id: String(made.body.id), path: `/v1/assistance-cases/${String(made.body.id)}`, body: made.body };
    const handlerOfficerId = await officerId('handler.heping');
    const assigned = await decide('head.heping', known, 'assignment', { handlerOfficerId });
    const sealed = await seal(assigned);
    const repeat = await api.as('intake.heping', 'POST', '/v1/assistance-cases', { body, key });
    expect(codeOf(repeat)).toBe('404 resource.not_found');
    const subject = { kind: 'case', id: known.id };
    const sight = { subject, reasonCode: 'life_in_danger', reason: '危及生命' };
    const absent = { ...sight, subject: { kind: 'case', id: '0198c2a4-7f00-7000-8000-000000000001' } };
    for (const officer of ['head.tiexi', 'supervisor.liaoning']) {
      const answers = await Promise.all([sight, absent].map((it) => api.create(officer, '/v1/break-glass-grants', it)));
      expect(new Set(answers.map(codeOf)).size).toBe(1);
      expect(answers[0]?.status).toBeGreaterThanOrEqual(400);
    }
    const personId = (sealed.body.beneficiaries as { personId: string }[])[0]?.personId;
    const people = ['', '/assistance-history'].map((of) => api.get('other.heping', `/v1/persons/${personId}${of}`));
    expect((await Promise.all(people)).map((answer) => answer.status)).toEqual([404, 404]);
    const lookup = { idType: 'citizen_id', idNumber: (body.subjects as { idNumber: string }[])[0]?.idNumber };
    const found = await api.create('other.heping', '/v1/persons/lookups', lookup);
    expect(found.text).not.toContain(personId);
  });
});
