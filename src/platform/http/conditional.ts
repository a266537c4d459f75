// Conditional requests: ETag = "<version>.<hash of this body>"; writes compare the version, reads the whole (RFC 9110 §13).
import { createHash } from 'node:crypto';
import { defineProblems } from '../../kernel/problem.ts';

export const conditionalProblems = defineProblems({
  'precondition.required': {
    status: 428,
    zh: ['缺少 If-Match', '修改此资源须带 If-Match，值为最近一次读到的 ETag', '先 GET 该资源，再带其 ETag 重试'],
    en: [
      'If-Match is required',
      'this request changes the resource and needs If-Match with the ETag last seen',
      'GET the resource and retry with its ETag',
    ],
  },
  'precondition.failed': {
    status: 412,
    zh: [
      '资源已被修改',
      '资源版本与 If-Match 不一致，当前版本为 {currentVersion}',
      '重新读取资源，核对后以新的 ETag 重试',
    ],
    en: [
      'Precondition failed',
      'the resource is at version {currentVersion}, not the one in If-Match',
      'read it again and retry with the new ETag',
    ],
  },
});

export function makeEtag(version: number, body: string): string {
  return `"${version}.${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

/** The versions named by If-Match; undefined when the header is absent, empty when nothing in it can match. */
export function parseIfMatch(header: string | undefined): number[] | undefined {
  if (header === undefined) return undefined;
  return header
    .split(',')
    .map((part) => /^\s*"(\d{1,9})\.[\w-]*"\s*$/.exec(part)?.[1])
    .filter((v) => v !== undefined)
    .map(Number);
}

export type ExpectedVersion = readonly number[] | undefined;

/** 412 when the caller has not seen the present version; without an expectation (a child was added) nothing is compared. */
export function ensureVersion(current: { version: number }, expected: ExpectedVersion): void {
  if (expected && !expected.includes(current.version)) {
    throw conditionalProblems['precondition.failed']({ currentVersion: current.version });
  }
}

export function etagMatches(header: string | undefined, etag: string): boolean {
  if (!header) return false;
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === etag);
}
