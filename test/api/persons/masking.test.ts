// P-07: no list, search, feed or masked view holds a whole name, number, phone, address or account, for any role there is.
import { beforeAll, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { type Life, liveCase, worldOf } from '../retention/life.ts';

const service = useService();
const POSTS = ['intake', 'handler', 'head', 'chief', 'finance', 'bureau', 'wf', 'civil', 'education'];
const OFFICERS = [
  ...POSTS.map((post) => `${post}.heping`),
  ...['supervisor.liaoning', 'auditor.liaoning', 'admin', 'head.shenyang', 'handler.tiexi', 'wf.tiexi'],
];
const LISTS = [
  'clues',
  'clues?order=queue',
  'assistance-cases',
  'disbursements',
  'referrals',
  'visits',
  'monitoring-accounts',
  'case-notices',
  'deadlines',
  'work-items?assignee=agency',
  'person-reviews',
  'legal-holds',
  'retention/due',
  'events',
  'funds',
];
let life: Life;

beforeAll(async () => {
  life = await liveCase(worldOf(service.api));
}, 60_000);

test.each(OFFICERS)('%s finds nothing whole in any list, feed or search', async (officer) => {
  const { api } = service;
  const parts = [
    ...['timeline', 'history', 'decisions', 'deadlines', 'disbursements', 'referrals', 'visits', 'documents'].map(
      (part) => `assistance-cases/${life.caseId}/${part}`,
    ),
    `persons/${life.personId}`,
    `persons/${life.personId}/assistance-history`,
    `monitoring-accounts/${life.accountId}/timeline`,
    'statistics/summary?from=2020-01-01&to=2030-12-31&regionCode=210000',
  ];
  let answered = 0;
  for (const path of [...LISTS, ...parts]) {
    const { status, text } = await api.get(officer, `/v1/${path}`);
    if (status === 200) answered += 1;
    // The history of a case shows its texts to its team: there only identities are looked for.
    const secrets = path.endsWith('/history') ? life.truth.filter((t) => !t.includes('标记')) : life.truth;
    const whole = [...secrets, ...life.third].filter((secret) => text.includes(secret));
    expect([path, whole]).toEqual([path, []]);
  }
  const search = await api.create(officer, '/v1/persons/lookups', { idNumber: life.idNumber });
  expect([...life.truth, ...life.third].filter((secret) => search.text.includes(secret))).toEqual([]);
  expect(answered).toBeGreaterThan(0);
});
