// The sample province: some hundred invented people in thirty clues and cases over the states, made by the ordinary verbs.
import { findOfficerByCode, serviceActor } from '../agencies/service.ts';
import { toActor } from '../agencies/tokens.ts';
import { createCase } from '../cases/opening.ts';
import { isEmptyOfClues } from '../clues/service.ts';
import { type ClueInput, submitClue } from '../clues/submission.ts';
import type { Actor } from '../kernel/actor.ts';
import { addDays } from '../kernel/civil-date.ts';
import { readTx, type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import { regionOf } from '../reference/regions.ts';
import { type SamplePerson, samplePeople } from './sample-people.ts';
import type { Stage } from './sample-steps.ts';
import { type Place, type Story, stories } from './sample-stories.ts';

const asService = { actor: serviceActor(), requestId: 'seed', language: 'zh', dryRun: false, oversight: true } as const;

/** Officers of a place by role (`head` + `heping` is head.heping); each verb runs in a transaction of its own. */
function stage(deps: TxDeps, place: Place): Stage {
  const actors = new Map<string, Actor>();
  const actorOf = async (role: string): Promise<Actor> => {
    const code = `${role}.${place}`;
    const known = actors.get(code);
    if (known) return known;
    const found = await findOfficerByCode(deps, code);
    if (!found) throw new Error(`no sandbox officer ${code}`);
    const actor = toActor(found.agency, found.officer, null);
    actors.set(code, actor);
    return actor;
  };
  return {
    async as(role, verb) {
      const request = { ...asService, actor: await actorOf(role), oversight: false };
      return writeTx(deps, request, { verb, finish: async (_tx, value) => value as Awaited<ReturnType<typeof verb>> });
    },
    see: async (role, read) => readTx(deps, { ...asService, actor: await actorOf(role), oversight: false }, read),
    officerId: async (role) => (await actorOf(role)).officer?.id ?? '',
    clueId: '',
    caseId: '',
    lines: [],
    referralIds: [],
  };
}

const REGION: Readonly<Record<Place, string>> = { heping: '210102', tiexi: '210106', shenyang: '210100' };
const LANES = 4;
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

async function tell(deps: TxDeps, story: Story, input: ClueInput): Promise<void> {
  const s = stage(deps, story.place);
  const { linkedCase, regionCode, facts, hardship = null, subjects } = input;
  if (story.kind === 'case' && linkedCase) {
    const opened = { initiation: 'application' as const, linkedCase, regionCode, facts, hardship, subjects };
    s.caseId = (await s.as('intake', (tx) => createCase(tx, opened))).id;
  } else {
    s.clueId = (await s.as(story.source === 'department' ? 'civil' : 'wf', (tx) => submitClue(tx, input, null))).id;
  }
  for (const step of story.steps) await step(s);
}

/** Fills an empty sandbox; one that holds clues is left as it is. Deterministic by the seed of the people. */
export async function seedSamples(deps: TxDeps): Promise<void> {
  const { empty, today } = await readTx(deps, asService, async (tx: Tx) => ({
    empty: await isEmptyOfClues(tx),
    today: tx.ctx.today,
  }));
  if (!empty) return;
  const groups = families(samplePeople(110, { today, regionCodes: ['210102', '210106'] }));
  const from = (index: number) => Math.floor((index * groups.length) / stories.length);
  const told = stories.map((story, index) => ({
    story,
    input: inputOf(story, index, groups.slice(from(index), from(index + 1)).flat(), today),
  }));
  // Side by side in four lanes: one newcomer waits for this at the first start.
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (let next = told.shift(); next; next = told.shift()) await tell(deps, next.story, next.input);
    }),
  );
}
