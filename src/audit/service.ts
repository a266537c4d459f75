// What other features may read of the audit record: the history of one resource that the caller sees, and where it begins.
export { firstRecord } from './records-repository.ts';
export { type AuditRow, readHistory } from './repository.ts';
