// One random walk: fast-check throws the dice, the model says what must come of each move, the service is asked and both are compared.
import fc from 'fast-check';
import type { Api } from '../../test/support/api.ts';
import { addDays, dueOn, statusOf } from './calendar.ts';
import { type Expected, type Model, newModel } from './model.ts';
import { type Json, MOVES, type Move, type Real } from './moves.ts';

export type Stage = {
  api: Api;
  tag: string;
  officerId: string;
  civilAgencyId: string;
  fundPath: string;
  /** Business time of the walks under way. */
  today: string;
  walks: number;
  moves: number;
  seen: Map<string, number>;
  setClock(day: string): Promise<void>;
};

const STATUS: Readonly<Record<Expected, readonly number[]>> = {
  done: [200, 201],
  illegal: [409],
  forbidden: [403],
  refused: [409, 403, 422],
};

type State = { model: Model; real: Real };

async function send({ api }: Stage, { real }: State, move: Move) {
  const key = `${real.tag}-${real.walk}-${real.ids.size}-${Math.floor(performance.now() * 1000)}`;
  const id = move.target && real.ids.get(move.target);
  const version = () => real.ids.get(`${move.target} version`) ?? '1';
  const body = move.body(real);
  const ask = () =>
    api.as(move.officer, 'POST', move.path(real), { body, key, ...(id ? { etag: `"${version()}.known"` } : {}) });
  const answer = await ask();
  if (answer.status !== 412 || !id) return answer;
  // What followed from another move has made a new version; whoever decides looks first.
  const resource = move.path(real).split('/').slice(0, 4).join('/');
  real.ids.set(`${move.target} version`, String((await api.get(move.officer, resource)).body.version));
  return ask();
}

async function keep({ api }: Stage, { model, real }: State, move: Move, body: Json): Promise<void> {
  const name = move.makes ?? move.target;
  if (name) real.ids.set(`${name} version`, String(body.version));
  if (move.makes) real.ids.set(move.makes, String(body.id));
  if (!model.case || real.ids.has('case')) return;
  real.ids.set('case', String(body.assistanceCaseId));
  const seen = await api.get('head.heping', `/v1/assistance-cases/${String(body.assistanceCaseId)}`);
  real.ids.set('case version', String(seen.body.version));
  [real.beneficiary] = seen.body.beneficiaries as [Real['beneficiary']];
}

/** Moves after which little is left to try: rare, so that most walks reach the money. */
const ENDS = /withdrawal|rejection|closure|cancellation|deputy|return/;

/** The next move: mostly one that the model allows, now and then one that it does not. */
function choose(model: Model, { dice, daring }: Dice): { move: Move; expected: Expected } | undefined {
  const known = MOVES.flatMap((move) => {
    const expected = move.expect(model);
    return expected ? [{ move, expected }] : [];
  });
  const wanted = known.filter(({ expected }) => (expected === 'done') === daring < 7);
  const onward = wanted.filter(({ move }) => dice % 12 === 0 || !ENDS.test(move.name));
  const from = onward.length > 0 ? onward : wanted.length > 0 ? wanted : known;
  return from[dice % from.length];
}

type Dice = { dice: number; daring: number };

class Throw implements fc.AsyncCommand<Model, State> {
  readonly stage: Stage;
  readonly thrown: Dice;
  told = '';
  constructor(stage: Stage, thrown: Dice) {
    this.stage = stage;
    this.thrown = thrown;
  }
  check = () => true;
  async run(model: Model, state: State): Promise<void> {
    const chosen = choose(model, this.thrown);
    if (!chosen) return;
    const { move, expected } = chosen;
    this.told = move.name;
    const answer = await send(this.stage, state, move);
    this.stage.moves += 1;
    this.stage.seen.set(expected, (this.stage.seen.get(expected) ?? 0) + 1);
    if (!STATUS[expected].includes(answer.status))
      throw new Error(
        `${move.name}: the model says ${expected}, the service ${answer.status} ${answer.text.slice(0, 300)}`,
      );
    if (expected !== 'done') return;
    move.apply(model);
    await keep(this.stage, state, move, answer.body);
  }
  toString = () => this.told || `throw ${this.thrown.dice}/${this.thrown.daring}`;
}

class Wait implements fc.AsyncCommand<Model, State> {
  readonly stage: Stage;
  readonly days: number;
  constructor(stage: Stage, days: number) {
    this.stage = stage;
    this.days = days;
  }
  check = () => true;
  async run(model: Model): Promise<void> {
    // The years whose calendar both sides know.
    if (addDays(model.today, this.days) > '2026-11-30') return;
    model.today = addDays(model.today, this.days);
    this.stage.today = model.today;
    await this.stage.setClock(model.today);
  }
  toString = () => `${this.days} days pass`;
}

