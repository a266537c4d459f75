// One time only: who was aided under an original case is not aided under it again (domain §6.2), except by approval of the level above.
import { defineProblems } from '../kernel/problem.ts';

export const aidProblems = defineProblems({
  'aid.given_already': {
    status: 409,
    zh: [
      '同一原案件已获救助',
      '此人在同一原案件中已获国家司法救助，一案只救助一次',
      '作出不予救助决定；确需再次救助的，说明理由（override）报上级检察院批准',
    ],
    en: [
      'Aided already under this original case',
      'one person is aided once under one original case, whichever agency it was',
      'refuse; or give an `override` with its reason, which the level above approves',
    ],
  },
});

type Aided = { personId: string; sameCase: boolean };

/** Those of the people who were aided under the same original case. */
export function aidedAlready(personIds: readonly string[], former: readonly Aided[]): string[] {
  const aided = new Set(former.filter((one) => one.sameCase).map((one) => one.personId));
  return [...new Set(personIds)].filter((id) => aided.has(id));
}
