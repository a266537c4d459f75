// The property behind the whole flow: whatever happens to a person with an accepted clue or a referral, somebody answers for them.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useService } from '../../support/service.ts';
import { createWalk } from './walk.ts';

const service = useService();
/** More of them by hand: WALKS=500; SEED repeats a run. */
const WALKS = Number(process.env.WALKS ?? 16);
const [random = 0] = crypto.getRandomValues(new Int32Array(1));
const seed = Number(process.env.SEED ?? random);

/**
 * Everybody with an accepted clue or a referral, as the human being they are now, with the accounts in which their monitoring
 * goes on; written from the tables of clues, referrals and persons, not from what accounts believe.
 */
const FATES = `
  with touched as (
    select s.person_id from clue_subjects s join clues c on c.id = s.clue_id
      where c.case_id is not null or c.state = 'routed_to_social_assistance'
    union select p.person_id from referral_persons p
  ),
  people as (select distinct coalesce(p.merged_into_id, p.id) as id from touched t join persons p on p.id = t.person_id)
  select people.id as person, count(a.id)::int as accounts,
    count(a.id) filter (where (a.state = 'closed' and a.closing_reason is not null)
      or (a.state <> 'closed' and a.next_action_kind is not null and a.next_due_on is not null))::int as answered
  from people left join monitoring_accounts a on a.person_id = people.id and a.merged_into_id is null
  group by people.id`;

/** Without the bias towards small numbers, which would always choose the first. */
const choices = fc.noBias(fc.array(fc.nat(9999), { minLength: 150, maxLength: 200 }));

type Fate = { person: string; accounts: number; answered: number };

test('every person with an accepted clue or referral is in exactly one account, with a next action or a closing reason', async () => {
  process.stdout.write(`accounts: seed ${seed}, ${WALKS} walks\n`);
  const taken = new Map<string, number>();
  const walks = fc.asyncProperty(choices, async (numbers) => {
    const walk = createWalk(service, numbers);
    for (let i = 0; i < 20; i++) await walk.step();
    const lost = (await service.owner.query<Fate>(FATES)).filter((f) => f.accounts !== 1 || f.answered !== 1);
    if (lost.length > 0) throw new Error(`${JSON.stringify(lost)} after\n${walk.steps.join('\n')}`);
    for (const line of walk.steps) {
      const name = line.replace(/ as \S+/, '');
      taken.set(name, (taken.get(name) ?? 0) + 1);
    }
  });
  await fc.assert(walks, { seed, numRuns: WALKS, endOnFailure: true });
  if (process.env.WALKS) {
    const lines = [...taken].sort().map(([name, n]) => `${n}\t${name}\n`);
    process.stdout.write(lines.join(''));
  }
  // The walks were not idle: clues were accepted, their cases handled, and accounts kept.
  for (const verb of ['clue acceptance 200', 'case assignment 200', 'account stabilisation 200'])
    expect({ verb, times: taken.get(verb) ?? 0 }).not.toEqual({ verb, times: 0 });
  expect((await service.owner.query<Fate>(FATES)).length).toBeGreaterThan(WALKS / 2);
}, 1_800_000);
