// What the tests of cases start from: a case in each state, further chiefs, the bodies of the decisions.
import pg from 'pg';
import type { Answer, Api, Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { createStory, type District, type Known, must, REGION } from '../../support/story.ts';

export type Beneficiary = { id: string; personId: string };
export const beneficiariesOf = (known: Known) => known.body.beneficiaries as Beneficiary[];

export const yuan = (amount: string) => ({ amount, currency: 'CNY' });
export const GRANT = { outcome: 'granted', opinion: '同意救助' };
export const REFUSE = { outcome: 'refused', opinion: '生活困难与案件无关', exclusionCode: 'X5' };

export function createGiven(api: Api) {
  const story = createStory(api);

  const caseInput = (district: District = 'heping', people = 1): Json => ({
    initiation: 'ex_officio',
    regionCode: REGION[district],
    linkedCase: sampleClue().linkedCase,
    facts: '被害人重伤，被告人无赔偿能力。',
    hardship: '独自抚养一名未成年子女。',
    subjects: Array.from({ length: people }, () => story.subject()),
  });

  async function officerId(officer: string): Promise<string> {
    const { body } = await api.get(officer, '/v1/me');
    return (body.officer as { id: string }).id;
  }

  async function opened(district: District = 'heping', people = 1): Promise<Known> {
    const path = '/v1/assistance-cases';
    return must(await api.create(`handler.${district}`, path, caseInput(district, people)), path);
  }

  async function underReview(district: District = 'heping', people = 1): Promise<Known> {
    const handlerOfficerId = await officerId(`handler.${district}`);
    return story.decide(`head.${district}`, await opened(district, people), 'assignment', { handlerOfficerId });
  }

  const proposal = (known: Known, change: Json = {}): Json => ({
    eligibilityCode: 'E1',
    exclusions: [{ code: 'X1', applies: false, note: '无过错' }],
    awards: beneficiariesOf(known).map((b) => ({ beneficiaryId: b.id, amount: yuan('20000.00') })),
    opinion: '符合救助条件，建议予以救助',
    ...change,
  });

  async function proposed(district: District = 'heping', change: Json = {}, people = 1): Promise<Known> {
    const known = await underReview(district, people);
    return story.decide(`handler.${district}`, known, 'proposal', proposal(known, change));
  }

  async function granted(district: District = 'heping'): Promise<Known> {
    return story.decide(`chief.${district}`, await proposed(district), 'approval', GRANT);
  }

  async function refused(district: District = 'heping'): Promise<Known> {
    return story.decide(`chief.${district}`, await proposed(district), 'approval', REFUSE);
  }

  return { story, caseInput, officerId, opened, underReview, proposal, proposed, granted, refused };
}

export type Given = ReturnType<typeof createGiven>;

/** Another officer of the agency in which `like` works, straight into the suite's database. */
export async function addOfficer(
  ownerUrl: string,
  officer: { code: string; like: string; roles: string[]; personKey: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(
      `insert into officers (id, agency_id, code, name, person_key, roles, created_at, updated_at)
       select gen_random_uuid(), agency_id, $1, '测试人员', $3, $4, now(), now() from officers where code = $2`,
      [officer.code, officer.like, officer.personKey, officer.roles],
    );
  } finally {
    await client.end();
  }
}

export const codeOf = (answer: Answer) => `${answer.status} ${String(answer.body.code ?? '')}`;
export const errorsOf = (answer: Answer) =>
  ((answer.body.errors ?? []) as { pointer: string; code: string }[]).map((e) => `${e.pointer} ${e.code}`);
