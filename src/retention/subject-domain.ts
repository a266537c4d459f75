// What of a person's records goes into their export (PIPL art. 45): all that is theirs, other people covered, officers and digests left out.
import { maskIdNumber, maskPhone } from '../kernel/mask.ts';
import { toMoney } from '../kernel/money.ts';
import { initialsOf, type NamedPerson, toExportPerson } from '../persons/export-person.ts';
import { isShown } from './subject-columns.ts';

export type Row = {
  table: string;
  rowId: string;
  row: Record<string, unknown>;
  texts: Record<string, string | null>;
};

type Submitted = {
  name?: string | null;
  birthDate?: string | null;
  idNumber?: string | null;
  phone?: string | null;
  address?: string | null;
  guardian?: { name: string; phone?: string | null; relation?: string | null } | null;
};

/** Tables with one row a person, and the text in which that person was submitted. */
const MEMBERS: Readonly<Record<string, string>> = {
  clue_subjects: 'submitted',
  case_beneficiaries: 'submitted',
  referral_persons: 'disclosed',
  case_notice_persons: '',
  visit_persons: '',
};

export const isMember = (table: string): boolean => Object.hasOwn(MEMBERS, table);

export const knownIds = (rows: readonly Row[]): Set<string> =>
  new Set(rows.filter((r) => r.table === 'persons').map((r) => r.rowId));

const textOf = (row: Row, column: string | undefined): string | null => (column ? (row.texts[column] ?? null) : null);

export function submittedOf(row: Row): Submitted {
  const text = textOf(row, MEMBERS[row.table]);
  return text ? (JSON.parse(text) as Submitted) : {};
}

export type Replacement = readonly [from: string, to: string];

const valuesOf = ({ name, idNumber, phone, address }: Submitted): Replacement[] => [
  ...(name ? [[name, initialsOf(name)] as const] : []),
  ...(idNumber ? [[idNumber, maskIdNumber(idNumber)] as const] : []),
  ...(phone ? [[phone, maskPhone(phone)] as const] : []),
  ...(address ? [[address, '***'] as const] : []),
];

/** A value of one character or digit would tear words apart. */
const usable = ([from]: Replacement) => [...from].length > 1;

/** What other people are called in these records, by what it is replaced with; longest first. */
export function thirdPersons(rows: readonly Row[]): Replacement[] {
  const known = knownIds(rows);
  const own = new Set<string>();
  const others: Replacement[] = [];
  for (const row of rows) {
    if (isMember(row.table)) {
      const submitted = submittedOf(row);
      const mine = known.has(String(row.row.person_id));
      if (mine) for (const [value] of valuesOf(submitted)) own.add(value);
      else others.push(...valuesOf(submitted));
      if (submitted.guardian) others.push(...valuesOf(submitted.guardian));
    }
    if (row.table === 'persons' && row.texts.name) own.add(row.texts.name);
    const payee = textOf(row, row.table === 'disbursements' ? 'payee' : undefined);
    if (payee && row.row.payee_type !== 'self') {
      const { name, accountNumber } = JSON.parse(payee) as { name: string; accountNumber: string };
      others.push([name, initialsOf(name)], [accountNumber, `****${accountNumber.slice(-4)}`]);
    }
  }
  const kept = others.filter(usable).filter(([from]) => ![...own].some((value) => value.includes(from)));
  return sorted(kept);
}

const sorted = (list: readonly Replacement[]) => [...new Map(list)].sort(([a], [b]) => b.length - a.length);

/** Where the person lives and is called, as it was submitted; for those from whom it is hidden. */
export function hiddenContact(rows: readonly Row[], mark: string): Replacement[] {
  const known = knownIds(rows);
  const found = rows
    .filter((row) => isMember(row.table) && known.has(String(row.row.person_id)))
    .flatMap((row) => [submittedOf(row).phone, submittedOf(row).address])
    .filter((value) => typeof value === 'string')
    .map((value): Replacement => [value, mark]);
  return sorted(found.filter(usable));
}

export const replaceAll = (text: string, replacements: readonly Replacement[]): string =>
  replacements.reduce((left, [from, to]) => left.replaceAll(from, to), text);

const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const AGENCY = /(^|_)agency_id$|^procuratorate_id$|^federation_id$/;

/** A value as the wire writes it: money in yuan, agencies by name, everything else as it stands. */
function member(column: string, value: unknown, agencyName: (id: string) => string): [string, unknown] {
  if (column.endsWith('_fen') && value !== null)
    return [`${camel(column.slice(0, -4))}Amount`, toMoney(BigInt(String(value)))];
  if (AGENCY.test(column) && typeof value === 'string') return [camel(column.replace(/_id$/, '')), agencyName(value)];
  return [camel(column), value];
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export type Shaping = { agencyName: (id: string) => string; replacements: readonly Replacement[]; today: string };

/** One record of the export: the columns that say something about the person, and the texts in words. */
function toRecord({ table, row, texts }: Row, { agencyName, replacements }: Shaping): Record<string, unknown> {
  const columns = Object.entries(row)
    .filter(([column]) => !column.endsWith('_sealed') && isShown(table, column))
    .map(([column, value]) => member(column, value, agencyName));
  const words = Object.entries(texts)
    .filter(([column, text]) => text !== null && isShown(table, `${column}_sealed`))
    .map(([column, text]) => [camel(column), parsed(replaceAll(text ?? '', replacements))]);
  return Object.fromEntries([...columns, ...words]) as Record<string, unknown>;
}

/** Somebody else of the same record: recognisable for whoever knows them. */
function toThird({ row, ...rest }: Row, today: string): Record<string, unknown> {
  const { name = null, birthDate = null, idNumber = null } = submittedOf({ row, ...rest });
  const sex = (row.sex ?? 'unknown') as NamedPerson['sex'];
  const shown = toExportPerson({ name, sex, birthDate, idNumber }, today, true);
  return { ...shown, relation: row.relation_to_case ?? row.relation ?? null, thirdPerson: true };
}

const NAMES: Readonly<Record<string, string>> = { audit_records: 'accessLog', persons: 'identity' };

/** Everything by table, in the order of the tables. */
export function toSections(rows: readonly Row[], shaping: Shaping) {
  const known = knownIds(rows);
  const sections = new Map<string, Record<string, unknown>[]>();
  for (const row of rows) {
    const name = NAMES[row.table] ?? camel(row.table);
    const third = isMember(row.table) && !known.has(String(row.row.person_id));
    const records = sections.get(name) ?? [];
    records.push(third ? toThird(row, shaping.today) : toRecord(row, shaping));
    sections.set(name, records);
  }
  return [...sections].map(([name, records]) => ({ name, records }));
}

/** Agencies that stand in the rows. */
export const agenciesIn = (rows: readonly Row[]): string[] => [
  ...new Set(
    rows.flatMap(({ row }) =>
      Object.entries(row).flatMap(([column, value]) =>
        AGENCY.test(column) && typeof value === 'string' ? [value] : [],
      ),
    ),
  ),
];
