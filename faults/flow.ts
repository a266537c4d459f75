// The whole flow of one clue over HTTP: submission, acceptance, assignment, proposal, grant, payment in four hands, referral, visit.
import { completeCitizenId } from '../src/kernel/citizen-id.ts';
import type { Client, Command, Json } from './client.ts';

export type District = 'heping' | 'tiexi';
export const DISTRICTS: readonly District[] = ['heping', 'tiexi'];
const REGION: Readonly<Record<District, string>> = { heping: '210102', tiexi: '210106' };

/** Every flow is about another woman and another original case: no rule about one person ties two of them together. */
export function subjectOf(flow: number, district: District): Json {
  const day = String(1 + (flow % 28)).padStart(2, '0');
  const year = String(1950 + (Math.floor(flow / 14_000) % 50));
  const month = String(1 + (Math.floor(flow / 28) % 12)).padStart(2, '0');
  const serial = String(((Math.floor(flow / 336) * 2) % 998) + 2).padStart(3, '0');
  const idNumber = completeCitizenId(`${REGION[district]}${year}${month}${day}${serial}`);
  return {
    name: '李秀兰',
    sex: 'female',
    idType: 'citizen_id',
    idNumber,
    phone: `139${String(10_000_000 + flow).slice(-8)}`,
    address: '沈阳市样例路1号',
    householdRegionCode: REGION[district],
    categories: ['W2'],
    relationToCase: 'self',
  };
}

export const clueOf = (flow: number, district: District, tag: string): Json => ({
  externalId: `${tag}-${flow}`,
  source: 'wf_visit',
  regionCode: REGION[district],
  foundOn: '2026-11-02',
  facts: '被害人重伤，被告人无赔偿能力。',
  hardship: '独自抚养一名未成年子女。',
  linkedCase: { type: 'criminal', number: `沈检刑诉〔2026〕${tag}${flow}号`, handlingOrgan: '样例人民检察院' },
  subjects: [subjectOf(flow, district)],
});

export const yuan = (fen: number): Json => ({ amount: (fen / 100).toFixed(2), currency: 'CNY' });

/** Ids that no fault changes: read once, before the first one. */
export type Places = Readonly<Record<District, { handlerOfficerId: string; civilAgencyId: string }>>;

export async function readPlaces(client: Client): Promise<Places> {
  const me = async (officer: string) => (await client.get(officer, '/v1/me')) ?? {};
  const place = async (district: District) => ({
    handlerOfficerId: String(((await me(`handler.${district}`)).officer as Json)?.id),
    civilAgencyId: String(((await me(`civil.${district}`)).agency as Json)?.id),
  });
  return { heping: await place('heping'), tiexi: await place('tiexi') };
}

const payee = { type: 'self', name: '李秀兰', bankName: '样例银行', accountNumber: '6222020012345678901' };

type Beneficiary = { id: string; personId: string };

/** What a stopped or refused step throws: the flow ends there. */
class Ended extends Error {}

export type FlowOptions = {
  client: Client;
  places: Places;
  flow: number;
  district: District;
  tag: string;
  fen: number;
};

/** `refusals`: definite answers that the flow did not expect, for the report. */
export async function runFlow(options: FlowOptions, refusals: string[]): Promise<boolean> {
  const { client, places, flow, district, tag, fen } = options;
  const at = (post: string) => `${post}.${district}`;
  const versions = new Map<string, unknown>();

  async function step(command: Command, resource?: string): Promise<Json> {
    const version = resource === undefined ? undefined : (versions.get(resource) ?? 1);
    const send = (etag?: string) => client.command(flow, { ...command, ...(etag ? { etag } : {}) });
    let answer = await send(version === undefined ? undefined : `"${String(version)}.known"`);
    if (answer?.status === 412 && resource !== undefined) {
      const seen = await client.get(command.officer, resource);
      answer = seen && (await send(`"${String(seen.version)}.known"`));
    }
    if (answer === undefined) throw new Ended();
    if (answer.status >= 300) {
      refusals.push(`${command.fact} (operation ${answer.op.n}): ${answer.status} ${answer.code}`);
      throw new Ended();
    }
    if (resource !== undefined) versions.set(resource, answer.body.version);
    return answer.body;
  }
  const decide = (fact: string, post: string, resource: string, verb: string, body: Json = {}, paidFen = 0) =>
    step({ fact, officer: at(post), path: `${resource}/${verb}`, body, paidFen }, resource);
  const create = (fact: string, post: string, path: string, body: Json) =>
    step({ fact, officer: at(post), path, body });

  async function decision(): Promise<{ path: string; beneficiary: Beneficiary }> {
    const clue = await create('clue.submitted', 'wf', '/v1/clues', clueOf(flow, district, tag));
    const opinion = '符合受理条件';
    const accepted = await decide('clue.accepted', 'head', `/v1/clues/${String(clue.id)}`, 'acceptance', { opinion });
    const path = `/v1/assistance-cases/${String(accepted.assistanceCaseId)}`;
    const { handlerOfficerId } = places[district];
    const assigned = await decide('case.assigned', 'head', path, 'assignment', { handlerOfficerId });
    const [beneficiary] = assigned.beneficiaries as Beneficiary[];
    if (!beneficiary) throw new Error('a case without a beneficiary');
    await decide('case.proposed', 'handler', path, 'proposal', {
      eligibilityCode: 'E1',
      exclusions: [{ code: 'X1', applies: false, note: '无过错' }],
      awards: [{ beneficiaryId: beneficiary.id, amount: yuan(fen) }],
      opinion: '建议予以救助',
      // Drawn sums lie outside the range of like cases now and then.
      amountReason: '演练金额',
    });
    await decide('case.granted', 'chief', path, 'approval', { outcome: 'granted', opinion: '同意救助' });
    return { path, beneficiary };
  }

  async function payment(path: string, beneficiaryId: string): Promise<void> {
    const body = { beneficiaryId, amount: yuan(fen), kind: 'lump', payee, requestNumber: `${tag}-${flow}` };
    const planned = await create('disbursement.planned', 'handler', `${path}/disbursements`, body);
    const line = `/v1/disbursements/${String(planned.id)}`;
    await decide('disbursement.authorised', 'head', line, 'authorisation');
    await decide('disbursement.submitted', 'finance', line, 'submission');
    const paid = { paidOn: String(planned.createdAt).slice(0, 10), bankReference: `B-${tag}-${flow}` };
    await decide('disbursement.settled', 'finance', line, 'settlement', paid, fen);
  }

  async function relief(path: string, personId: string): Promise<void> {
    const body = {
      agencyId: places[district].civilAgencyId,
      personIds: [personId],
      measures: ['MCA3'],
      proposal: '家庭生活困难，建议给予救助',
      legalBasis: 'statutory_duty',
    };
    const sent = await create('referral.requested', 'handler', `${path}/referrals`, body);
    await decide('referral.accepted', 'civil', `/v1/referrals/${String(sent.id)}`, 'acceptance');
    await create('visit.planned', 'handler', `${path}/visits`, { plannedOn: '2099-01-12', mode: 'home' });
  }

  try {
    const { path, beneficiary } = await decision();
    await payment(path, beneficiary.id);
    await relief(path, beneficiary.personId);
    return true;
  } catch (error) {
    if (error instanceof Ended) return false;
    throw error;
  }
}
