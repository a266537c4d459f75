// An example of each problem for the catalogue: the document as it is sent, its texts filled with plausible values.
import { type FieldError, type Language, Problem, problemSpec } from '../../kernel/problem.ts';
import { problemDocument } from './problem.ts';

/** What stands for each `{name}` of the texts; a problem with another name fails the test of the catalogue. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  accepted: 'application/json',
  allowed: ['acceptance', 'return'],
  channels: 'phone',
  code: 'D-REVIEW',
  conflicts: ['other_remedy'],
  count: 2,
  currentVersion: 4,
  day: '2026-11-23',
  declared: 'application/pdf',
  drawn: '10000.00',
  existing: '0198c2a4-7f00-7000-8000-000000000002',
  externalId: 'WF-2026-0118',
  found: 'image/png',
  granted: '20000.00',
  ground: 'consent',
  instead: '/v1/clues/0198c2a4-7f00-7000-8000-000000000001/amendment',
  kinds: 'case',
  limit: 200,
  method: 'PATCH',
  missing: ['/subjects/0/birthDate'],
  months: 6,
  name: '沈阳市和平区妇女联合会',
  officer: 'nobody.heping',
  outcome: 'settle',
  permission: 'clue:decide',
  pointer: '/facts',
  pointers: ['/facts'],
  policy: 'default',
  region: '210102',
  state: 'submitted',
  successor: '沈阳市沈河区妇女联合会',
  to: 'fund',
  toldOn: '2026-11-20',
  until: '2031-11-23',
  verb: 'accept',
  who: '承办人与审批人',
  whoEn: 'handler and approver',
  window: 60,
  year: 2026,
};

const ERRORS: Readonly<Record<string, FieldError>> = {
  'request.invalid': {
    pointer: '/facts',
    code: 'schema.required',
    detail: ['缺少必填字段 facts', "must have required property 'facts'"],
  },
  'request.rule_violated': {
    pointer: '/subjects/0/idNumber',
    code: 'citizen_id.checksum',
    detail: ['公民身份号码校验码不符', 'the check digit of the id number is wrong'],
  },
  'request.reference_unknown': {
    pointer: '/agencyId',
    code: 'reference.unknown',
    detail: ['不存在或不可见', 'absent or not visible'],
  },
};

const NAMES = /\{(\w+)\}/g;

export function namesIn(code: string): string[] {
  const { zh, en } = problemSpec(code);
  return [...new Set([...zh, ...en].flatMap((text) => [...text.matchAll(NAMES)].map(([, name = '']) => name)))];
}

export const hasSample = (name: string): boolean => Object.hasOwn(SAMPLES, name);

export function problemExample(code: string, language: Language, publicUrl: string): Record<string, unknown> {
  const params = Object.fromEntries(namesIn(code).map((name) => [name, SAMPLES[name]]));
  const error = ERRORS[code];
  const requestId = '0198c2a4-7f00-7000-8000-0000000000ff';
  const context = { publicUrl, instance: '/v1/clues', requestId, language };
  return problemDocument(new Problem(code, params, error ? [error] : []), context);
}
