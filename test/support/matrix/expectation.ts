// What docs/permissions.csv says: one answer for each operation, role and relation. The code of the service has no part in it.
import { readFileSync } from 'node:fs';
import type { Outcome } from './ask.ts';

const FILE = new URL('../../../docs/permissions.csv', import.meta.url);
/** The line that names the roles to which oversight opens anything. */
const OVERSIGHT = '(sees by oversight)';

export type Row = { operation: string; address: string; resource: string; cells: ReadonlyMap<string, string> };
export type Expectations = {
  roles: readonly string[];
  rows: ReadonlyMap<string, Row>;
  /** Whether oversight opens anything to the role. */
  oversees(role: string): boolean;
  /** `relation`: how the role's agency stands to the resource; `none` where it does not. */
  of(operation: string, role: string, relation: string): Outcome;
};

function rowsOf(text: string): { roles: string[]; rows: Map<string, Row> } {
  const [head = '', ...lines] = text.trim().split('\n');
  const roles = head.split(',').slice(3);
  const rows = lines.map((line): [string, Row] => {
    const [operation = '', address = '', resource = '', ...cells] = line.split(',');
    if (cells.length !== roles.length || cells.some((cell) => cell === ''))
      throw new Error(`permissions.csv: ${operation} has not one cell per role`);
    return [
      operation,
      { operation, address, resource, cells: new Map(roles.map((role, i) => [role, cells[i] ?? ''])) },
    ];
  });
  if (new Set(rows.map(([operation]) => operation)).size < rows.length)
    throw new Error('permissions.csv: a line twice');
  return { roles, rows: new Map(rows) };
}

/** How the operation answers where the role's agency does not see what it names. */
function unseen(resource: string): Outcome {
  if (resource.endsWith(' in the body')) return 'unknown';
  return resource === 'region' ? 'rule' : 'hidden';
}

function answerOf(row: Row, cell: string, relation: string, overseer: boolean): Outcome {
  if (cell === '403') return 'permission';
  if (cell === 'yes' || cell === 'public') return 'allow';
  if (cell === 'hidden' || cell === 'rule') return cell;
  const open = cell.split(' ');
  const standing = relation === 'oversight' && !overseer ? 'none' : relation;
  if (open.includes(standing)) return 'allow';
  if (standing === 'none') return unseen(row.resource);
  return open.includes('any') && relation !== 'oversight' ? 'allow' : 'rule';
}

export function readExpectations(text = readFileSync(FILE, 'utf8')): Expectations {
  const { roles, rows } = rowsOf(text);
  const overseers = rows.get(OVERSIGHT)?.cells;
  rows.delete(OVERSIGHT);
  return {
    roles,
    rows,
    oversees: (role) => overseers?.get(role) === 'yes',
    of(operation, role, relation) {
      const row = rows.get(operation);
      const cell = row?.cells.get(role);
      // Who or what does not stand in the table may do nothing.
      return row && cell ? answerOf(row, cell, relation, overseers?.get(role) === 'yes') : 'permission';
    },
  };
}
