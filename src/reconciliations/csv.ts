// A bank statement as CSV: one header, one line a row, no quoting beyond double quotes around a field.
import type { FieldError } from '../kernel/problem.ts';

export const COLUMNS = ['bookedOn', 'direction', 'amount', 'bankReference', 'requestNumber'] as const;
export type CsvLine = {
  bookedOn: string;
  direction: string;
  amount: string;
  bankReference: string;
  requestNumber?: string;
};

const unquoted = (field: string) => field.trim().replace(/^"([^"]*)"$/, '$1');

/** The rows in the order of the columns, or what is wrong with the text. */
export function parseCsv(text: string): { lines: CsvLine[] } | { errors: FieldError[] } {
  const rows = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((row) => row.trim() !== '');
  const [head = '', ...body] = rows;
  if (head.split(',').map(unquoted).join(',') !== COLUMNS.join(',')) {
    const detail = [`首行须为 ${COLUMNS.join(',')}`, `the first row must be ${COLUMNS.join(',')}`] as const;
    return { errors: [{ pointer: '/csv', code: 'csv.header', detail }] };
  }
  const lines = body.map((row) => row.split(',').map(unquoted));
  const errors = lines.flatMap((fields, i): FieldError[] =>
    fields.length === COLUMNS.length
      ? []
      : [
          {
            pointer: '/csv',
            code: 'csv.fields',
            detail: [`第 ${i + 2} 行字段数不符`, `row ${i + 2} has not ${COLUMNS.length} fields`],
          },
        ],
  );
  if (errors.length > 0) return { errors: errors.slice(0, 100) };
  return {
    lines: lines.map(([bookedOn = '', direction = '', amount = '', bankReference = '', requestNumber = '']) => ({
      ...{ bookedOn, direction, amount, bankReference },
      ...(requestNumber ? { requestNumber } : {}),
    })),
  };
}
