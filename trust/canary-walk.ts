// Requests that no fixture makes, so that the canaries reach the texts that only they carry.
import { beneficiariesOf, type World } from '../test/support/world.ts';

/** Each with what it is for; one that fails is told, not hidden. */
export const extras: readonly [name: string, make: (world: World) => Promise<unknown>][] = [
  [
    'supplementClue with subjects',
    async (world) => world.decide('wf.heping', await world.clue(), 'supplement', { subjects: [world.subject()] }),
  ],
  [
    'receiveCaseDocuments with what is waived and what is still to be obtained',
    async (world) => {
      const known = await world.underReview();
      const items = ['户口簿', '诊断证明', '低保证'];
      const asked = await world.decide('handler.heping', known, 'document-request', { items, reason: '核实' });
      const receipt = { items: ['户口簿'], waived: ['诊断证明'], toBeObtained: ['低保证'], note: '见附件' };
      return world.decide('handler.heping', asked, 'document-receipt', receipt);
    },
  ],
  [
    'sendReferrals, several at once',
    async (world) => {
      const known = await world.shared('granted');
      const body = { origin: { assistanceCaseId: known.id }, referrals: [await world.referralInput(known)] };
      return mustSucceed(world.api.create('handler.heping', '/v1/referrals', body));
    },
  ],
  [
    'recordVisit with needs that become a referral and a clue',
    async (world) => {
      const {
        origin: _origin,
        personIds: _persons,
        ...referral
      } = {
        origin: null,
        ...(await world.referralInput(await world.shared('granted'))),
      } as Record<string, unknown>;
      const child = { ...world.subject(), guardian: { name: '某某', relation: '母亲', phone: '13900000000' } };
      return world.decide('handler.heping', await world.visit(), 'record', {
        doneOn: '2026-11-16',
        livingConditions: '一般',
        riskLevel: 'medium',
        needs: [
          '心理疏导',
          { text: '需助学', referral },
          { text: '邻居亦需救助', clue: { ...world.clueInput(), subjects: [child] } },
        ],
      });
    },
  ],
  [
    'recordVisit and measure-check with what is left out and why',
    async (world) => {
      const { id, body } = await world.referral('accepted');
      const { assistanceCaseId } = (await world.read('handler.heping', `/v1/referrals/${id}`)).body;
      const at = `/v1/assistance-cases/${String(assistanceCaseId)}/visits`;
      const left = [{ referralId: String(body.id), leftOutReason: '当日无法核实' }];
      const record = { doneOn: '2026-11-16', livingConditions: '一般', riskLevel: 'low' };
      for (const measures of [left, []]) {
        const planned = await mustSucceed(world.api.create('handler.heping', at, world.visitInput()));
        const visit = {
          id: String(planned.body.id),
          path: `/v1/visits/${String(planned.body.id)}`,
          body: planned.body,
        };
        const done = await world.decide('handler.heping', visit, 'record', { ...record, measures });
        if (measures.length === 0) await world.decide('handler.heping', done, 'measure-check', { measures: left });
      }
    },
  ],
  [
    'proposeAssistance against an exclusion',
    async (world) => {
      const known = await world.underReview();
      const exclusions = [{ code: 'X4', applies: true, note: '放弃赔偿' }];
      const body = { ...world.proposal(known), exclusions, override: { reason: '重伤致残，无其他救济' } };
      return world.decide('handler.heping', known, 'proposal', body);
    },
  ],
  [
    'setSafeContact against somebody by number',
    async (world) => {
      const personId = beneficiariesOf(await world.opened())[0]?.personId;
      const { name, idNumber } = world.subject() as { name: string; idNumber: string };
      const path = `/v1/persons/${personId}/safe-contact?createOnly=true`;
      const { body } = await world.api.get('head.heping', '/v1/code-sets/safe-contact-reasons');
      const reasonCode = (body.values as { code: string }[] | undefined)?.[0]?.code ?? 'domestic_violence';
      const blockedPersons = [{ name, relation: '施暴人', idNumber }];
      const rule = { reasonCode, blockedPersons, safeChannels: '单位电话', note: '勿上门', reviewOn: '2026-12-16' };
      return mustSucceed(world.api.as('head.heping', 'PUT', path, { body: rule }));
    },
  ],
  [
    'correctPerson by number',
    async (world) => {
      const personId = beneficiariesOf(await world.opened())[0]?.personId;
      const path = `/v1/persons/${personId}`;
      const { etag } = await world.api.get('head.heping', path);
      const { idNumber } = world.subject() as { idNumber: string };
      return mustSucceed(world.api.as('head.heping', 'PATCH', path, { etag, body: { idNumber } }));
    },
  ],
];

async function mustSucceed(sent: ReturnType<World['api']['get']>) {
  const answer = await sent;
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text.slice(0, 300)}`);
  return answer;
}
