// Every column that holds ciphertexts under data keys, and the row id that its place names: what is sealed anew, and checked (P-05).

export type SealedColumn = {
  table: string;
  column: string;
  /** As the place names the column: without `_sealed`. */
  place: string;
  /** SQL over the row: what the place names as its row id. */
  row: string;
  /** Kind of the keys' owner. */
  owner: string;
};

const of = (owner: string, table: string, columns: readonly string[], row = 'id::text'): SealedColumn[] =>
  columns.map((place) => ({ table, column: `${place}_sealed`, place, row, owner }));

const joined = (...columns: string[]) => columns.map((column) => `${column}::text`).join(` || '/' || `);

export const sealedColumns: readonly SealedColumn[] = [
  ...of('person', 'persons', ['id_number', 'name', 'birth_date']),
  ...of('person', 'person_reviews', ['proposed', 'resolution']),
  ...of('person', 'person_versions', ['former']),
  ...of('person', 'person_merges', ['reason', 'ending']),
  ...of('person', 'person_erasures', ['reason']),
  ...of('legal_hold', 'legal_holds', ['reason', 'release']),
  ...of('person', 'safe_contact_rules', ['rule'], 'person_id::text'),
  ...of('clue', 'clues', ['narrative', 'outcome']),
  ...of('person', 'clue_subjects', ['submitted']),
  ...of('clue', 'clue_routings', ['reason'], joined('clue_id', 'position')),
  ...of('clue', 'clue_duplicate_verdicts', ['reason']),
  ...of('case', 'assistance_cases', [
    'narrative',
    'proposal',
    'new_facts',
    'ending',
    'revocation',
    'advice',
    'typical',
    'sealing',
  ]),
  ...of('person', 'case_beneficiaries', ['submitted']),
  ...of('case', 'case_decisions', ['opinion', 'told']),
  ...of('case', 'case_document_requests', ['request', 'receipt']),
  ...of('case', 'case_corrections', ['text', 'decision']),
  ...of('case', 'case_field_revisions', ['values']),
  ...of('case', 'case_advances', ['reason']),
  ...of('notice', 'case_notices', ['advice', 'note']),
  ...of('person', 'disbursements', ['payee']),
  ...of('disbursement', 'disbursements', ['notes']),
  ...of('disbursement', 'custody_plans', ['agreement'], 'disbursement_id::text'),
  ...of('disbursement', 'custody_releases', ['texts']),
  ...of('fund', 'reconciliation_exceptions', ['notes']),
  ...of('referral', 'referrals', ['proposal', 'texts']),
  ...of('person', 'referral_persons', ['disclosed'], joined('referral_id', 'position')),
  ...of('referral', 'referral_outputs', ['note']),
  ...of('visit', 'visits', ['record', 'notes']),
  ...of('visit', 'visit_measures', ['left_out'], joined('visit_id', 'referral_id')),
  ...of('visit', 'visit_confirmations', ['reason'], joined('visit_id', 'agency_id', 'round')),
  ...of('visit', 'visit_former_dates', ['notes'], joined('visit_id', 'position')),
  ...of('account', 'monitoring_accounts', ['reasons']),
  ...of('account', 'account_consents', ['reason'], joined('account_id', 'agency_id')),
  ...of('account', 'account_entries', ['text', 'review']),
  ...of('account', 'account_transfers', ['reason', 'answer']),
  ...of('person', 'account_transfers', ['person']),
  ...of('document', 'documents', ['texts', 'key']),
  ...of('deadline', 'deadlines', ['notes']),
  ...of('break_glass_grant', 'break_glass_grants', ['reason', 'opinion']),
  ...of('work_item', 'work_items', ['note']),
  ...of('webhook_endpoint', 'webhook_endpoints', ['secrets']),
];

/** Sealed with a key of the service: it changes generation instead of being sealed anew. */
export const serviceSealed: readonly { table: string; column: string }[] = [
  { table: 'idempotency_keys', column: 'reply' },
  { table: 'signing_keys', column: 'private_sealed' },
  { table: 'audit_keys', column: 'private_sealed' },
];