const same = (what: string, seen: unknown, wanted: unknown) => {
  if (seen !== wanted) throw new Error(`${what}: the service says ${String(seen)}, the model ${String(wanted)}`);
};

type Clock = { code: string; status: string; dueOn: string };

function compareClock(clocks: unknown, code: string, due: string, today: string, endedOn: string): void {
  const clock = (clocks as Clock[]).find((each) => each.code === code);
  if (!clock) throw new Error(`${code} does not run`);
  same(`${code} due`, clock.dueOn, due);
  const allowed = statusOf(due, today, endedOn);
  if (!allowed.includes(clock.status))
    throw new Error(`${code} due ${due}, today ${today}: ${clock.status}, not ${allowed.join('|')}`);
}

/** At the end of a walk every resource, the clocks and the fund are looked at. */
async function compare({ api }: Stage, { model, real }: State): Promise<void> {
  const look = async (officer: string, path: string) => (await api.get(officer, path)).body;
  const { clue, case: assistance, lines, referral, visit, today } = model;
  if (clue) {
    const seen = await look('head.heping', `/v1/clues/${real.ids.get('clue')}`);
    same('clue', seen.state, clue.state);
    if (clue.state !== 'returned' && clue.state !== 'withdrawn') {
      const endedOn = clue.endedOn;
      compareClock(seen.deadlines, 'D-ACCEPT-GREEN', dueOn(clue.submittedOn, 3, clue.stood), today, endedOn);
    }
  }
  if (assistance) {
    const seen = await look('head.heping', `/v1/assistance-cases/${real.ids.get('case')}`);
    same('case', seen.state, assistance.state);
    if (!assistance.waited && assistance.state !== 'withdrawn')
      compareClock(seen.deadlines, 'D-DECIDE', dueOn(assistance.openedOn, 10), today, assistance.decidedOn);
  }
  if (lines.length > 0) {
    const { items = [] } = await look('head.heping', `/v1/assistance-cases/${real.ids.get('case')}/disbursements`);
    const states = (rows: readonly { state?: unknown }[]) =>
      rows
        .map(({ state }) => String(state))
        .sort()
        .join();
    same('lines', states(items), states(lines));
  }
  if (referral)
    same('referral', (await look('handler.heping', `/v1/referrals/${real.ids.get('referral')}`)).state, referral);
  if (visit) same('visit', (await look('handler.heping', `/v1/visits/${real.ids.get('visit')}`)).state, visit);
}

type Balance = Record<'available' | 'reserved' | 'inTransit' | 'paid', number>;
const NAMES = ['available', 'reserved', 'inTransit', 'paid'] as const;

export async function balanceOf({ api, fundPath }: Stage): Promise<Balance> {
  const { body } = await api.get('finance.heping', `${fundPath}/balance`);
  const fen = (name: string) => Math.round(Number((body[name] as { amount: string }).amount) * 100);
  return Object.fromEntries(NAMES.map((name) => [name, fen(name)])) as Balance;
}

async function walk(stage: Stage, commands: Iterable<fc.AsyncCommand<Model, State>>): Promise<void> {
  stage.walks += 1;
  const model = newModel(stage.today);
  const { tag, officerId, civilAgencyId, walks } = stage;
  const real: Real = {
    tag,
    walk: walks,
    ids: new Map(),
    beneficiary: { id: '', personId: '' },
    officerId,
    civilAgencyId,
    requests: 0,
  };
  const state = { model, real };
  const before = await balanceOf(stage);
  await fc.asyncModelRun(() => ({ model, real: state }), commands);
  await compare(stage, state);
  const after = await balanceOf(stage);
  for (const name of NAMES) same(`fund ${name}`, after[name] - before[name], model.fund[name]);
}

/** So many walks on one database; the first difference is made small and thrown. */
export async function runWalks(stage: Stage, numRuns: number, seed: number): Promise<void> {
  const dice = fc.record({ dice: fc.noBias(fc.nat(10_000)), daring: fc.noBias(fc.nat(9)) });
  const throws = dice.map((thrown) => new Throw(stage, thrown));
  const waits = fc.integer({ min: 1, max: 4 }).map((days) => new Wait(stage, days));
  const commands = fc.commands(
    [throws, throws, throws, throws, throws, throws, throws, throws, throws, throws, throws, waits],
    {
      maxCommands: 24,
      size: 'max',
    },
  );
  const property = fc.asyncProperty(commands, (steps) => walk(stage, steps));
  await fc.assert(property, { numRuns, seed, endOnFailure: false });
}
