// Permissions that several roles have together (roles.ts).

export const readFlow = [
  'clue:read',
  'case:read',
  'disbursement:read',
  'referral:read',
  'visit:read',
  'account:read',
  'notice:read',
  'deadline:read',
  'person:read',
] as const;
export const everyone = ['agency:read', 'reference:read', 'event:read'] as const;
const documentParents = ['clue', 'case', 'disbursement', 'referral', 'visit'] as const;
export const documents = ['document:read', 'document:download'] as const;
export const readAllDocuments = documentParents.map((kind) => `${kind}_document:read` as const);
const uploadAllDocuments = documentParents.map((kind) => `${kind}_document:upload` as const);
/** Those who pay work on the papers of a payment, not on the file of the case. */
export const paymentDocuments = [...documents, 'disbursement_document:read', 'disbursement_document:upload'] as const;
/** Who is told of the flow may have it sent to a system of the agency (ADR 0030). */
export const push = 'webhook:manage';
/** For whom something can wait. */
export const work = ['work:read', 'work:assign'] as const;

/** A duty in a sealed record opens it; without this permission nobody has one (ADR 0022). */
export const sealed = 'sealed:read';

/** The team that handles a case: who is assigned, and the head. */
export const caseTeam = [
  sealed,
  push,
  ...documents,
  ...readAllDocuments,
  ...uploadAllDocuments,
  ...everyone,
  ...work,
  ...readFlow,
  'clue:answer',
  'case:create',
  'case:edit',
  'case:request_documents',
  'case:propose',
  'case:reconsider',
  'case:withdraw',
  'case:close',
  'case:correct',
  'case:dossier',
  'case:notify',
  'disbursement:plan',
  'disbursement:void',
  'disbursement:confirm_receipt',
  'fund:read',
  'referral:send',
  'visit:plan',
  'visit:record',
  'visit:confirm',
  'account:entry',
  'account:manage',
  'clue:check_duplicates',
  'person:safe_contact',
  'person:erase',
  'hold:read',
  'person:export',
  'person:lookup',
  'person:correct',
  'person:history',
  'person:merge',
  'person:review',
  'person:disclose',
  'statistics:read',
] as const;
