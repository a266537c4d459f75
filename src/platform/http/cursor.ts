// List cursors: opaque, bound to the caller's agency, the operation and its filter; a tampered or foreign one is a 400 (C-04, S-14).
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Keyring } from '../crypto/vault.ts';
import { httpProblems } from './problem.ts';

type ListQuery = { limit?: number; cursor?: string; includeTotal?: boolean; lang?: string };

const invalid = (pointer: string) =>
  httpProblems['request.invalid']({}, [
    {
      pointer,
      code: 'cursor.invalid',
      detail: ['不是此列表、此用户与此筛选条件的游标', 'not a cursor of this list, caller and filter'],
    },
  ]);

const macOf = (key: KeyObject, binding: string, value: string) =>
  createHmac('sha256', key).update(`${binding}\n${value}`).digest().subarray(0, 16);

export function signCursor(keyring: Keyring, binding: string, value: string): string {
  const mac = macOf(keyring.service('cursor'), binding, value);
  return Buffer.concat([mac, Buffer.from(value, 'utf8')]).toString('base64url');
}

export function openCursor(keyring: Keyring, binding: string, cursor: string, pointer = '#query/cursor'): string {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length <= 16 || bytes.toString('base64url') !== cursor) throw invalid(pointer);
  const value = bytes.subarray(16).toString('utf8');
  const mac = bytes.subarray(0, 16);
  // Positions of a feed are kept for months: what a former key has signed is still good.
  for (const { key } of keyring.generations('cursor'))
    if (timingSafeEqual(macOf(key, binding, value), mac)) return value;
  throw invalid(pointer);
}

function bindingOf(req: FastifyRequest, query: ListQuery): string {
  const { limit: _l, cursor: _c, includeTotal: _t, lang: _g, ...filter } = query;
  const who = req.actor ? `${req.actor.agency.id}|${req.actor.officer?.id ?? ''}|${req.actor.client?.id ?? ''}` : '';
  return `${who}\n${req.routeOptions.url}\n${canonicalJson(req.params)}\n${canonicalJson(filter)}`;
}

export function pageRequest(req: FastifyRequest, keyring: Keyring): PageRequest {
  const query = req.query as ListQuery;
  const before = query.cursor === undefined ? null : openCursor(keyring, bindingOf(req, query), query.cursor);
  return { limit: query.limit ?? 50, before, includeTotal: query.includeTotal ?? false };
}

export type ListView<V> = { items: V[]; nextCursor: string | null; total?: number; totalAtLeast?: number };

export function listView<T, V>(
  req: FastifyRequest,
  keyring: Keyring,
  page: Page<T>,
  view: (item: T) => V,
): ListView<V> {
  const nextCursor = page.nextId ? signCursor(keyring, bindingOf(req, req.query as ListQuery), page.nextId) : null;
  const total = page.total === undefined ? {} : { total: page.total };
  const least = page.totalAtLeast === undefined ? {} : { totalAtLeast: page.totalAtLeast };
  return { items: page.items.map(view), nextCursor, ...total, ...least };
}

/** `Link: rel="next"` repeats nextCursor for generic clients (RFC 8288). */
export function nextLink(req: FastifyRequest, publicUrl: string, nextCursor: string | null): string | undefined {
  if (nextCursor === null) return undefined;
  const [path = '', search = ''] = req.url.split('?', 2);
  const params = new URLSearchParams(search);
  params.set('cursor', nextCursor);
  return `<${publicUrl}${path}?${params.toString()}>; rel="next"`;
}
