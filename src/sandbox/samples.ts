// The sample province: some three hundred invented people in clues and cases over all states, made by the ordinary verbs.
import { createCase } from '../cases/opening.ts';
import { type ClueInput, submitClue } from '../clues/submission.ts';
import { addDays } from '../kernel/civil-date.ts';
import type { TxDeps } from '../platform/db/tx.ts';
import { regionOf } from '../reference/regions.ts';
import { type SamplePerson, samplePeople } from './sample-people.ts';
import { type Crew, createCrew } from './sample-stage.ts';
import type { Stage } from './sample-steps.ts';
import { type Place, type Story, stories } from './sample-stories.ts';

const PEOPLE = 300;
const REGION: Readonly<Record<Place, string>> = {
  heping: '210102',
  tiexi: '210106',
  shenyang: '210100',
  liaoning: '210000',
};
const CRIMES = ['故意伤害案', '交通肇事案', '抢劫案', '故意杀人案', '诈骗案', '虐待案'] as const;

function subjectOf(p: SamplePerson): ClueInput['subjects'][number] {
  const { name, sex, birthDate, idType, idNumber, phone, address, householdRegionCode, categories, relationToCase } = p;
  return { name, sex, birthDate, idType, idNumber, phone, address, householdRegionCode, categories, relationToCase };
}

function inputOf(story: Story, index: number, family: readonly SamplePerson[], today: string): ClueInput {
  const regionCode = REGION[story.place];
  const organ = `${regionOf(regionCode).name}人民检察院`;
  const crime = CRIMES[index % CRIMES.length] ?? CRIMES[0];
  return {
    source: story.source ?? 'wf_visit',
    regionCode,
    urgency: story.urgent ? 'emergency_medical' : 'normal',
    foundOn: addDays(today, -(index % 5)),
    campaignCode: story.campaign ?? null,
    facts: `${crime}的被害人一方，被告人无赔偿能力，未能通过诉讼获得有效赔偿。（沙箱虚构）`,
    hardship: '家庭收入中断，医疗与子女就学支出难以负担。（沙箱虚构）',
    linkedCase: story.noCase
      ? null
      : { type: 'criminal', number: `样检刑诉〔${today.slice(0, 4)}〕${100 + index}号`, handlingOrgan: organ },
    subjects: family.map(subjectOf),
  };
}

/** A mother with her children, or one adult: people who belong together stand in one clue. */
function families(people: readonly SamplePerson[]): SamplePerson[][] {
  const groups = new Map<string, SamplePerson[]>();
  for (const person of people) {
    const head = person.guardianKey ?? person.key;
    groups.set(head, [...(groups.get(head) ?? []), person]);
  }
  return [...groups.values()];
}

/** The next who belong together: a mother with her children where several are wanted, otherwise somebody alone. */
function nextGroup(groups: SamplePerson[][], several: boolean): SamplePerson[] {
  const at = groups.findIndex((group) => group.length > 1 === several);
  return groups.splice(Math.max(at, 0), 1).flat();
}

/** One person each, or as many as the story needs; the crowds share who is left. */
function cast(people: readonly SamplePerson[]): SamplePerson[][] {
  const groups = families(people);
  const named = stories.map(({ people: wanted = 1 }) => {
    const chosen: SamplePerson[] = [];
    while (wanted !== 'crowd' && chosen.length < wanted) chosen.push(...nextGroup(groups, wanted > 1));
    return chosen;
  });
  let crowds = stories.filter((story) => story.people === 'crowd').length;
  return stories.map((story, i) => {
    if (story.people !== 'crowd') return named[i] ?? [];
    return groups.splice(0, Math.ceil(groups.length / crowds--)).flat();
  });
}

function stageOf(crew: Crew, place: Place, nth: number): Stage {
  const code = (role: string) => (role.includes('.') ? role : `${role}.${place}`);
  return {
    as: (role, verb) => crew.as(code(role), verb),
    officerId: (role) => crew.officerId(code(role)),
    clueId: '',
    caseId: '',
    lineIds: [],
    nth,
    referralIds: [],
  };
}

async function tell(crew: Crew, story: Story, nth: number, input: ClueInput): Promise<void> {
  const s = stageOf(crew, story.place, nth);
  const { linkedCase, regionCode, facts, hardship = null, campaignCode = null, subjects } = input;
  if (story.kind === 'case' && linkedCase) {
    const opened = {
      initiation: 'application' as const,
      linkedCase,
      regionCode,
      facts,
      hardship,
      campaignCode,
      subjects,
    };
    s.caseId = (await s.as('intake', (tx) => createCase(tx, opened))).id;
  } else {
    s.clueId = (await s.as(story.source === 'department' ? 'civil' : 'wf', (tx) => submitClue(tx, input, null))).id;
  }
  for (const [i, step] of story.steps.entries()) {
    await step(s).catch((cause: unknown) => {
      throw new Error(`step ${i + 1} of a sample story of ${story.place}, about ${linkedCase?.number}`, { cause });
    });
  }
}

/**
 * All stories side by side, once for a province without any; the same day gives the same people in the same stories. Where one
 * fails the others are waited for, so that nothing of it runs on.
 */
export async function seedSamples(deps: TxDeps, today: string): Promise<void> {
  const crew = createCrew(deps);
  const people = cast(samplePeople(PEOPLE, { today, regionCodes: ['210102', '210106'] }));
  const told = stories.map((story, i) => tell(crew, story, i, inputOf(story, i, people[i] ?? [], today)));
  const failed = (await Promise.allSettled(told)).find((story) => story.status === 'rejected');
  if (failed) throw failed.reason;
}
