// A route that will go says so on every answer: Deprecation (RFC 9745), Sunset (RFC 8594) and links to policy and successor (C-03).
import type { onSendHookHandler, RouteOptions } from 'fastify';

export type DeprecatedRoute = {
  /** Civil day from which it is deprecated. */
  since: string;
  /** Civil day on which it may be gone; at least half a year later (docs/compatibility.md). */
  sunset: string;
  /** What to call instead, as a path of this service. */
  successor: string;
  /** Where the change is explained: a path of this service or an address. */
  guide: string;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route that names it incompletely does not boot. */
    deprecated?: DeprecatedRoute;
  }
}

const NOTICE_DAYS = 180;
const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const dayOf = (text: string): number => (DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN);
const isPlace = (text: unknown) => typeof text === 'string' && /^(?:\/[^/]|https?:\/\/[^/])/.test(text);

/** What is wrong with the announcement; the same rules hold for a route and for what the released document says of it. */
export function announcementFaults({ since, sunset, successor, guide }: Partial<DeprecatedRoute>): string[] {
  const [from, until] = [dayOf(since ?? ''), dayOf(sunset ?? '')];
  return [
    ...(Number.isNaN(from) ? ['names no day since which it is deprecated'] : []),
    ...(Number.isNaN(until) ? ['names no day of its sunset'] : []),
    ...(until - from < NOTICE_DAYS * DAY ? [`gives less than ${NOTICE_DAYS} days of notice`] : []),
    ...(isPlace(successor) ? [] : ['names no successor']),
    ...(isPlace(guide) ? [] : ['names no page that explains it']),
  ];
}

/** `@<seconds>` of RFC 9651, the HTTP-date of RFC 9110, and the three links of RFC 9745, 8594 and 5829. */
export function announcementHeaders(route: DeprecatedRoute, publicUrl: string): Record<string, string> {
  const at = (place: string) => (place.startsWith('/') ? `${publicUrl}${place}` : place);
  const link = (place: string, relation: string) => `<${at(place)}>; rel="${relation}"`;
  return {
    deprecation: `@${dayOf(route.since) / 1000}`,
    sunset: new Date(dayOf(route.sunset)).toUTCString(),
    link: [
      link(route.guide, 'deprecation'),
      link(route.guide, 'sunset'),
      link(route.successor, 'successor-version'),
    ].join(', '),
  };
}

/**
 * For the document OpenAPI's own mark with the whole announcement beside it; for every answer of the route, refusals too, the
 * headers: who is refused today should know as well.
 */
export function announce(route: RouteOptions, publicUrl: string): void {
  const { deprecated } = route.config ?? {};
  if (!deprecated) return;
  const faults = announcementFaults(deprecated);
  if (faults.length > 0) throw new Error(`${String(route.method)} ${route.url} is deprecated and ${faults.join(', ')}`);
  Object.assign(route.schema ?? {}, { deprecated: true, 'x-deprecated': deprecated });
  const { link = '', ...headers } = announcementHeaders(deprecated, publicUrl);
  const tell: onSendHookHandler = (_req, reply, payload, done) => {
    reply.headers(headers);
    const own = reply.getHeader('link');
    reply.header('link', own === undefined ? link : `${String(own)}, ${link}`);
    done(null, payload);
  };
  route.onSend = [...[route.onSend ?? []].flat(), tell];
}
