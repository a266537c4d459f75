// Rules of keys, credentials and grants of roles: who may hold what beside what, and who may confirm it (ADR 0016).
import { defineProblems, type FieldError } from '../kernel/problem.ts';

export const keyProblems = defineProblems({
  'key.taken': {
    status: 409,
    zh: ['该公钥已登记', '同一公钥不得重复登记', '生成新的密钥'],
    en: ['The key is registered already', 'one key belongs to one holder, once', 'generate a new key'],
  },
  'key.too_many': {
    status: 409,
    zh: ['密钥过多', '最多同时登记 {limit} 个', '先移除不再使用的密钥'],
    en: ['Too many keys', 'at most {limit} are kept at once', 'remove those no longer in use first'],
  },
  'key.removed': {
    status: 409,
    zh: ['已移除', '该密钥或凭证已移除', '登记新的密钥'],
    en: ['Removed already', 'this key or credential was removed', 'register a new one'],
  },
  'credential.subject_taken': {
    status: 409,
    zh: ['该外部身份已登记', '同一认证服务的同一身份只属于一人', '核对外部身份'],
    en: ['Registered already', 'a subject of an issuer belongs to one officer', 'check the subject'],
  },
  'credential.confirmed': {
    status: 409,
    zh: ['已确认', '该凭证已生效', '无需再次确认'],
    en: ['Confirmed already', 'this credential is in force', 'nothing is left to confirm'],
  },
  'credential.not_yours': {
    status: 403,
    zh: ['无权办理', '由本人、本机关人员管理员或安全管理员办理', '请上述人员办理'],
    en: [
      'Not yours to do',
      'done by the officer in person, who keeps the officers of the agency, or the security administrator',
      'let one of them do it',
    ],
  },
});

export const grantProblems = defineProblems({
  'role_grant.decided': {
    status: 409,
    zh: ['授权申请已办结', '该申请已确认或已驳回', '重新提出申请'],
    en: ['Decided already', 'this grant was confirmed or refused', 'propose it again'],
  },
  'role_grant.open': {
    status: 409,
    zh: ['已有待确认的授权', '该人员或客户端已有一项待确认的授权', '先办结该授权'],
    en: ['A grant is open', 'a grant for this officer or client awaits confirmation', 'have that one decided first'],
  },
  'role_grant.reserved': {
    status: 403,
    zh: ['由安全管理员确认', '管理与审计角色只由安全管理员确认', '请安全管理员办理'],
    en: [
      'For the security administrator',
      'roles of administration and audit are confirmed by the security administrator only',
      'let that administrator do it',
    ],
  },
  'role.separation': {
    status: 409,
    zh: ['角色不得兼任', '系统管理、安全管理与审计不得由同一人担任', '由另一人担任'],
    en: [
      'Roles must be apart',
      'system administration, security administration and audit are different people',
      'give it to somebody else',
    ],
  },
});

/** Whoever has one of them has no other, through whatever officer (GB/T 22239: three administrators). */
export const SEPARATED_ROLES: readonly string[] = ['admin', 'security_admin', 'auditor'];

export const areSeparate = (roles: readonly string[]): boolean =>
  new Set(roles.filter((role) => SEPARATED_ROLES.includes(role))).size <= 1;

/** Roles of one body that exclude each other. */
export const separationErrors = (roles: readonly string[]): FieldError[] =>
  areSeparate(roles)
    ? []
    : [
        {
          pointer: '/roles',
          code: 'role.separation',
          detail: ['系统管理、安全管理与审计不得兼任', 'administration, security and audit exclude each other'],
        },
      ];
