// Settings of the evidence: where checkpoints leave the database, how long sealing may be silent, how long reads are kept.
export type AuditSettings = {
  /** Undefined: `checkpoints` in the data directory. */
  auditExportDir: string | undefined;
  auditSilenceSeconds: number;
  readRecordDays: number;
};

export const AUDIT_SETTINGS = ['AUDIT_EXPORT_DIR', 'AUDIT_SILENCE_HOURS', 'READ_RECORD_DAYS'] as const;
type Name = (typeof AUDIT_SETTINGS)[number];

export type AuditReader = {
  get(name: Name): string | undefined;
  integer(name: Name, fallback: number, min: number, max: number): number;
};

export function readAuditSettings({ get, integer }: AuditReader): AuditSettings {
  return {
    auditExportDir: get('AUDIT_EXPORT_DIR'),
    auditSilenceSeconds: integer('AUDIT_SILENCE_HOURS', 4, 1, 720) * 3600,
    readRecordDays: integer('READ_RECORD_DAYS', 366, 184, 3660),
  };
}
