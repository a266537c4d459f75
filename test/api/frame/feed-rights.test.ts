// The feed tells nobody more than a GET would: not of kinds a role may not read, nor to a department where its referral came from (S-14, S-15).
import { expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { createGiven } from '../referrals/given.ts';

const service = useService();

type Event = { type: string; subject: string; data: Record<string, string> };

/** All events the officer is given, as soon as `wanted` stands among them. */
async function feedOf(officer: string, wanted: string): Promise<Event[]> {
  for (let attempt = 0; ; attempt++) {
    await service.eventsSettled();
    const { body } = await service.api.get(officer, '/v1/events?limit=200');
    const events = (body.items ?? []) as unknown as Event[];
    if (events.some((event) => event.subject === wanted) || attempt === 100) return events;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('finance is told of cases and money, and of no clue, referral, visit, account or person', async () => {
  const given = createGiven(service.api);
  const granted = await given.grantedCase();
  await given.refer(granted);
  const kinds = new Set((await feedOf('finance.heping', `case/${granted.id}`)).map((e) => e.subject.split('/')[0]));
  expect([...kinds].sort()).toEqual(['case', 'fund']);
  const all = new Set((await feedOf('handler.heping', `case/${granted.id}`)).map((e) => e.subject.split('/')[0]));
  expect([...all].sort()).toEqual(['account', 'case', 'clue', 'fund', 'referral']);
  // It reads no case and no money, so its feed is empty, and still has a cursor.
  await service.eventsSettled();
  const auditor = await service.api.get('auditor.liaoning', '/v1/events');
  expect(auditor.body).toMatchObject({ items: [], nextCursor: expect.any(String) });
});

test('the department learns of its referral, not of the case or clue behind it; the sender does', async () => {
  const given = createGiven(service.api);
  const granted = await given.grantedCase();
  const referral = await given.refer(granted, 'education');
  const subject = `referral/${referral.id}`;
  const received = (await feedOf('education.heping', subject)).filter((e) => e.subject === subject);
  expect(received).toMatchObject([{ type: 'referral.requested' }]);
  expect(Object.keys(received[0]?.data ?? {})).toEqual(['agencyId', 'senderAgencyId']);
  const sent = (await feedOf('handler.heping', subject)).filter((e) => e.subject === subject);
  expect(sent[0]?.data).toMatchObject({ assistanceCaseId: granted.id });
});
