// npm run check: every gate of the house that is not a test; one line per gate, then the count.
import { contractGates } from './check/contract.ts';
import { importGates } from './check/imports.ts';
import { migrationGates, settingsGate } from './check/records.ts';
import { secretsGate } from './check/secrets.ts';
import { sourceGates } from './check/sources.ts';
import { toolGates } from './check/tools.ts';

/** Answers what is wrong, one sentence a line; nothing = passed. `detail` says what was looked at. */
export type Gate = { name: string; run: () => Promise<{ problems: string[]; detail?: string }> };

const gates: readonly Gate[] = [
  ...toolGates,
  ...contractGates,
  ...importGates,
  ...sourceGates,
  ...migrationGates,
  settingsGate,
  secretsGate,
];

let failed = 0;
for (const gate of gates) {
  const { problems, detail } = await gate
    .run()
    .catch((error: unknown) => ({ problems: [error instanceof Error ? error.message : String(error)], detail: '' }));
  if (problems.length > 0) failed += 1;
  console.log(`${problems.length > 0 ? 'FAILED' : 'ok    '} ${gate.name}${detail ? ` (${detail})` : ''}`);
  for (const problem of problems.slice(0, 30)) console.log(`       ${problem}`);
  if (problems.length > 30) console.log(`       and ${problems.length - 30} more`);
}
console.log(`${gates.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
