// What referral tests start from: granted cases, referrals in a given state, the agencies of Heping.
import type { Answer, Api, Json } from '../../support/api.ts';
import { createStory, type Known, must, type Story } from '../../support/story.ts';

export const DEPARTMENTS = {
  civil: { officer: 'civil.heping', measures: ['MCA3'] },
  education: { officer: 'education.heping', measures: ['EDU2'] },
  hr: { officer: 'hr.heping', measures: ['HR1'] },
  wf: { officer: 'wf.heping', measures: ['WF1'] },
} as const;
export type Department = keyof typeof DEPARTMENTS;

export type GrantedCase = Known & { beneficiaries: { id: string; personId: string }[] };

export function createGiven(api: Api) {
  const story = createStory(api);

  /** A case of Heping that its handler has proposed and its chief granted, with so many beneficiaries. */
  async function reviewedCase(people = 1): Promise<GrantedCase> {
    const subjects = Array.from({ length: people }, () => story.subject());
    const clue = await story.clue('heping', { subjects });
    const accepted = await story.decide('head.heping', clue, 'acceptance', {
      handlerOfficerId: await officerId('handler.heping'),
    });
    const path = `/v1/assistance-cases/${String(accepted.body.assistanceCaseId)}`;
    const { body } = await api.get('handler.heping', path);
    return { id: String(body.id), path, body, beneficiaries: body.beneficiaries as GrantedCase['beneficiaries'] };
  }

  async function grantedCase(people = 1): Promise<GrantedCase> {
    const c = await reviewedCase(people);
    await story.decide('handler.heping', c, 'proposal', {
      eligibilityCode: 'E1',
      exclusions: [],
      awards: c.beneficiaries.map((b) => ({ beneficiaryId: b.id, amount: { amount: '20000.00', currency: 'CNY' } })),
      opinion: '符合救助条件',
    });
    const granted = await story.decide('chief.heping', c, 'approval', { outcome: 'granted', opinion: '同意' });
    return { ...c, body: granted.body };
  }

  async function officerId(officer: string): Promise<string> {
    const { body } = await api.get(officer, '/v1/me');
    return (body.officer as { id: string }).id;
  }

  async function request(department: Department, personIds: string[], change: Json = {}): Promise<Json> {
    const { officer, measures } = DEPARTMENTS[department];
    const agencyId = await story.agencyOf(officer);
    const plain = {
      agencyId,
      personIds,
      measures,
      proposal: '家庭生活困难，建议给予救助',
      legalBasis: 'statutory_duty',
    };
    return { ...plain, ...change };
  }

  async function refer(c: GrantedCase, department: Department = 'civil', change: Json = {}): Promise<Known> {
    const personIds = c.beneficiaries.map((b) => b.personId);
    const body = await request(department, personIds, change);
    return must(await api.create('handler.heping', `${c.path}/referrals`, body), '/v1/referrals');
  }

  /** As many referrals to one department as a test needs, in batches of 20. */
  async function referMany(c: GrantedCase, count: number, department: Department = 'civil'): Promise<Known[]> {
    const one = await request(
      department,
      c.beneficiaries.map((b) => b.personId),
    );
    const made: Known[] = [];
    while (made.length < count) {
      const referrals = Array.from({ length: Math.min(20, count - made.length) }, () => one);
      const answer = await api.create('handler.heping', `${c.path}/referrals`, { referrals });
      if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
      for (const item of answer.body.items ?? [])
        made.push({ id: String(item.id), path: `/v1/referrals/${String(item.id)}`, body: item });
    }
    return made;
  }

  return { story, reviewedCase, grantedCase, officerId, request, refer, referMany };
}

export type Given = ReturnType<typeof createGiven>;

/** Decisions one after another by one officer; the last answer. */
export async function steps(
  story: Story,
  officer: string,
  known: Known,
  verbs: readonly (readonly [verb: string, body?: unknown])[],
): Promise<Known> {
  let now = known;
  for (const [verb, body] of verbs) now = await story.decide(officer, now, verb, body ?? {});
  return now;
}

export const codesOf = (answer: Answer) => ((answer.body.errors ?? []) as { code: string }[]).map((e) => e.code);

/** Referrals to one department that a routed clue of Heping has sent at once. */
export async function routedReferrals(given: Given, count: number, department: Department = 'civil'): Promise<Known[]> {
  const { story } = given;
  const clue = await story.clue();
  const { body } = await story.api.get('intake.heping', clue.path);
  const ids = (body.subjects as { id: string }[]).map((s) => s.id);
  const one = await given.request(department, ids);
  const referrals = Array.from({ length: count }, () => one);
  await story.decide('intake.heping', clue, 'social-assistance-routing', { reason: '无关联案件', referrals });
  const sent = await story.api.get('handler.heping', `/v1/referrals?direction=sent&limit=${count}`);
  return (sent.body.items ?? []).map((item) => ({
    id: String(item.id),
    path: `/v1/referrals/${String(item.id)}`,
    body: item,
  }));
}
