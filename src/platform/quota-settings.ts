// What one credential and one agency may ask for in a minute, and whom the watch over bulk reading reports (S-48, S-49, ADR 0021).

/** Requests in a minute; 0 = no such quota. */
export type QuotaSettings = {
  /** Of one credential. */
  requests: number;
  /** Of one credential on expensive operations. */
  expensive: number;
  /** Of all credentials of an agency together. */
  agency: number;
};

/** Distinct people shown to one credential within an hour; 0 = no watch. */
export type BulkReadSettings = { limit: number; block: boolean };

export const QUOTA_SETTINGS = [
  'QUOTA_REQUESTS',
  'QUOTA_EXPENSIVE',
  'QUOTA_AGENCY',
  'BULK_READ_LIMIT',
  'BULK_READ_BLOCK',
] as const;
type Setting = (typeof QUOTA_SETTINGS)[number];

/** The sandbox's is promised (contract.md §2): nothing else may end a run there earlier. */
const QUOTAS = {
  sandbox: { requests: 6000, expensive: 6000, agency: 60_000 },
  live: { requests: 1200, expensive: 120, agency: 12_000 },
} as const;
const MAX = 100_000_000;

type Readers = {
  integer: (name: Setting, fallback: number, min: number, max: number) => number;
  choice: <T extends string>(name: Setting, values: readonly T[], fallback: T) => T;
};

export function readQuotas(
  { integer, choice }: Readers,
  sandbox: boolean,
): { quota: QuotaSettings; bulkRead: BulkReadSettings } {
  const usual = QUOTAS[sandbox ? 'sandbox' : 'live'];
  return {
    quota: {
      requests: integer('QUOTA_REQUESTS', usual.requests, 0, MAX),
      expensive: integer('QUOTA_EXPENSIVE', usual.expensive, 0, MAX),
      agency: integer('QUOTA_AGENCY', usual.agency, 0, MAX),
    },
    bulkRead: {
      limit: integer('BULK_READ_LIMIT', 500, 0, 1_000_000),
      block: choice('BULK_READ_BLOCK', ['true', 'false'], 'false') === 'true',
    },
  };
}
