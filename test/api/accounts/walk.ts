// A random walk through the flow of a district: at each step an action that the service itself offers, taken by whom it is offered to.
import { completeCitizenId } from '../../../src/kernel/citizen-id.ts';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import type { Service } from '../../support/start.ts';
import { createStory, must } from '../../support/story.ts';
import type { Action } from './given.ts';

type Kind = 'clue' | 'case' | 'referral' | 'visit' | 'account' | 'person';
type Resource = { kind: Kind; id: string };
/** Numbers that decide: each choice takes the next one. */
export type Choices = readonly number[];

const PATHS: Readonly<Record<Kind, string>> = {
  clue: 'clues',
  case: 'assistance-cases',
  referral: 'referrals',
  visit: 'visits',
  account: 'monitoring-accounts',
  person: 'persons',
};
const OFFICERS: Readonly<Record<Kind, readonly string[]>> = {
  clue: ['wf.heping', 'intake.heping', 'head.heping', 'handler.heping'],
  case: ['handler.heping', 'head.heping', 'chief.heping', 'chief.shenyang'],
  referral: ['civil.heping', 'education.heping', 'handler.heping', 'handler.tiexi', 'civil.tiexi'],
  visit: ['handler.heping', 'wf.heping', 'handler.tiexi', 'wf.tiexi'],
  account: ['handler.heping', 'wf.heping', 'head.heping', 'handler.tiexi', 'wf.tiexi'],
  person: ['handler.heping', 'head.heping'],
};

/** As often as they stand here. */
const KINDS: readonly Kind[] = [
  ...(['case', 'case', 'case', 'case', 'case', 'clue', 'clue', 'referral', 'referral'] as const),
  ...(['visit', 'account', 'account', 'account', 'person'] as const),
];
/** What ends a thing early is taken now and then, or nothing would ever come of a walk. */
const ENDING = new Set([
  'return',
  'withdrawal',
  'rejection',
  'cancellation',
  'revocation',
  'failure',
  'merge-reversal',
]);

const WHY = { reason: '情况变化' };
const OF_WALK = `
  with people as (select distinct s.person_id as id from clue_subjects s where s.clue_id = any($1)),
    own as (select distinct c.id, c.clue_id from assistance_cases c where c.clue_id = any($1) or c.id = any($2))
  select 'clue' as kind, id from unnest($1::uuid[]) id
  union all select 'case', id from own
  union all select distinct 'referral', p.referral_id from referral_persons p where p.person_id in (select id from people)
  union all select distinct 'visit', v.visit_id from visit_persons v where v.person_id in (select id from people)
  union all select 'account', a.id from monitoring_accounts a where a.person_id in (select id from people)
  union all select 'person', id from people
  order by 1, 2`;

let serial = 0;

/** Somebody new; without a document two submissions of one person are two persons until they are merged. */
function newPerson(numbered: boolean): Json {
  serial += 1;
  const birth = `19${60 + (serial % 40)}0${1 + (Math.floor(serial / 40) % 9)}15`;
  const idNumber = completeCitizenId(`210103${birth}${String(2 + ((serial * 2) % 990)).padStart(3, '0')}`);
  const { idNumber: _number, ...plain } = sampleClue().subjects[0] as Json;
  const birthDate = `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}`;
  return numbered ? { ...plain, idNumber } : { ...plain, idType: 'none', birthDate };
}

