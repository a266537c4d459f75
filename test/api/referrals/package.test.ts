// The package: exactly the persons of this referral, in clear for its recipient while it is open, masked for everybody else.
import { beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { useService } from '../../support/service.ts';
import { createGiven, type Given, type GrantedCase, steps } from './given.ts';

const service = useService();
let given: Given;
let granted: GrantedCase;

beforeAll(async () => {
  given = createGiven(service.api);
  granted = await given.grantedCase(2);
}, 60_000);

async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: service.database.ownerUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

describe('the package of a referral', () => {
  test('shows its own persons in clear to the recipient, and each view is audited', async () => {
    const { api } = service;
    const [first] = granted.beneficiaries;
    const referral = await given.refer(granted, 'civil', { personIds: [first?.personId] });
    const opened = await api.get('civil.heping', `${referral.path}/package`);
    expect([opened.status, opened.etag.startsWith('"1.')]).toEqual([200, true]);
    expect(opened.body).toMatchObject({
      masked: false,
      legalBasis: 'statutory_duty',
      proposal: '家庭生活困难，建议给予救助',
    });
    expect(opened.body.persons).toEqual([
      {
        personId: first?.personId,
        name: '李秀兰',
        sex: 'female',
        birthDate: expect.stringMatching(/^19\d\d-/),
        idNumber: expect.stringMatching(/^210\*+/),
        phone: expect.stringMatching(/^1381234\d{4}$/),
        address: '沈阳市和平区南湖街道样例路1号',
        householdRegionCode: '210102',
        grantedAmount: { amount: '20000.00', currency: 'CNY' },
      },
    ]);
    const views = await query(`select * from audit_records where type = 'person.viewed' order by 1`);
    const mine = views.filter((view) => JSON.stringify(view).includes('referral.package'));
    expect(mine).toHaveLength(1);
    expect(JSON.stringify(mine)).not.toContain('李秀兰');
  });

  test('the sender sees masked persons and its proposal, oversight neither, strangers nothing', async () => {
    const { api } = service;
    const referral = await given.refer(granted);
    const sender = await api.get('handler.heping', `${referral.path}/package`);
    expect(sender.body).toMatchObject({ masked: true, proposal: '家庭生活困难，建议给予救助' });
    expect(sender.body.persons).toMatchObject([{ name: '李*', birthDate: null }, { name: '李*' }]);
    const above = await api.get('supervisor.liaoning', `${referral.path}/package`);
    expect(above.body).toMatchObject({
      masked: true,
      proposal: null,
      persons: [{ name: '李*' }, { grantedAmount: null }],
    });
    for (const officer of ['hr.heping', 'civil.tiexi', 'handler.tiexi'])
      expect((await api.get(officer, `${referral.path}/package`)).status).toBe(404);
  });

  type Ending = { officer: string; before: readonly (readonly [string])[]; body: () => Promise<object> };
  const civil = 'civil.heping';
  const begun = [['acceptance'], ['start']] as const;
  const ENDINGS: Readonly<Record<string, Ending>> = {
    completion: { officer: civil, before: [...begun], body: async () => ({ outcome: 'delivered', note: '已落实' }) },
    failure: { officer: civil, before: [...begun], body: async () => ({ reason: '无法办理' }) },
    rejection: {
      officer: civil,
      before: [['receipt']],
      body: async () => ({ reasonCode: 'person_declined', reason: '本人不接受' }),
    },
    cancellation: {
      officer: 'handler.heping',
      before: [...begun, ['hold']],
      body: async () => ({ reason: '重复移送' }),
    },
    forwarding: {
      officer: 'handler.heping',
      before: [['acceptance']],
      body: async () => ({
        agencyId: await given.story.agencyOf('hr.heping'),
        measures: ['HR1'],
        reason: '改由人社办理',
      }),
    },
  };

  test.each(Object.keys(ENDINGS))('narrows to masked ids, measures and own answers with %s', async (verb) => {
    const { api } = service;
    const ending = ENDINGS[verb];
    const referral = await given.refer(granted);
    const before = (ending?.before ?? []).map(
      ([step]) => [step, step === 'hold' ? { reason: '等待名额' } : {}] as const,
    );
    await steps(given.story, civil, referral, before);
    expect((await api.get(civil, `${referral.path}/package`)).body).toMatchObject({ masked: false });
    await steps(given.story, ending?.officer ?? '', referral, [[verb, await ending?.body()]]);
    const views = () => query(`select 1 from audit_records where type = 'person.viewed'`);
    const audited = (await views()).length;
    for (const path of [`${referral.path}/package`, referral.path]) {
      const { body, text } = await api.get(civil, path);
      const nobody = { name: null, phone: null, address: null, householdRegionCode: null };
      expect(body).toMatchObject({
        proposal: null,
        measures: ['MCA3'],
        persons: [{ ...nobody, idNumber: expect.stringMatching(/^210\*+/) }, nobody],
      });
      expect(text).not.toMatch(/李|样例路|20000|1381234|家庭生活困难|重复移送|改由人社办理/);
    }
    expect((await views()).length).toBe(audited);
    const own = (await api.get(civil, referral.path)).body;
    const answers = {
      completion: { completion: { outcome: 'delivered', note: '已落实' } },
      failure: { failureReason: '无法办理' },
      rejection: { rejection: { reasonCode: 'person_declined', reason: '本人不接受' } },
      cancellation: { holdReason: '等待名额', resumeOn: null },
    } as Record<string, object>;
    expect(own).toMatchObject(answers[verb] ?? {});
    const sender = await api.get('handler.heping', referral.path);
    expect(sender.body).toMatchObject({ proposal: '家庭生活困难，建议给予救助', persons: [{ name: '李*' }, {}] });
  });

  test('nothing of it stands in clear in the database, the events or the log', async () => {
    await given.refer(granted);
    const rows = await query(
      `select (select json_agg(r) from referrals r)::text || (select json_agg(p) from referral_persons p)::text
        || (select json_agg(e) from events e)::text || (select json_agg(a) from audit_records a)::text as text`,
    );
    expect(String(rows[0]?.text)).not.toMatch(/李秀兰|样例路|1381234\d{4}|家庭生活困难/);
    expect(service.logLines.join('\n')).not.toMatch(/李秀兰|样例路|家庭生活困难/);
  });
});
