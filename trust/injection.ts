// S-25: strings that would break out of a statement, in every parameter and every text of every operation.

import { seededRandom } from '../src/kernel/random.ts';
import { naughtyStrings } from '../test/support/vectors.ts';
import { slotsOf, withSlot } from './outside/corpus.ts';
import { type Answer, findings, type Prepared, type Stage, withStage } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

const SLEEP = 2;
/** Closing of every kind of quote, comments, stacked statements, time and error based, JSON and array operators. */
const SQL: readonly string[] = [
  "'",
  '"',
  '`',
  '\\',
  "'--",
  "' or '1'='1",
  "' or 1=1--",
  '1 or 1=1',
  '1) or (1=1',
  "') or ('1'='1",
  '1; select 1',
  "'; select pg_sleep(2)--",
  `1 and (select pg_sleep(${SLEEP})) is null`,
  `'||(select pg_sleep(${SLEEP}))||'`,
  `' and 1=(select 1 from pg_sleep(${SLEEP}))--`,
  `(select pg_sleep(${SLEEP}))`,
  "' union select null--",
  "' union select version()--",
  '1 union all select null,null--',
  "' and 1=cast(version() as int)--",
  "' and extractvalue(1,version())--",
  '$$; select 1; $$',
  '$1',
  '%27%20or%201=1--',
  '\u02bc or 1=1',
  '\uff07 or 1=1--',
  "'/**/or/**/1=1",
  "admin'--",
  "x'; drop table clues; --",
  "') ; reset all; --",
  "'; set app.agency = ''; --",
  '{"a":"\' or 1=1"}',
  "{1,2}'::int[]",
  '1::int; --',
  "E'\\\\x27'",
  "' like '%",
  '%',
  '_',
  "\\' or 1=1--",
];
const LEAKED = /PostgreSQL \d|syntax error|unterminated|pg_|42601|22P02|relation "|column .* does not exist/i;

type Change = { payload?: string; url?: string };

/** What the service says itself: the address is the caller's own, told back. */
function told({ body, text }: Answer): string {
  const { instance: _instance, ...rest } = body;
  return Object.keys(rest).length > 0 ? JSON.stringify(rest) : text;
}

async function everyInput(
  { op, target }: Prepared,
  url: string,
  texts: readonly string[],
  judge: (name: string, change: Change) => Promise<void>,
) {
  const path = url.split('?')[0] ?? '';
  for (const text of texts) {
    if (op.hasBody && target.body !== undefined && !target.form && !target.file)
      for (const slot of slotsOf(target.body))
        if (typeof slot.value === 'string')
          await judge(`${slot.path.join('/')}`, { payload: withSlot(target.body, slot, JSON.stringify(text)) });
    for (const { name } of (op.operation.parameters ?? []).filter((p) => p.in === 'query'))
      await judge(`?${name}`, { url: `${path}?${name}=${encodeURIComponent(text.toWellFormed())}` });
    for (const [name, value] of Object.entries(target.params ?? {}))
      await judge(`:${name}`, { url: url.replace(encodeURIComponent(value), encodeURIComponent(text.toWellFormed())) });
  }
}

const withTexts =
  (pick: (chosen: number) => readonly string[], name: string) =>
  async (stage: Stage): Promise<Reading> => {
    const found = findings();
    const { prepared, wire, send, fault, service } = stage;
    let sent = 0;
    for (const [i, chosen] of prepared.entries()) {
      const request = await wire(chosen);
      await everyInput(chosen, request.url, pick(i), async (place, change) => {
        sent += 1;
        const started = performance.now();
        const dry =
          chosen.op.dryRun && !change.url
            ? `${request.url}${request.url.includes('?') ? '&' : '?'}dryRun=true`
            : request.url;
        const answer = await send({ ...request, url: change.url ?? dry, payload: change.payload ?? request.payload });
        const slept = performance.now() - started > SLEEP * 1000;
        // 5xx, missing headers, words of the inside (fault); a statement that waited; words of the database.
        const wrong =
          fault(answer) ??
          (slept
            ? 'it waited'
            : LEAKED.test(told(answer)) && answer.status >= 400
              ? answer.text.slice(0, 150)
              : undefined);
        if (wrong) found.add(`${chosen.op.id} ${place}: ${wrong}`);
      });
    }
    const [tables] = await service.owner.query<{ n: number }>(
      `select count(*)::int as n from pg_tables where schemaname = 'public'`,
    );
    return {
      figure: `${sent} requests with ${name} in every text, query and path parameter of ${prepared.length} operations: ${found.count} findings`,
      met: found.count === 0 && (tables?.n ?? 0) > 50,
      detail: found.detail(),
    };
  };

const naughty = naughtyStrings();
/** All of them over the operations, a part in each; BLNS_STRINGS=515 is every string in every field, most of an hour. */
const PART = Math.min(naughty.length, Number(process.env.BLNS_STRINGS ?? 24));

export const probes: readonly Probe[] = [
  {
    number: 'S-25',
    name: `${SQL.length} SQL fragments in every input`,
    target: '0 findings, 0 5xx',
    run: () => withStage(withTexts(() => SQL, `${SQL.length} SQL fragments`)),
  },
  {
    number: 'S-25',
    name: 'Big List of Naughty Strings in every input',
    target: '0 findings, 0 5xx',
    run: ({ seed }) => {
      const random = seededRandom(seed);
      const pick = () => (PART < naughty.length ? Array.from({ length: PART }, () => random.pick(naughty)) : naughty);
      return withStage(withTexts(pick, `${PART} of ${naughty.length} naughty strings drawn for each operation`));
    },
  },
];
