// A case with everything on it that a seal must cover, and every read of the contract asked by somebody who may not know of it.
import type { Answer, Json } from './api.ts';
import { loadContract, type Op } from './contract.ts';
import { PDF } from './fixtures/documents.ts';
import type { Service } from './start.ts';
import { type Known, must } from './story.ts';
import { absentId, core } from './sweep.ts';
import { GRANT, type World } from './world.ts';

export const SEAL = { basis: 'minor_identity', reason: '涉案人员为未成年人' };

export type Whole = { clue: Known; clueBody: Json; known: Known; line: Known; referral: Known };

/** From the clue of the Federation to a payment that awaits finance, a referral that is answered, a visit, a document and a hold. */
export async function wholeCase(world: World): Promise<Whole> {
  const { api, decide } = world;
  const clueBody: Json = world.clueInput();
  const clue = await world.clue('heping', clueBody);
  const handlerOfficerId = await world.officerId('handler.heping');
  const accepted = await decide('head.heping', clue, 'acceptance', { opinion: '符合条件', handlerOfficerId });
  const id = String(accepted.body.assistanceCaseId ?? accepted.body.id);
  const opened = await world.read('handler.heping', `/v1/assistance-cases/${id}`);
  const proposed = await decide('handler.heping', opened, 'proposal', world.proposal(opened));
  const known = await decide('chief.heping', proposed, 'approval', GRANT);
  const lines = `${known.path}/disbursements`;
  let line = must(await api.create('handler.heping', lines, world.lineInput(known)), '/v1/disbursements');
  line = await decide('head.heping', line, 'authorisation');
  const sent = await api.create('handler.heping', `${known.path}/referrals`, await world.referralInput(known));
  const referral = await decide('civil.heping', must(sent, '/v1/referrals'), 'acceptance');
  must(await api.create('handler.heping', `${known.path}/visits`, world.visitInput()), '/v1/visits');
  await world.uploaded('handler.heping', known.path, PDF);
  await world.uploaded('wf.heping', clue.path, PDF);
  const held = { subject: { kind: 'case', id }, reasonCode: 'complaint', reason: '信访' };
  must(await api.create('head.heping', '/v1/legal-holds', held), '/v1/legal-holds');
  return { clue, clueBody, known, line, referral };
}

export type Hanging = { kind: string; id: string; of: string };

/** What the database says hangs on sealed cases. */
export async function sealedRecords({ owner }: Pick<Service, 'owner'>): Promise<Hanging[]> {
  return owner.query<Hanging>(
    'select distinct kind, resource_id as id, of_kind as of from sealed_records order by 1, 2',
  );
}

let loaded: ReturnType<typeof loadContract> | undefined;
const contract = () => {
  loaded ??= loadContract();
  return loaded;
};

const kindOf = ({ path, operation }: Op): string => {
  const through = /^\/v1\/(documents|deadlines|work-items)\//.exec(path)?.[1];
  if (through) return { documents: 'document', deadlines: 'deadline', 'work-items': 'work_item' }[through] ?? '';
  return String(operation['x-resource'] ?? '');
};

/** What a reading without an address needs to be answered at all. */
const QUERY: Readonly<Record<string, string>> = {
  getStatisticsSummary: '?from=2018-01-01&to=2030-12-31',
  listPersonReviews: '',
};

const listsOf = (op: Op) => {
  const named = (name: string) => (op.operation.parameters ?? []).some((p) => p.name === name);
  const parts = [named('limit') ? 'limit=200' : '', named('includeTotal') ? 'includeTotal=true' : ''].filter(Boolean);
  return QUERY[op.id] ?? (parts.length > 0 ? `?${parts.join('&')}` : '');
};

export type Attack = { asked: number; leaks: string[] };

/** Every GET of the contract: single ones with every sealed id of their kind and with those of `own`, lists whole; whatever is told of what is sealed is a leak. */
export async function readEverything(
  { api }: Pick<Service, 'api'>,
  officer: string,
  hidden: readonly Hanging[],
  own: readonly Pick<Hanging, 'kind' | 'id'>[] = [],
): Promise<Attack> {
  const { operations } = await contract();
  const leaks: string[] = [];
  let asked = 0;
  const told = (answer: Answer, own = '') =>
    hidden.filter(({ id }) => id !== own && answer.text.includes(id)).map(({ kind, id }) => `${kind} ${id}`);
  for (const op of operations) {
    if (op.method !== 'GET' || op.isPublic || /exports|imports|exchange/.test(op.path)) continue;
    const slots = op.path.match(/\{/g)?.length ?? 0;
    if (slots === 0) {
      const answer = await api.get(officer, `${op.path}${listsOf(op)}`);
      asked += 1;
      const found = told(answer);
      if (found.length > 0 || answer.status >= 500) leaks.push(`${op.id}: ${answer.status} ${found.join(', ')}`);
      continue;
    }
    if (slots > 1) continue;
    const at = (id: string) => op.path.replace(/\{\w+\}/, id);
    const absent = await api.get(officer, at(absentId(1)));
    for (const { id } of hidden.filter(({ kind }) => kind === kindOf(op))) {
      const answer = await api.get(officer, at(id));
      asked += 1;
      if (core(answer) !== core(absent) || told(answer, id).length > 0)
        leaks.push(`${op.id} ${id}: ${answer.status}, of an absent one ${absent.status}`);
    }
    for (const { id } of own.filter(({ kind }) => kind === kindOf(op))) {
      const found = told(await api.get(officer, at(id)), id);
      asked += 1;
      if (found.length > 0) leaks.push(`${op.id} of one's own ${id}: ${found.join(', ')}`);
    }
  }
  return { asked, leaks };
}
