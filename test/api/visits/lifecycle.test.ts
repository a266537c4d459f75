// Every state × verb of a visit, against the table that the contract gives.
import { describe, expect, test } from '@jest/globals';
import { VISIT_STATES, type VisitState, type VisitVerb, visitMachine } from '../../../src/visits/domain.ts';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { actionOf, createGiven } from '../accounts/given.ts';
import { errorsOf } from '../cases/given.ts';

const service = useService();

const PATHS = {
  record: 'record',
  miss: 'missed',
  reschedule: 'rescheduling',
  cancel: 'cancellation',
} as const satisfies Record<VisitVerb, string>;
const WAYS: Readonly<Record<VisitState, readonly VisitVerb[]>> = {
  planned: [],
  done: ['record'],
  missed: ['miss'],
  cancelled: ['cancel'],
};
const VERBS = Object.keys(PATHS) as VisitVerb[];

function bodyOf(verb: VisitVerb): Json {
  const { record } = createGiven(service.api);
  const bodies: Record<VisitVerb, Json> = {
    record: record(),
    miss: { reasonCode: 'absent', note: '邻居称外出务工' },
    reschedule: { plannedOn: '2027-02-01', reason: '本人要求' },
    cancel: { reason: '已迁居外地' },
  };
  return bodies[verb];
}

async function visitIn(c: { path: string }, state: VisitState): Promise<Known> {
  const { plannedVisit, story } = createGiven(service.api);
  let visit = await plannedVisit(c);
  for (const verb of WAYS[state]) visit = await story.decide('handler.heping', visit, PATHS[verb], bodyOf(verb));
  return visit;
}

test.each(VISIT_STATES)('%s × every verb', async (state) => {
  const { api } = service;
  const { aided } = createGiven(api);
  const { c } = await aided();
  for (const verb of VERBS) {
    const visit = await visitIn(c, state);
    expect(visit.body.state).toBe(state);
    expect(actionOf(visit.body, PATHS[verb])?.allowed).toBe(visitMachine.can(state, verb));
    const answer = await api.decide('handler.heping', visit.path, PATHS[verb], bodyOf(verb));
    if (visitMachine.can(state, verb)) {
      expect(answer).toMatchObject({ status: 200, body: { state: visitMachine.next(state, verb) } });
      expect(answer.etag).not.toBe('');
    } else {
      const allowed = visitMachine.allowed(state);
      expect(answer).toMatchObject({ status: 409, body: { code: 'visit.illegal_transition', allowed } });
    }
  }
});

describe('steps', () => {
  test('a missed visit keeps its coded reason until it is rescheduled', async () => {
    const { api } = service;
    const { aided, story, read } = createGiven(api);
    const { c } = await aided();
    const visit = await visitIn(c, 'missed');
    expect(visit.body).toMatchObject({ missedReasonCode: 'absent', missedNote: '邻居称外出务工' });
    const again = await story.decide('wf.heping', visit, 'rescheduling', bodyOf('reschedule'));
    expect(again.body).toMatchObject({ state: 'planned', plannedOn: '2027-02-01', missedReasonCode: null });
    const cancelled = await story.decide('head.heping', again, 'cancellation', { reason: '重复' });
    expect((await read('wf.heping', cancelled.path)).body).toMatchObject({ cancellationReason: '重复' });
  });

  test('an unknown reason is a 422, a stale or absent ETag a 412 or 428', async () => {
    const { api } = service;
    const { aided, plannedVisit } = createGiven(api);
    const { c } = await aided();
    const { path } = await plannedVisit(c);
    const unknown = await api.decide('handler.heping', path, 'missed', { reasonCode: 'lazy' });
    expect(errorsOf(unknown)).toEqual(['/reasonCode code.unknown']);
    const body = { reason: 'x' };
    expect((await api.as('handler.heping', 'POST', `${path}/cancellation`, { body })).status).toBe(428);
    expect((await api.as('handler.heping', 'POST', `${path}/cancellation`, { body, etag: '"7.x"' })).status).toBe(412);
    must(await api.decide('handler.heping', path, 'cancellation', body), path);
  });
});
