// S-16 and S-17: a field that is the server's own is taken by no write, nested or not; a column that no view lists is shown by no read, to no role.
import { sandboxOfficers } from '../src/sandbox/officers.ts';
import { fillPath } from '../test/support/contract.ts';
import { addUnlistedColumns, openObjects, SERVER_OWNED, UNLISTED } from '../test/support/sweep.ts';
import { findings, type Stage, withStage } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

type Schema = { $ref?: string; properties?: Record<string, Schema>; items?: Schema };

/** Every name that an answer has anywhere: whatever the service says, a caller might try to set. */
function namesOfViews(document: unknown): string[] {
  const { schemas } = (document as { components: { schemas: Record<string, Schema> } }).components;
  const names = new Set<string>(SERVER_OWNED);
  const visit = (schema: Schema): void => {
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      names.add(name);
      visit(member);
    }
    if (schema.items) visit(schema.items);
  };
  for (const schema of Object.values(schemas)) visit(schema);
  return [...names];
}

/** Places of the body that are objects: the body itself, members, items. */
function objectsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, member]) =>
    objectsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? below : [path, ...below];
}

function withMember(body: unknown, path: (string | number)[], name: string): unknown {
  const copy = structuredClone(body) as Record<string | number, unknown>;
  let holder = copy;
  for (const key of path) holder = holder[key] as Record<string | number, unknown>;
  holder[name] = 'x';
  return copy;
}

async function owned({ contract, prepared, wire, send, fault, service }: Stage): Promise<Reading> {
  const found = findings();
  for (const place of openObjects(contract.document))
    if (place !== '/components/schemas/Problem') found.add(`open: ${place}`);
  const names = namesOfViews(contract.document);
  const records = 'select count(*)::int as n from audit_records';
  let sent = 0;
  let writes = 0;
  const before = await service.owner.query<{ n: number }>(`${records} where type not like 'person.%'`);
  for (const chosen of prepared) {
    const { op, target } = chosen;
    if (!op.hasBody || target.form || target.file) continue;
    writes += 1;
    const body = target.body ?? {};
    for (const path of objectsOf(body)) {
      // A name that the contract takes at this place is no server's: the schema of the body says which.
      for (const name of path.length === 0 ? names : SERVER_OWNED) {
        const payload = withMember(body, path, name);
        if (contract.schemaFault(op, payload) === undefined || contract.takes(op, name)) continue;
        sent += 1;
        const answer = await send({ ...(await wire(chosen)), payload: JSON.stringify(payload) });
        const wrong = fault(answer) ?? (answer.status === 400 ? undefined : `${answer.status}`);
        if (wrong) found.add(`${op.id} ${[...path, name].join('/')}: ${wrong}`);
      }
    }
  }
  const after = await service.owner.query<{ n: number }>(`${records} where type not like 'person.%'`);
  if (before[0]?.n !== after[0]?.n) found.add(`${before[0]?.n} records before, ${after[0]?.n} after`);
  return {
    figure: `${sent} requests with one of ${names.length} names of answers in the bodies of ${writes} writes: ${found.count} taken`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

async function unlisted({ prepared, service, fault }: Stage): Promise<Reading> {
  const found = findings();
  await addUnlistedColumns(service.database.ownerUrl);
  const reads = prepared.filter(({ op }) => op.method === 'GET' && !op.isPublic);
  let shown = 0;
  let asked = 0;
  for (const { op, target } of reads)
    for (const { code } of sandboxOfficers) {
      asked += 1;
      const answer = await service.api.get(code, fillPath(op.path, target.params ?? {}, target.query));
      if (answer.status < 300) shown += 1;
      const wrong = answer.status >= 500 ? fault(answer) : undefined;
      if (wrong || answer.text.includes(UNLISTED)) found.add(`${op.id} as ${code}: ${wrong ?? 'shows the column'}`);
    }
  return {
    figure: `a new column on every table; ${asked} reads of ${reads.length} operations as ${sandboxOfficers.length} officers, ${shown} answered: ${found.count} show it`,
    met: found.count === 0 && shown > 1000,
    detail: found.detail(),
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-16',
    name: 'every name of every answer, in the body of every write',
    target: '400, nothing written; every object of the contract closed',
    run: () => withStage(owned),
  },
  {
    number: 'S-17',
    name: 'a column that no view lists',
    target: 'in 0 answers, whoever asks',
    run: () => withStage(unlisted),
  },
];