export function createWalk(service: Service, choices: Choices) {
  const { api, owner } = service;
  const story = createStory(api);
  let next = 0;
  const number = () => choices[next++ % choices.length] ?? 0;
  const pick = <T>(from: readonly T[]): T | undefined => from[number() % from.length];
  const flip = () => pick([true, false]) === true;
  const people = [newPerson(true), newPerson(true), newPerson(false)];
  const clueIds: string[] = [];
  const caseIds: string[] = [];
  const steps: string[] = [];

  const officerId = async (officer: string) => ((await story.me(officer)).officer as { id: string }).id;
  const subjects = () => [pick(people), ...(flip() ? [pick(people)] : [])].filter((p, i, all) => all.indexOf(p) === i);

  async function referralTo(department: string, personIds: readonly string[]): Promise<Json> {
    const measures = department.startsWith('civil') ? ['MCA3'] : ['EDU2'];
    const agencyId = await story.agencyOf(department);
    return { agencyId, personIds, measures, proposal: '家庭生活困难，建议救助', legalBasis: 'statutory_duty' };
  }

  async function submit(): Promise<void> {
    const clue = { ...sampleClue(), subjects: subjects(), ...(flip() || flip() ? {} : { linkedCase: null }) };
    clueIds.push(must(await api.create('wf.heping', '/v1/clues', clue), '/v1/clues').id);
    steps.push('clue submitted');
  }

  async function openCase(): Promise<void> {
    const { linkedCase, facts, hardship, regionCode } = sampleClue();
    const body = { initiation: 'ex_officio', regionCode, linkedCase, facts, hardship, subjects: subjects() };
    const path = '/v1/assistance-cases';
    caseIds.push(must(await api.create('handler.heping', path, body), path).id);
    steps.push('case opened');
  }

  /** Bodies of decisions; an action that is not here is left out of the walk. */
  const bodies: Readonly<Record<string, (seen: Json) => Promise<Json> | Json>> = {
    'clue acceptance': async () => ({ handlerOfficerId: await officerId('handler.heping') }),
    'clue return': () => WHY,
    'clue supplement': () => ({ hardship: '补充：医疗费欠款五万元。', linkedCase: sampleClue().linkedCase }),
    'clue withdrawal': () => WHY,
    'clue rejection': () => ({ reasonCode: 'other', ...WHY }),
    'clue social-assistance-routing': async (seen) => {
      const ids = (seen.subjects as { id: string }[]).map((s) => s.id);
      return { ...WHY, ...(flip() ? { referrals: [await referralTo('civil.heping', ids)] } : {}) };
    },
    'clue answer': () => ({ result: '已按规定办理' }),
    'case assignment': async () => ({ handlerOfficerId: await officerId('handler.heping') }),
    'case document-request': () => ({ items: ['户口簿'], ...WHY }),
    'case document-receipt': () => ({ items: ['户口簿'] }),
    'case proposal': (seen) => {
      const awards = (seen.beneficiaries as { id: string }[])
        .slice(0, flip() ? 1 : 9)
        .map((b) => ({ beneficiaryId: b.id, amount: { amount: '1000.00', currency: 'CNY' } }));
      return { eligibilityCode: 'E1', exclusions: [], awards, opinion: '建议救助' };
    },
    'case approval': () => {
      const outcome = pick(['granted', 'refused', 'granted', 'returned']);
      return { outcome, opinion: '意见', ...(outcome === 'refused' ? { exclusionCode: 'X5' } : {}) };
    },
    'case reconsideration': () => ({ newFacts: '新的诊断证明' }),
    'case withdrawal': () => WHY,
    'case closure': () => ({ summary: '办结' }),
    'case revocation': () => WHY,
    'referral receipt': () => ({}),
    'referral acceptance': () => ({}),
    'referral rejection': () => ({ reasonCode: 'other', ...WHY }),
    'referral start': () => ({}),
    'referral hold': () => ({ ...WHY, resumeOn: '2027-01-15' }),
    'referral resumption': () => ({}),
    'referral completion': () => ({ outcome: pick(['delivered', 'not_delivered']), note: '办理情况' }),
    'referral failure': () => WHY,
    'referral cancellation': () => WHY,
    'referral follow-up': () => ({ decision: pick(['met_otherwise', 'not_pursued']), ...WHY }),
    'visit record': () => ({
      doneOn: '2026-11-16',
      livingConditions: '与子女同住。',
      useOfFunds: '用于医疗。',
      riskLevel: 'medium',
      ...(flip() ? { nextVisitOn: '2027-05-17' } : {}),
    }),
    'visit missed': () => ({ reasonCode: 'other' }),
    'visit rescheduling': () => ({ plannedOn: '2027-02-01', ...WHY }),
    'visit cancellation': () => WHY,
    'account escalation': () => WHY,
    'account de-escalation': () => WHY,
    'account stabilisation': () => WHY,
    'account closure': () => WHY,
    'account reopening': () => WHY,
    'account transfer': () => ({ regionCode: pick(['210106', '210102']), ...WHY }),
    'account transfer-acceptance': () => ({}),
    'account transfer-rejection': () => WHY,
    'account transfer-withdrawal': () => WHY,
    'person merge-reversal': () => WHY,
  };

  async function known(): Promise<Resource[]> {
    return (await owner.query<Resource>(OF_WALK, [clueIds, caseIds])) as Resource[];
  }

  /** From a granted case, or from an account: a referral, a visit, an entry. */
  async function add({ kind, id }: Resource, officer: string, seen: Json): Promise<string | undefined> {
    if (kind === 'account' && flip()) {
      const sent = await api.create(officer, `/v1/${PATHS[kind]}/${id}/entries`, { text: '走访记录' });
      return `account entry as ${officer} ${sent.status}`;
    }
    const personId = (seen.person as { id: string } | undefined)?.id;
    const personIds = personId ? [personId] : (seen.beneficiaries as { personId: string }[]).map((b) => b.personId);
    const origin = kind === 'account' ? { monitoringAccountId: id } : { assistanceCaseId: id };
    const body = { origin, ...(await referralTo(pick(['civil.heping', 'education.heping']) ?? '', personIds)) };
    const answer = flip()
      ? await api.create(officer, '/v1/referrals', body)
      : await api.create(officer, '/v1/visits', { ...origin, plannedOn: '2027-03-08', mode: 'phone' });
    if (answer.status >= 500) throw new Error(`${kind} ${id} child as ${officer}: ${answer.text}`);
    return `${kind} child as ${officer} ${answer.status}`;
  }

  /** Two people merge two of the walk's persons. */
  async function merge(resources: readonly Resource[]): Promise<string | undefined> {
    const [id, into] = [pick(resources)?.id, pick(resources)?.id];
    if (!id || !into || id === into) return undefined;
    const body = { intoPersonId: into, ...WHY };
    const path = `/v1/persons/${id}`;
    const answers = [];
    for (const officer of OFFICERS.person) answers.push(await api.decide(officer, path, 'merge', body));
    const failed = answers.find((a) => a.status >= 500);
    if (failed) throw new Error(`merge of ${id} into ${into}: ${failed.text}`);
    return `merge ${answers.map((a) => a.status).join(' ')}`;
  }

  function choose(kind: Kind, actions: readonly Action[]): string | undefined {
    const offered = actions.filter((a) => a.allowed && bodies[`${kind} ${a.action}`]).map((a) => a.action);
    const leading = offered.find((action) => action === 'acceptance' || action === 'approval');
    if (leading && flip()) return leading;
    const onward = offered.filter((action) => !ENDING.has(action));
    return onward.length > 0 || number() % 5 > 0 ? pick(number() % 6 > 0 ? onward : offered) : pick(offered);
  }

  async function takeOffered({ kind, id }: Resource, officer: string): Promise<string | undefined> {
    const path = `/v1/${PATHS[kind]}/${id}`;
    const seen = await api.get(officer, path);
    if (seen.status !== 200) return undefined;
    if ((kind === 'case' || kind === 'account') && number() % 4 === 0) return add({ kind, id }, officer, seen.body);
    const action = choose(kind, (seen.body.availableActions ?? []) as Action[]);
    const body = action && (await bodies[`${kind} ${action}`]?.(seen.body));
    if (!action || !body) return undefined;
    const answer = await api.as(officer, 'POST', `${path}/${action}`, { body, etag: seen.etag });
    if (answer.status >= 500) throw new Error(`${kind} ${action} as ${officer}: ${answer.text}`);
    return `${kind} ${action} as ${officer} ${answer.status}`;
  }

  async function step(): Promise<void> {
    if (clueIds.length === 0 || (clueIds.length < 3 && number() % 7 === 0)) return submit();
    if (caseIds.length < 1 && number() % 15 === 0) return openCase();
    const resources = await known();
    const kind = pick(KINDS.filter((k) => resources.some((r) => r.kind === k)));
    const ofKind = resources.filter((r) => r.kind === kind);
    const resource = pick(ofKind);
    if (!resource || !kind) return;
    if (kind === 'person' && flip()) {
      const merged = await merge(ofKind);
      if (merged) steps.push(merged);
      return;
    }
    const first = number();
    for (let i = 0; i < OFFICERS[kind].length; i++) {
      const done = await takeOffered(resource, OFFICERS[kind][(first + i) % OFFICERS[kind].length] ?? '');
      if (!done) continue;
      steps.push(done);
      return;
    }
  }

  return { steps, clueIds, caseIds, step };
}
