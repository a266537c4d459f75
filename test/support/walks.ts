// Random walks by fast-check commands: a handful of resources of every kind, each verb tried in each state, beside a model made of the tables alone (S-22).
import fc from 'fast-check';
import { Problem } from '../../src/kernel/problem.ts';
import { type Lifecycle, lifecycles } from './lifecycle-data.ts';
import { machines, type PlainMachine } from './lifecycle-tables.ts';

type Model = { states: string[] };
type Real = { resources: { machine: PlainMachine; state: string }[] };
export type Walked = { steps: number; moved: number; refused: number; reached: Set<string> };

/** Two of each kind: what one does must not move the other. */
const KINDS = [...machines, ...machines];

function outcome(machine: PlainMachine, state: string, verb: string): string | undefined {
  try {
    return machine.next(state, verb);
  } catch (error) {
    const illegal = error instanceof Problem && error.status === 409;
    if (illegal && error.code === `${machine.name}.illegal_transition`) return undefined;
    throw error;
  }
}

class Attempt implements fc.Command<Model, Real> {
  readonly at: number;
  readonly choice: number;
  /** One of what the table allows, so that the walk gets on; else any verb. */
  readonly onward: boolean;
  readonly table: Lifecycle;
  readonly walked: Walked;
  constructor(at: number, choice: number, onward: boolean, table: Lifecycle, walked: Walked) {
    this.at = at;
    this.choice = choice;
    this.onward = onward;
    this.table = table;
    this.walked = walked;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const resource = real.resources[this.at];
    const before = model.states[this.at] ?? '';
    if (!resource) throw new Error(`there is no resource ${this.at}`);
    const { machine } = resource;
    const verbs = machine.verbs.filter((verb) => this.table.has(`${before} ${verb}`));
    const choices = this.onward && verbs.length > 0 ? verbs : machine.verbs;
    const verb = choices[this.choice % choices.length] ?? '';
    const wanted = this.table.get(`${before} ${verb}`);
    const found = outcome(machine, resource.state, verb);
    if (found !== wanted) throw new Error(`${machine.name} ${before} ${verb}: ${found}, expected ${wanted}`);
    if (machine.allowed(resource.state).join() !== verbs.join())
      throw new Error(`${machine.name} ${before} allows ${machine.allowed(resource.state)}, expected ${verbs}`);
    if (found !== undefined) resource.state = found;
    if (wanted !== undefined) model.states[this.at] = wanted;
    const states = real.resources.map(({ state }) => state);
    if (states.join() !== model.states.join()) throw new Error(`${states}, expected ${model.states}`);
    this.walked.steps += 1;
    this.walked[wanted === undefined ? 'refused' : 'moved'] += 1;
    this.walked.reached.add(`${machine.name} ${states[this.at]}`);
  }

  toString(): string {
    return `${KINDS[this.at]?.name} ${this.at}: ${this.onward ? 'onward' : 'any'} ${this.choice}`;
  }
}

/** Throws with the shortest walk that goes wrong, and its seed. */
export function walkMachines(seed: number, runs: number): Walked {
  const tables = lifecycles;
  const walked: Walked = {
    steps: 0,
    moved: 0,
    refused: 0,
    reached: new Set(machines.map(({ name, initial }) => `${name} ${initial}`)),
  };
  const attempts = KINDS.flatMap((machine, at) => {
    const table = tables[machine.name];
    if (table === undefined) throw new Error(`there is no table of a ${machine.name}`);
    const way = fc.tuple(fc.nat(999), fc.boolean());
    return [way.map(([choice, onward]) => new Attempt(at, choice, onward, table, walked))];
  });
  const walk = fc.property(fc.commands(attempts, { maxCommands: 120, size: 'max' }), (commands) => {
    const setup = () => ({
      model: { states: KINDS.map(({ initial }) => initial) },
      real: { resources: KINDS.map((machine) => ({ machine, state: machine.initial })) },
    });
    fc.modelRun(setup, commands);
  });
  fc.assert(walk, { seed, numRuns: runs });
  return walked;
}
