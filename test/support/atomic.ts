// a command is run again and again, each time with another statement of it failing, until none is left to fail.
import type { Answer } from './api.ts';
import type { FaultyPool } from './faults.ts';
import type { Service } from './start.ts';
import { snapshot } from './sweep.ts';

export type Atomicity = { statements: number; halves: string[] };

/** Counters of the service that live outside the business transaction, and sequences, which no rollback takes back. */
const OUTSIDE = /quota|_seq|throttle|credential/;

async function state(service: Service): Promise<string> {
  const found = Object.entries(await snapshot(service.database.ownerUrl)).filter(([name]) => !OUTSIDE.test(name));
  return JSON.stringify(found.map(([name, value]) => [name, value.split(' ')[0]]));
}

/** `halves`: the statements after whose failure something was left, or after which the answer was no refusal. */
export async function failEachStatement(
  service: Service,
  faulty: FaultyPool,
  act: () => Promise<Answer>,
): Promise<Atomicity> {
  const halves: string[] = [];
  const before = await state(service);
  for (let n = 1; n < 300; n++) {
    faulty.arm(n);
    const answer = await act();
    const struck = faulty.struck();
    faulty.arm(0);
    if (!struck) {
      if (answer.status >= 300) halves.push(`without a fault: ${answer.status} ${answer.text.slice(0, 200)}`);
      if ((await state(service)) === before) halves.push('without a fault nothing was written');
      return { statements: n - 1, halves };
    }
    if (answer.status < 500) halves.push(`statement ${n}: ${answer.status}`);
    if ((await state(service)) !== before) halves.push(`statement ${n}: something was left`);
  }
  throw new Error('the command never ends');
}
