// Inserts that stand next to each other and whose results nobody reads leave as one statement: half of what a statement costs is
// its own messages, portal and answer (docs/evidence/bench.md).

export type Insert = { name: string; text: string; values: readonly unknown[] };
type Held = Insert & { table: string; settle(outcome: Promise<unknown>): void };
export type Send = (statement: { name: string; text: string; values: unknown[] }) => Promise<unknown>;

const texts = new Map<string, string>();

/** `$1` becomes `$<offset + 1>`: Drizzle writes values as parameters only, so no text of ours contains a dollar. */
const shifted = (text: string, offset: number) => text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + offset}`);

/** Siblings see one snapshot; foreign keys are checked when all of them are done. */
function textOf(name: string, inserts: readonly Insert[]): string {
  const known = texts.get(name);
  if (known) return known;
  let offset = 0;
  const parts = inserts.map(({ text, values }) => {
    const part = shifted(text, offset);
    offset += values.length;
    return part;
  });
  const last = parts.pop() ?? '';
  const made = parts.length > 0 ? `with ${parts.map((part, i) => `i${i} as (${part})`).join(', ')} ${last}` : last;
  texts.set(name, made);
  return made;
}

/** PostgreSQL cuts a name at 63 characters: two long ones that begin alike would be one statement. */
const MAX_NAME = 63;
const shortNames = new Map<string, string>();

function shortOf(joined: string): string {
  if (joined.length <= MAX_NAME) return joined;
  const short = shortNames.get(joined) ?? `b${shortNames.size + 1}`;
  shortNames.set(joined, short);
  return short;
}

export type Batch = {
  add(insert: Insert): Promise<unknown>;
  /** Sends what is held: before any other statement, and at the end of the turn. */
  send(): void;
};

const TABLE = /^insert into (\S+)/;
const updates = (text: string) => text.includes(' do update ');

export function createBatch(send: Send, atEndOfTurn: (run: () => void) => void): Batch {
  let held: Held[] = [];
  const flush = () => {
    const inserts = held;
    held = [];
    if (inserts.length === 0) return;
    const joined = inserts.map((insert) => insert.name).join('+');
    const values = inserts.flatMap((insert) => insert.values);
    const outcome = send({ name: shortOf(joined), text: textOf(joined, inserts), values });
    for (const insert of inserts) insert.settle(outcome);
  };
  return {
    send: flush,
    add(insert) {
      const table = TABLE.exec(insert.text)?.[1] ?? '';
      // One command may not touch a row twice: where a conflict is an update, each table once is the way to be sure.
      const twice = (other: Held) => other.table === table && (updates(other.text) || updates(insert.text));
      if (held.some(twice)) flush();
      if (held.length === 0) atEndOfTurn(flush);
      return new Promise((resolve) => {
        held.push({ ...insert, table, settle: resolve });
      });
    },
  };
}
