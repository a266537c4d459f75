// A rotation is on record like everything else that an administrator does: what, how many, never a key.
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import type { Tx, TxDeps, TxRequest } from '../platform/db/tx.ts';
import { writeTx } from '../platform/db/tx.ts';

export async function recordRotation(
  deps: TxDeps,
  actor: TxRequest['actor'],
  type: `keys.${'master' | 'data' | 'service' | 'signing' | 'checkpoint'}_rotated`,
  data: Readonly<Record<string, string | number | boolean | null>>,
): Promise<void> {
  const request = { actor, requestId: 'keys', language: 'zh', dryRun: false, oversight: false } as const;
  const verb = async (tx: Tx) => tx.record({ type, kind: 'keyring', id: SYSTEM_SCOPE, data, access: [] });
  await writeTx<void>(deps, request, { verb, finish: async () => undefined });
}
