// What the fixtures do not bring about by themselves: resources shared, handed over, ended, of a minor; read by everybody in the full matrix.
import { completeCitizenId } from '../../../src/kernel/citizen-id.ts';
import type { Json } from '../api.ts';
import type { Known } from '../story.ts';
import { beneficiariesOf, type World } from '../world.ts';
import type { Question } from './run.ts';
import type { Stage } from './stage.ts';

export const MINOR = '王小禾';

/** A girl of eleven, and her mother. */
function child({ subject }: World): Json {
  const idNumber = completeCitizenId('21010220150301002');
  return { ...subject(), name: MINOR, birthDate: '2015-03-01', idNumber, relationToCase: 'child', categories: ['C3'] };
}

const withChild = (world: World, input: Json): Json => ({ ...input, subjects: [world.subject(), child(world)] });

async function minorCase(world: World): Promise<Known> {
  const path = '/v1/assistance-cases';
  const answer = await world.api.create('handler.heping', path, withChild(world, world.caseInput()));
  if (answer.status !== 201) throw new Error(answer.text);
  return { id: String(answer.body.id), path: `${path}/${String(answer.body.id)}`, body: answer.body };
}

export type Situation = { name: string; kind: string; id: string; minor: boolean };

/** The same for a case, a clue, an account … each in a place where others stand to it than usual. */
export async function situations(world: World): Promise<Situation[]> {
  const { decide, agencyOf } = world;
  const shared = await decide(
    'handler.heping',
    await world.underReview(),
    'joint-share-request',
    await world.shareInput(),
  );
  const rerouted = await decide('intake.heping', await world.clue(), 'rerouting', {
    agencyId: await agencyOf('intake.tiexi'),
    reason: '原案由铁西区检察院办理',
  });
  const transferred = await decide('handler.heping', await world.account(), 'transfer', {
    regionCode: '210106',
    reason: '全家已迁至铁西区居住',
  });
  const cancelled = await decide('handler.heping', await world.referral(), 'cancellation', { reason: '另有帮助' });
  const sealed = await decide('chief.heping', await world.granted(), 'sealing', {
    basis: 'minor_criminal_record',
    reason: '涉案人员为未成年人',
  });
  const minor = await decide('head.heping', await minorCase(world), 'assignment', {
    handlerOfficerId: await world.officerId('handler.heping'),
  });
  const clue = await world.clue('heping', withChild(world, {}));
  const girl = beneficiariesOf(minor)[1]?.personId ?? '';
  const adult = (name: string, kind: string, { id }: { id: string }) => ({ name, kind, id, minor: false });
  return [
    adult('a case in which the city is asked for a share', 'case', shared),
    adult('a sealed case', 'case', sealed),
    adult('a case of Tiexi', 'case', await world.granted('tiexi')),
    adult('a clue that went to Tiexi', 'clue', rerouted),
    adult('an account offered to Tiexi', 'account', transferred),
    adult('a referral taken back', 'referral', cancelled),
    adult('a payment of Tiexi', 'disbursement', await world.line('submitted', 'tiexi')),
    { name: 'a case of a minor', kind: 'case', id: minor.id, minor: true },
    { name: 'a clue about a minor', kind: 'clue', id: clue.id, minor: true },
    { name: 'a minor', kind: 'person', id: girl, minor: true },
  ];
}

/** Every read of that kind of resource, of this one. */
export function readsOf(stage: Stage, { kind, id }: Situation): Question[] {
  return (
    stage.questions
      .filter(({ op }) => op.method === 'GET' && op.operation['x-resource'] === kind)
      // A rule about contact that nobody has set is not there, nor a plan of custody that nobody has made.
      .filter(
        ({ op }) => !['getSafeContact', 'getCustodyPlan'].includes(op.id) && (op.path.match(/\{/g) ?? []).length === 1,
      )
      .map((question) => ({ ...question, target: { ...question.target, params: { id } } }))
  );
}

/** Those who see children of a case in clear: the team that works on it and, of its own clue, the source (contract §1). */
const CLEAR = ['handler.heping', 'head.heping', 'wf.heping'];

export const seesChildren = (officer: string): boolean => CLEAR.includes(officer);
