// The requests of the benchmark: what is asked of the service, and the same of the peer.
import { completeCitizenId } from '../src/kernel/citizen-id.ts';
import { seededRandom } from '../src/kernel/random.ts';
import type { Shot } from './measure.ts';

const REGION = { heping: '210102', tiexi: '210106' } as const;

/** A clue of one woman, another each time; every person in it is invented. */
export function clueBody(district: 'heping' | 'tiexi', n: number) {
  const year = 1950 + (Math.floor(n / 330_000) % 50);
  const month = String(1 + (Math.floor(n / 27_972) % 12)).padStart(2, '0');
  const day = String(1 + (Math.floor(n / 999) % 28)).padStart(2, '0');
  const idNumber = completeCitizenId(`${REGION[district]}${year}${month}${day}${String(n % 999).padStart(3, '0')}`);
  return {
    source: 'wf_visit',
    regionCode: REGION[district],
    urgency: 'normal',
    facts: '丈夫故意伤害致其重伤，案件已移送审查起诉，被告人无赔偿能力，医疗费由亲属垫付。',
    hardship: '无业，独自抚养一名未成年子女，医疗费欠款。',
    linkedCase: { type: 'criminal', number: '沈和检刑诉〔2026〕118号', handlingOrgan: '沈阳市和平区人民检察院' },
    subjects: [
      {
        name: '李秀兰',
        sex: (n % 999) % 2 === 0 ? 'female' : 'male',
        idType: 'citizen_id',
        idNumber,
        phone: '13812345678',
        address: '沈阳市和平区南湖街道样例路1号',
        householdRegionCode: REGION[district],
        categories: ['W2'],
        relationToCase: 'self',
      },
    ],
  };
}

/** Printed with the table: the same seed asks for the same clues. */
export const SEED = 20230221;
const random = seededRandom(SEED);
const pick = (ids: readonly string[]) => random.pick(ids);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const getClue = (ids: readonly string[], token: string) => (): Shot => ({
  method: 'GET',
  path: `/v1/clues/${pick(ids)}`,
  headers: bearer(token),
});

export const listClues = (token: string) => (): Shot => ({
  method: 'GET',
  path: '/v1/clues?limit=50',
  headers: bearer(token),
});

export function postClue(token: string) {
  let n = 1;
  return (): Shot => {
    n += 1;
    const headers = { ...bearer(token), 'content-type': 'application/json', 'idempotency-key': `bench-${n}` };
    return { method: 'POST', path: '/v1/clues', headers, body: JSON.stringify(clueBody('heping', n)) };
  };
}

export const peerGet = (ids: readonly string[]) => (): Shot => ({
  method: 'GET',
  path: `/clues/${pick(ids)}`,
  headers: {},
});
export const peerList = (agencyId: string) => (): Shot => ({
  method: 'GET',
  path: `/clues?agencyId=${agencyId}`,
  headers: {},
});
export const peerPost = (agencyId: string) => (): Shot => ({
  method: 'POST',
  path: '/clues',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ ...clueBody('heping', 0), agencyId }),
});
