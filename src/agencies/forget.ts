// A change of rights takes effect with its answer: what this process remembers of callers is dropped (S-18).
import type { Sent } from '../platform/http/command.ts';

export type Forget = () => void;

export function thenForget(work: Sent, forget: Forget): Sent {
  return work.then((value) => {
    forget();
    return value;
  });
}
