// In tests every fact must be of a type of the table: a sink besides those of the service looks at each (contract §3).
import { appSinks } from '../../src/app.ts';
import { AUDITED_ONLY, eventType, UNTOLD } from '../../src/events/types.ts';
import type { FactSink } from '../../src/platform/db/tx.ts';

const others: readonly string[] = [...AUDITED_ONLY, ...UNTOLD];

const known: FactSink = async (_tx, facts) => {
  for (const { type, kind } of facts) {
    const listed = eventType(type);
    const audited = others.includes(type) || others.includes(type.split('.')[0] ?? '');
    if (listed ? listed.kind !== kind : !audited)
      throw new Error(`fact ${type} of the kind ${kind} is not in the table of src/events/types.ts`);
  }
};

/** Once for each process of tests. */
export function checkFactTypes(): void {
  const sinks = appSinks as FactSink[];
  if (!sinks.includes(known)) sinks.push(known);
}
