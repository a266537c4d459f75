// One audit record and one event for every change, and no number of an aggregate missing or given twice.
import type { Difference } from './oracle-types.ts';
import type { EventRow, Snapshot } from './snapshot-types.ts';

const place = ({ kind, resourceId, sequence }: Omit<EventRow, 'xid' | 'type'>) => `${kind}/${resourceId}/${sequence}`;
const aggregate = ({ kind, resourceId }: { kind: string; resourceId: string }) => `${kind}/${resourceId}`;
const told = (row: EventRow) => `${place(row)} ${row.type} in ${row.xid}`;

function outbox({ facts, events }: Snapshot): Difference[] {
  const [audited, sent] = [new Set(facts.map(told)), new Set(events.map(told))];
  return [
    ...facts
      .filter((fact) => !sent.has(told(fact)))
      .map(
        (fact): Difference => ({ kind: 'outbox', id: place(fact), what: `${fact.type} is audited without an event` }),
      ),
    ...events
      .filter((event) => !audited.has(told(event)))
      .map(
        (event): Difference => ({
          kind: 'outbox',
          id: place(event),
          what: `${event.type} is an event without a record`,
        }),
      ),
  ];
}

function gaps({ facts, heads }: Snapshot): Difference[] {
  const numbers = Map.groupBy(facts, aggregate);
  const last = new Map(heads.map((head) => [aggregate(head), head.sequence]));
  return [...numbers].flatMap(([id, rows]): Difference[] => {
    const sorted = rows.map((row) => row.sequence).sort((a, b) => a - b);
    const gapless = sorted.every((sequence, i) => i === 0 || sequence === (sorted[i - 1] ?? 0) + 1);
    if (!gapless) return [{ kind: 'sequence', id, what: `is numbered ${sorted.join(', ')}` }];
    if (sorted.at(-1) !== last.get(id))
      return [{ kind: 'sequence', id, what: `ends with ${sorted.at(-1)}, its head says ${last.get(id)}` }];
    return [];
  });
}

export const differencesOfFacts = (snapshot: Snapshot): Difference[] => [...outbox(snapshot), ...gaps(snapshot)];
