// The actor under which the service itself works before it knows the caller, and for nobody in particular.
import { type Actor, SYSTEM_SCOPE } from '../kernel/actor.ts';

export function serviceActor(): Actor {
  return {
    officer: null,
    client: null,
    agency: {
      id: SYSTEM_SCOPE,
      code: 'system',
      name: 'system',
      kind: 'other',
      level: 'province',
      regionCode: '000000',
    },
    permissions: new Set(),
    factor: 'service',
  };
}

/** What is asked before the caller is known. */
export const asService = {
  actor: serviceActor(),
  requestId: 'service',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;
