// Settings of the feed and of what is sent: how long events are kept, and which receivers besides public ones may be addressed (S-40, S-45).

export const FEED_SETTINGS = ['FEED_DAYS', 'WEBHOOK_ALLOW', 'WEBHOOK_CA'] as const;

export type FeedSettings = {
  /** Events older than this are dropped from the feed. */
  feedDays: number;
  /** Hosts, CIDRs and host:port that may be addressed although they are not public. */
  webhookAllow: readonly string[];
  /** PEM of certificate authorities that are trusted besides the public ones. */
  webhookCa: string | undefined;
};

type Reader = {
  get: (name: (typeof FEED_SETTINGS)[number]) => string | undefined;
  integer: (name: (typeof FEED_SETTINGS)[number], fallback: number, min: number, max: number) => number;
  list: (text: string | undefined) => string[];
};

const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?$/;
const CIDR = /^(?:[0-9.]+\/(?:[0-9]|[12][0-9]|3[0-2])|[0-9a-fA-F:.]+\/(?:[0-9]{1,2}|1[01][0-9]|12[0-8]))$/;

export function readFeedSettings({ get, integer, list }: Reader, problems: string[]): FeedSettings {
  const webhookAllow = list(get('WEBHOOK_ALLOW'));
  const wrong = webhookAllow.filter(
    (entry) => !HOST.test(entry) && !CIDR.test(entry) && !/^[0-9a-fA-F:.]+$/.test(entry),
  );
  if (wrong.length > 0) problems.push('WEBHOOK_ALLOW must list hosts, CIDRs and host:port, separated by commas.');
  const webhookCa = get('WEBHOOK_CA');
  if (webhookCa !== undefined && !webhookCa.includes('-----BEGIN CERTIFICATE-----'))
    problems.push('WEBHOOK_CA must hold certificates in PEM; WEBHOOK_CA_FILE names a file with them.');
  return { feedDays: integer('FEED_DAYS', 90, 7, 3660), webhookAllow, webhookCa };
}
