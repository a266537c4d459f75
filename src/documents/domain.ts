// Documents: what a file hangs on, who works on that, and when its content may be read (issue 3, point 3).
import { type Actor, may, type Permission } from '../kernel/actor.ts';
import type { ResourceKind } from '../kernel/fact.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';

export const MAX_DOCUMENT_BYTES = 20 * 1_048_576;

type Parent = { path: string; table: string; name: readonly [zh: string, en: string]; noun: string; operation: string };

/** The resources that carry documents: a document knows nothing of them but kind and id. */
export const PARENTS = {
  clue: { path: 'clues', table: 'clues', name: ['线索', 'a clue'], noun: 'clue_document', operation: 'Clue' },
  case: {
    path: 'assistance-cases',
    table: 'assistance_cases',
    name: ['案件', 'a case'],
    noun: 'case_document',
    operation: 'Case',
  },
  disbursement: {
    path: 'disbursements',
    table: 'disbursements',
    name: ['发放', 'a disbursement'],
    noun: 'disbursement_document',
    operation: 'Disbursement',
  },
  referral: {
    path: 'referrals',
    table: 'referrals',
    name: ['移送', 'a referral'],
    noun: 'referral_document',
    operation: 'Referral',
  },
  visit: { path: 'visits', table: 'visits', name: ['回访', 'a visit'], noun: 'visit_document', operation: 'Visit' },
} as const satisfies Partial<Record<ResourceKind, Parent>>;

export type ParentKind = keyof typeof PARENTS;
export const PARENT_KINDS = Object.keys(PARENTS) as ParentKind[];
export type ParentRef = { kind: ParentKind; id: string };

/** Finance works on payments, not on the file of the case; a department on what it is asked: the permission names the parent. */
export const documentPermission = (kind: ParentKind, verb: 'read' | 'upload'): Permission =>
  `${PARENTS[kind].noun}:${verb}`;

export const readableKinds = (actor: Actor): ParentKind[] =>
  PARENT_KINDS.filter((kind) => may(actor, documentPermission(kind, 'read')));

/**
 * Who works on the parent reads and adds its documents; others who see it learn that there are some. A superior that oversees
 * and a former receiver of a clue do not; of the level above that must decide a case it is the chief (contract §1 Personal data).
 */
export function worksOn(kind: ParentKind, relation: string | undefined, actor: Actor): boolean {
  const parties: Readonly<Record<ParentKind, readonly string[]>> = {
    clue: ['source', 'receiver'],
    case: may(actor, 'case:decide') ? ['handler', 'partner'] : ['handler'],
    disbursement: ['handler', 'treasury'],
    referral: ['source', 'recipient'],
    visit: ['handler', 'partner'],
  };
  return relation !== undefined && parties[kind].includes(relation);
}

export const SCAN_STATES = ['unscanned', 'scanning', 'clean', 'infected'] as const;
export type ScanState = (typeof SCAN_STATES)[number];

export const documentProblems = defineProblems({
  'document.type_unsupported': {
    status: 415,
    zh: ['文件类型不支持', '文件内容不是可接受的类型', '另存为以下类型之一后重新上传：{accepted}'],
    en: [
      'File type not supported',
      'the content of the file is none of the accepted types',
      'save it as one of these and upload it again: {accepted}',
    ],
  },
  'document.type_mismatch': {
    status: 422,
    zh: ['文件类型不一致', '文件内容为 {found}，与声明的 {declared} 不一致', '改正文件扩展名与该部分的 Content-Type'],
    en: [
      'File type does not agree',
      'the content is {found}, which does not agree with {declared}',
      'give the file its right extension and the part its right Content-Type',
    ],
  },
  'document.not_scanned': {
    status: 409,
    zh: ['尚未通过病毒扫描', '文件通过病毒扫描后其他单位方可读取', '稍后重试'],
    en: [
      'Not scanned yet',
      'others than the uploading agency read a document once the virus scan found it clean',
      'try again later',
    ],
  },
  'document.infected': {
    status: 409,
    zh: ['文件含有病毒', '病毒扫描发现该文件有害，内容不再提供', '请上传单位处理后重新上传'],
    en: [
      'The document is infected',
      'the virus scan found it harmful; its content is not given out',
      'let the uploading agency clean it and upload it again',
    ],
  },
  'document.not_competent': {
    status: 403,
    zh: ['非承办单位', '材料由办理该事项的单位上传', '由办理单位的人员办理'],
    en: [
      'Not the competent agency',
      'documents are added by the agencies that work on what they hang on',
      'let an officer of such an agency do it',
    ],
  },
  'document.content_unavailable': {
    status: 503,
    zh: ['文件内容暂不可用', '文件存储暂时无法应答', '按 Retry-After 稍后重试'],
    en: ['Content unavailable', 'the document store does not answer at the moment', 'retry after Retry-After'],
  },
});

/** Why the content is withheld: an infected file from everybody, one not yet found clean from all but the uploading agency. */
export function withheld(
  document: { scan: ScanState; agencyId: string },
  reader: { agencyId: string; scanning: boolean },
): Problem | undefined {
  if (document.scan === 'infected') return documentProblems['document.infected']();
  if (document.scan === 'clean' || document.agencyId === reader.agencyId) return undefined;
  const pending = document.scan === 'scanning' || reader.scanning;
  return pending ? documentProblems['document.not_scanned']() : undefined;
}
