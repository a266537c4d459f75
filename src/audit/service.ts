// What other features may read of the audit record: the history of one resource that the caller sees.
export { type AuditRow, readHistory } from './repository.ts';
