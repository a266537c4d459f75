// Writes docs/lifecycles.md from the lifecycle tables; with --check it only says whether the file still agrees.
import { readFileSync, writeFileSync } from 'node:fs';
import { accountMachine } from '../src/accounts/domain.ts';
import { caseMachine } from '../src/cases/domain.ts';
import { clueMachine } from '../src/clues/domain.ts';
import { disbursementMachine } from '../src/disbursements/domain.ts';
import { type Machine, toMermaid } from '../src/kernel/machine.ts';
import { referralMachine } from '../src/referrals/domain.ts';
import { visitMachine } from '../src/visits/domain.ts';

const FILE = new URL('../docs/lifecycles.md', import.meta.url);

function section<S extends string, V extends string>(title: string, machine: Machine<S, V>): string {
  return `## ${title}\n\n\`\`\`mermaid\n${toMermaid(machine)}\n\`\`\`\n`;
}

export function lifecyclesDocument(): string {
  return [
    '# Lifecycles',
    '',
    'Made from the tables in `src/*/domain.ts` by `npm run lifecycles`; the same tables give the SQL checks, the OpenAPI enums, `availableActions` and the exhaustive tests. A verb that is not drawn from a state is refused with 409 and the list of what is allowed.',
    '',
    section('Clue 线索', clueMachine),
    section('Assistance case 救助案件', caseMachine),
    section('Disbursement 资金发放', disbursementMachine),
    section('Social-assistance referral 社会救助移送', referralMachine),
    section('Follow-up visit 回访', visitMachine),
    section('Monitoring account 监测台账', accountMachine),
  ].join('\n');
}

if (process.argv.includes('--check')) {
  const same = readFileSync(FILE, 'utf8') === lifecyclesDocument();
  if (!same) console.error('docs/lifecycles.md differs from the lifecycle tables: run npm run lifecycles.');
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(FILE, lifecyclesDocument());
}
