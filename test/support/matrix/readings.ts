// Reads each view and each list once for every role and relation to which docs/permissions.csv opens it, and notes what is shown (S-17).
import { type Life, liveCase, worldOf } from '../../api/retention/life.ts';
import type { Op } from '../contract.ts';
import type { Target } from '../fixtures/fixture.ts';
import type { Service } from '../start.ts';
import type { MatrixActor } from './actors.ts';
import { ask } from './ask.ts';
import type { Expectations } from './expectation.ts';
import { type Fields, note, shapeOf } from './fields.ts';
import { relationOf, standingOf } from './subject.ts';

export type Reading = { op: Op; target: Target };

const RULE = {
  reasonCode: 'domestic_violence',
  hiddenAddress: true,
  note: '只在上班时间联系',
  reviewOn: '2031-01-01',
};

/** A whole life of a woman and her child, whose address is hidden: few fields of its views are empty. */
export async function richReadings(service: Service, operations: readonly Op[]): Promise<Reading[]> {
  const life: Life = await liveCase(worldOf(service.api));
  const path = `/v1/persons/${life.personId}/safe-contact?createOnly=true`;
  const set = await service.api.as('wf.heping', 'PUT', path, { body: RULE });
  if (set.status !== 201) throw new Error(set.text);
  const ids: Readonly<Record<string, string>> = {
    case: life.caseId,
    clue: life.clue.id,
    person: life.personId,
    referral: life.referral.id,
    visit: life.visit.id,
    disbursement: life.line.id,
    account: life.accountId,
  };
  return operations.flatMap((op) => {
    const id = ids[String(op.operation['x-resource'])];
    const single = (op.path.match(/\{/g) ?? []).length === 1;
    return op.method === 'GET' && id && single ? [{ op, target: { params: { id } } }] : [];
  });
}

/** The longest page there is: what stands on it depends least on what else was made. */
function whole(op: Op, target: Target): Target {
  const paged = ((op.operation.parameters ?? []) as { name: string }[]).some(({ name }) => name === 'limit');
  return paged ? { ...target, query: { ...target.query, limit: op.id === 'listEvents' ? '100' : '200' } } : target;
}

/** One officer of each role and relation, of the district where most was made if there is one. */
const first = (actors: readonly MatrixActor[]) =>
  [...actors].sort((a, b) => Number(b.agencyCode.includes('210102')) - Number(a.agencyCode.includes('210102')));

export async function readAll(
  service: Service,
  readings: readonly Reading[],
  actors: readonly MatrixActor[],
  expectations: Expectations,
): Promise<Fields> {
  const fields: Fields = new Map();
  for (const { op, target } of readings) {
    const standing = await standingOf(service.owner, op, target);
    const readers = new Map<string, string>();
    for (const actor of first(actors)) {
      const relation = relationOf(standing, actor);
      const reader = `${actor.role}/${relation}`;
      if (!readers.has(reader) && expectations.of(op.id, actor.role, relation) === 'allow')
        readers.set(reader, actor.code);
    }
    for (const [reader, code] of readers) {
      const answer = await ask(service.api, op, whole(op, target), code, undefined);
      if (answer.status === 200) note(fields, op.id, reader, shapeOf(answer.body));
    }
  }
  return fields;
}
